// The house as the page draws it. Every entity has a cell of its own, so that a
// change draws one tile again and nothing else; lists change only when the
// configuration does. All decisions are in house.ts, requests.ts, sections.ts.

import { type Action, type ClientMessage, command, type ResumePoint } from '../protocol/client';
import type { Board, Entity, HouseInfo, Notice } from '../protocol/model';
import type { ServerMessage } from '../protocol/server';
import type { Clock } from './clock.svelte';
import { type House, reduce, resumePoint } from './house';
import * as requests from './requests';
import { type Section, sections } from './sections';

/** One entity and what this page last asked of it. */
export class Cell {
  entity = $state.raw() as Entity;
  request = $state.raw<requests.Request | null>(null);

  constructor(entity: Entity) {
    this.entity = entity;
  }
}

export interface HomeOptions {
  readonly clock: Clock;
  /** Sends at once or says false; nothing is queued. */
  readonly send: (message: ClientMessage) => boolean;
}

export class Home {
  /** Null until the first snapshot. */
  info = $state.raw<HouseInfo | null>(null);
  sections = $state.raw<readonly Section[]>([]);
  boards = $state.raw<readonly Board[]>([]);
  /** Those that nobody has dismissed, oldest first. */
  notices = $state.raw<readonly Notice[]>([]);
  /** How many switches and lights are on. */
  on = $state(0);
  /** The newest command of this page that failed, and the entity it was for. */
  failed = $state.raw<{ readonly entity: Entity; readonly request: requests.Request } | null>(null);

  readonly #options: HomeOptions;
  readonly #cells = new Map<string, Cell>();
  /** What was last asked of each entity, so that it can be asked again in full. */
  readonly #asked = new Map<string, Action>();
  #house: House | null = null;
  #requests: requests.Requests = requests.none;
  #nextId = 1;

  constructor(options: HomeOptions) {
    this.#options = options;
  }

  /** The cell of an entity that is in `sections`. */
  cell(id: string): Cell | undefined {
    return this.#cells.get(id);
  }

  resumePoint(): ResumePoint | null {
    return resumePoint(this.#house);
  }

  receive(message: ServerMessage): void {
    if (message.type === 'result') {
      this.#setRequests(requests.answered(this.#requests, message, this.#options.clock.peek()));
      this.#noteFailure(message.id);
      return;
    }
    const before = this.#house;
    this.#house = reduce(before, message);
    if (this.#house !== null && this.#house !== before) this.#show(before, this.#house, message);
  }

  /** Asks for a change. The state itself changes when the server says so. */
  act(entity: string, action: Action): boolean {
    const id = (this.#nextId++).toString(36);
    if (!this.#options.send(command(id, entity, action))) return false;
    // The alarm's code is sent and not kept.
    const { code: _, ...kept } = action;
    this.#asked.set(entity, kept);
    this.#setRequests(requests.sent(this.#requests, id, entity, kept, this.#options.clock.peek()));
    return true;
  }

  /**
   * Asks again for what failed: with the same brightness and color when this
   * page was the one that asked for them, else for `fallback`.
   */
  retry(entity: string, failed: string, fallback: Action): boolean {
    const asked = this.#asked.get(entity);
    return this.act(entity, failed === 'set' && asked?.action === 'set' ? asked : fallback);
  }

  cancel(pending: string): boolean {
    return this.#options.send({ type: 'cancel', command: pending });
  }

  disconnected(): void {
    this.#setRequests(requests.disconnected(this.#requests, this.#options.clock.peek()));
  }

  #noteFailure(id: string): void {
    const request = [...this.#requests.values()].find((r) => r.id === id && r.status === 'failed');
    const entity = request && this.#cells.get(request.entity)?.entity;
    if (request !== undefined && entity !== undefined) this.failed = { entity, request };
  }

  #show(before: House | null, house: House, message: ServerMessage): void {
    if (message.type === 'state' || message.type === 'entity') {
      this.#showEntity(house, message.type === 'state' ? message.id : message.entity.id);
    } else if (message.type === 'snapshot') {
      for (const id of house.order) this.#showEntity(house, id);
      for (const id of before?.order ?? []) if (!house.entities.has(id)) this.#forget(id);
    } else if (message.type === 'removed') {
      this.#forget(message.id);
    }
    if (house.boards !== before?.boards) this.boards = [...house.boards.values()];
    if (house.info !== before?.info) this.info = house.info;
    if (house.notices !== before?.notices) this.notices = house.notices;
    if (message.type !== 'state' && !/^(board|notice)/.test(message.type)) this.#arrange(house);
  }

  #showEntity(house: House, id: string): void {
    const entity = house.entities.get(id);
    if (entity === undefined) return;
    const cell = this.#cells.get(id);
    this.on += Number(isOn(entity)) - Number(isOn(cell?.entity));
    if (cell === undefined) this.#cells.set(id, new Cell(entity));
    else cell.entity = entity;
    this.#setRequests(requests.reported(this.#requests, id));
  }

  #forget(id: string): void {
    this.on -= Number(isOn(this.#cells.get(id)?.entity));
    this.#cells.delete(id);
    this.#asked.delete(id);
    this.#setRequests(requests.forgotten(this.#requests, id));
  }

  #arrange(house: House): void {
    this.sections = sections(house.info, house.order, (id) => house.entities.get(id));
  }

  #setRequests(next: requests.Requests): void {
    if (next === this.#requests) return;
    for (const id of new Set([...this.#requests.keys(), ...next.keys()])) {
      const cell = this.#cells.get(id);
      if (cell !== undefined) cell.request = next.get(id) ?? null;
    }
    this.#requests = next;
  }
}

function isOn(entity: Entity | undefined): boolean {
  return entity !== undefined && entity.available && entity.state === 'on';
}
