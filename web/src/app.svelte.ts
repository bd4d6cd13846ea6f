// Everything that lives as long as the page, built once and handed to the
// components by context.

import { createContext } from 'svelte';
import type { State } from './connection/machine';
import { Connection } from './connection/socket';
import { exchange, type Exchange, leave, takeToken } from './connection/token';
import type { IconPair } from './entities/module';
import { failureWord } from './entities/phase';
import { Clock } from './home/clock.svelte';
import { Home } from './home/home.svelte';
import { Language } from './i18n/language.svelte';
import type { Said } from './protocol/model';
import type { ServerMessage } from './protocol/server';
import { ThemeChoice } from './theme/theme.svelte';
import { Router } from './views/router.svelte';

/** Words for people; `lang` is there when they are not in the language of the page. */
export interface Spoken {
  readonly text: string;
  readonly lang?: 'en';
}

const noIcon: IconPair = { off: '', on: '' };

export class App {
  readonly clock = new Clock();
  readonly language = new Language();
  readonly theme = new ThemeChoice();
  readonly router = new Router();
  readonly home: Home;
  connection = $state.raw<State>({ name: 'stopped' });
  /** When the server was last heard of, server time, unix ms; null before the first time. */
  heard = $state<number | null>(null);

  /** What the first sight can do without; null until it has been fetched. */
  later = $state.raw<typeof import('./later') | null>(null);

  readonly live = $derived(this.connection.name === 'live');

  readonly #connection: Connection;
  #lastMessage: number | null = null;

  constructor() {
    this.#connection = new Connection({
      origin: location.origin,
      resume: () => this.home.resumePoint(),
      onState: (state) => this.#connectionChanged(state),
      onMessage: (message) => this.#receive(message),
    });
    this.home = new Home({ clock: this.clock, send: (message) => this.#connection.send(message) });
  }

  /** Connects; a token in the address is exchanged for a cookie first. */
  async start(): Promise<void> {
    const token = takeToken();
    this.router.start();
    if (token !== null) await exchange(token);
    addEventListener('hashchange', () => {
      const later = takeToken();
      if (later !== null) void this.unlock(later);
    });
    this.#connection.start();
    await this.#fetchLater();
  }

  async unlock(token: string): Promise<Exchange> {
    const outcome = await exchange(token);
    if (outcome === 'accepted') this.#connection.unlocked();
    return outcome;
  }

  async leave(): Promise<boolean> {
    const left = await leave();
    if (left) location.reload();
    return left;
  }

  reconnect(): void {
    this.#connection.retry();
  }

  /** The name of an entity; of one that is not there its id. */
  readonly name = (id: string): string => this.home.cell(id)?.entity.name ?? id;

  /**
   * The icon that the configuration names, else the kind's own. Until the names are
   * known there is none, rather than one that is another in a moment.
   */
  readonly icon = (named: string, own: IconPair): IconPair =>
    named === '' ? own : (this.later?.namedIcon(named, own) ?? noIcon);

  /** A sentence of the server's in the language of the page; else, as long as that is not known, the server's own. */
  said(what: Said): Spoken {
    const { locale, format, text } = this.language;
    const words = this.later?.said(what, { locale, format, text, name: this.name });
    return words == null ? { text: what.message, lang: 'en' } : { text: words };
  }

  /** Why a command failed: exactly where there are words for that, else by its code. */
  failure(code: string, what: Said, board: string): Spoken {
    const { text } = this.language;
    const exactly = this.said(what);
    if (exactly.lang === undefined) return exactly;
    const words = failureWord(code, board, text) ?? (exactly.text === '' ? text.failure.refused : null);
    return words === null ? exactly : { text: words };
  }

  async #fetchLater(): Promise<void> {
    try {
      this.later ??= await import('./later');
    } catch {
      // Asked for again when the server is back.
    }
  }

  #connectionChanged(state: State): void {
    if (this.connection.name === 'live' && state.name !== 'live') {
      this.heard = this.#lastMessage;
      this.home.disconnected();
    }
    this.connection = state;
    if (state.name === 'live') void this.#fetchLater();
  }

  #receive(message: ServerMessage): void {
    if (message.type === 'snapshot' || message.type === 'resumed' || message.type === 'pong') {
      this.clock.learn(message.time);
    }
    this.#lastMessage = this.clock.peek();
    this.home.receive(message);
    if (message.type === 'snapshot' || message.type === 'house') {
      this.language.timezone = message.house.timezone;
      this.language.units = message.house.units;
    }
  }
}

export const [app, provideApp] = createContext<App>();
