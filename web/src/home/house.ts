// What this page knows of the house, as a pure reducer over the messages of the
// server. A snapshot replaces everything; a change replaces the one thing that
// it names and leaves every other value the very same object, so that only what
// changed is drawn again.

import type { ResumePoint } from '../protocol/client';
import type { Board, Entity, HouseInfo, Notice } from '../protocol/model';
import type { ServerMessage } from '../protocol/server';

export interface House {
  readonly epoch: string;
  /** The highest revision seen, which is where to resume from. */
  readonly revision: number;
  readonly info: HouseInfo;
  /** Entity ids in the order of the configuration. */
  readonly order: readonly string[];
  readonly entities: ReadonlyMap<string, Entity>;
  /** Boards by id. */
  readonly boards: ReadonlyMap<string, Board>;
  /** Those that nobody has dismissed, oldest first. */
  readonly notices: readonly Notice[];
}

export function reduce(house: House | null, message: ServerMessage): House | null {
  if (message.type === 'snapshot') {
    return {
      epoch: message.epoch,
      revision: message.revision,
      info: message.house,
      order: message.entities.map((e) => e.id),
      entities: new Map(message.entities.map((e) => [e.id, e])),
      boards: new Map(message.boards.map((b) => [b.id, b])),
      notices: message.notices,
    };
  }
  // `resumed` repeats where this page stopped; what changed since comes after it.
  if (house === null || !('revision' in message) || message.type === 'resumed') return house;
  if (message.revision < house.revision) return house;
  return { ...house, ...change(house, message), revision: message.revision };
}

type Change = Exclude<Extract<ServerMessage, { revision: number }>, { type: 'snapshot' | 'resumed' }>;

function change(house: House, message: Change): Partial<House> {
  switch (message.type) {
    case 'state': {
      const old = house.entities.get(message.id);
      if (old === undefined) return {};
      const entity = { ...old, ...message.dynamic, revision: message.revision };
      return { entities: withItem(house.entities, message.id, entity) };
    }
    case 'entity': {
      const { id } = message.entity;
      return {
        entities: withItem(house.entities, id, message.entity),
        ...(!house.entities.has(id) && { order: [...house.order, id] }),
      };
    }
    case 'removed':
      return {
        entities: withoutItem(house.entities, message.id),
        order: house.order.filter((id) => id !== message.id),
      };
    case 'board':
      return { boards: withItem(house.boards, message.board.id, message.board) };
    case 'board_removed':
      return { boards: withoutItem(house.boards, message.id) };
    case 'notice':
      return { notices: [...house.notices.filter((n) => n.id !== message.notice.id), message.notice] };
    case 'notice_removed':
      return { notices: house.notices.filter((n) => n.id !== message.id) };
    case 'house':
      return { info: message.house, order: reordered(house, message.order) };
  }
}

/** The ids of the new order that exist, and after them those it does not name. */
function reordered(house: House, order: readonly string[]): readonly string[] {
  const named = new Set(order);
  return [...order.filter((id) => house.entities.has(id)), ...house.order.filter((id) => !named.has(id))];
}

function withItem<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value);
}

function withoutItem<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

export const resumePoint = (house: House | null): ResumePoint | null =>
  house === null ? null : { epoch: house.epoch, revision: house.revision };
