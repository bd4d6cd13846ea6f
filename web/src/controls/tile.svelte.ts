// What a tile says and does, derived from its entity; Tile.svelte draws it.

import type { App, Spoken } from '../app.svelte';
import { moduleOf } from '../entities';
import { colors, dims, level } from '../entities/light';
import type { MenuItem, Saying } from '../entities/module';
import { doneWord, offlineWord, pendingWord, phase, type Phase } from '../entities/phase';
import { controlled } from '../entities/thermostat';
import type { Cell } from '../home/home.svelte';
import type { Action } from '../protocol/client';

/** How long a tile says that a gesture was carried out, in ms. */
const doneFor = 2_500;

export class TileModel {
  readonly #app: App;
  readonly #cell: () => Cell;

  readonly entity = $derived.by(() => this.#cell().entity);
  readonly phase: Phase = $derived.by(() => phase(this.entity, this.#cell().request));
  readonly look = $derived.by(() => this.#module.look(this.entity, this.#text, this.#say));
  readonly tap = $derived.by(() => this.#module.tap(this.entity));
  readonly menu = $derived.by(() => this.#module.menu(this.entity, this.#text));
  /** The server keeps a heater's plan for a board that is away; nothing else waits. */
  readonly usable = $derived.by(() => this.#app.live && (this.phase.name !== 'offline' || controlled(this.entity)));
  /** Something that was asked for is unanswered. */
  readonly busy = $derived.by(() => this.phase.name === 'pending' || this.#cell().request?.status === 'sent');
  readonly dims = $derived.by(() => dims(this.entity));
  readonly colors = $derived.by(() => colors(this.entity));
  readonly level = $derived.by(() => level(this.entity));

  readonly #say: Saying;

  constructor(app: App, cell: () => Cell) {
    this.#app = app;
    this.#say = {
      get format() {
        return app.language.format;
      },
      get now() {
        return app.clock.now;
      },
      name: app.name,
      icon: app.icon,
    };
    this.#cell = cell;
  }

  get #text() {
    return this.#app.language.text;
  }

  get #format() {
    return this.#app.language.format;
  }

  get #module() {
    return moduleOf(this.entity.kind);
  }

  /** For aria-pressed: undefined when a tap does not toggle. */
  get pressed(): 'true' | 'false' | 'mixed' | undefined {
    if (!this.#module.toggles) return undefined;
    if (this.look.tone === 'unknown') return 'mixed';
    return this.look.tone === 'on' ? 'true' : 'false';
  }

  /** What is measured, as long as it is so now; null for what measures nothing. */
  get figure(): string | null {
    const { phase, look } = this;
    return look.figure === true && phase.name === 'settled' ? look.word : null;
  }

  /** The state in words: "On · 40 %", "Open · 3 min. ago", "Turning on…"; beside a figure its age. */
  get word(): string {
    const { phase, look } = this;
    if (phase.name === 'pending') return pendingWord(phase, this.#text);
    if (phase.name === 'done' && this.#app.clock.now - phase.at < doneFor) return this.#text.button.done;
    if (phase.name === 'offline') return this.#lastKnown(phase.unavailable.since);
    if (look.level !== null) return `${look.word} · ${this.percent(look.level)}`;
    const words = this.figure === null ? [look.word] : [];
    return [...words, ...(look.since === null ? [] : [this.#ago(look.since)])].join(' · ');
  }

  /** What people need to know beside the state, or null. */
  get detail(): string | null {
    const { phase, look } = this;
    if (phase.name === 'offline') return null;
    return look.detail ?? (phase.name === 'unknown' ? this.#text.unknown.hint : null);
  }

  /** What is wrong, or null. */
  get trouble(): Spoken | null {
    const { phase, entity } = this;
    const { clock } = this.#app;
    switch (phase.name) {
      case 'failed': {
        const why = this.#app.failure(phase.code, phase.said, entity.board);
        return { ...why, text: this.#text.failure.at(why.text, this.#format.moment(phase.at, clock.now)) };
      }
      case 'offline': {
        const why = offlineWord(phase.unavailable.reason, entity.board, this.#text);
        const answer = this.#answerMeanwhile();
        return answer === null ? { text: why } : { ...answer, text: `${why} · ${answer.text}` };
      }
      case 'done':
        // What was kept for its board has gone out when the board is back.
        return phase.code === 'queued' ? null : this.#done(phase.code);
      case 'unknown':
      case 'pending':
      case 'settled':
        return null;
    }
  }

  /** What became of what this page asked while the board is away, or null. */
  #answerMeanwhile(): Spoken | null {
    const request = this.#cell().request;
    if (request?.status === 'done') return this.#done(request.code);
    if (request?.status !== 'failed') return null;
    return this.#app.failure(request.code, request.said, this.entity.board);
  }

  #done(code: string): Spoken | null {
    const text = doneWord(code, this.entity.board, this.#text);
    return text === null ? null : { text };
  }

  readonly percent = (value: number): string => this.#format.percent(value);

  act(action: Action | null): void {
    if (action !== null && this.usable) this.#app.home.act(this.entity.id, action);
  }

  retry(): void {
    const { phase } = this;
    if (phase.name !== 'failed' || phase.retry === null || !this.usable) return;
    this.#app.home.retry(this.entity.id, phase.action, phase.retry);
  }

  /** Does what a menu offers, with the code that it may take. */
  choose(item: MenuItem, code: string): void {
    this.act(code === '' ? item.action : { ...item.action, code });
  }

  cancel(): void {
    if (this.phase.name === 'pending' && this.phase.command !== null) this.#app.home.cancel(this.phase.command);
  }

  #lastKnown(since: number): string {
    const text = this.#text;
    if (this.entity.state === 'unknown') return text.offline.neverSeen;
    return text.offline.was(this.look.word, this.#ago(since));
  }

  #ago(at: number): string {
    return this.#format.ago(at, this.#app.clock.now);
  }
}
