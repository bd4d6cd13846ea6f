// What a board's live link and its update tell (docs/api.md, "A board"): more
// than the live connection carries, asked for while somebody looks at it.

import type { Board } from '../protocol/model';
import { DecodeError, list, Members, nullable, number, type Reader, string, whole } from '../protocol/read';
import { fail, ok, type Result } from '../protocol/result';

/** What a board tells of itself every 30 s. */
export interface Link {
  readonly reset: string; // why it started last
  readonly uptime: number; // ms
  readonly reconnects: number; // since the server started
  /** Each null as long as the board has not told it; some boards never do. */
  readonly rssi: number | null; // dBm
  readonly heap: number | null; // free bytes
  readonly heapLow: number | null; // the least that it was since the start
  readonly stack: number | null; // bytes that the busiest task has left at least
  readonly loop: number | null; // longest turn, µs
  readonly temp: number | null; // °C
}

/** How far a board is with another firmware, or how the last one ended. */
export interface Update {
  readonly firmware: string;
  readonly stage: string; // sending, checking, restarting, proving, done, failed
  readonly done: number; // bytes
  readonly size: number; // bytes
  readonly code: string; // why it failed
  readonly message: string; // the same in English
  readonly since: number; // unix ms, of the stage
}

export interface Details {
  readonly id: string;
  readonly link: Link | null; // null without a session
  readonly update: Update | null; // null if there was none since the server started
}

/** Whether more will come of it. */
export const underWay = (update: Update | null | undefined): boolean =>
  update != null && update.stage !== 'done' && update.stage !== 'failed';

/** The line that declares a board, under any name. */
export const declaration = ({ id, chip }: Pick<Board, 'id' | 'chip'>): string => `NAME: {id: ${id}, chip: ${chip || 'esp32'}}`;

/** Where 0 stands for "not known yet". */
const told = (value: number): number | null => (value === 0 ? null : value);

const link: Reader<Link> = (value, path) => {
  const m = new Members(value, path);
  return {
    reset: m.get('reset', string),
    uptime: m.get('uptime_ms', number),
    reconnects: m.get('reconnects', whole),
    rssi: told(m.get('rssi', number)),
    heap: told(m.get('heap', number)),
    heapLow: m.optional('heap_low', nullable(number), null),
    stack: m.optional('stack', nullable(number), null),
    loop: told(m.get('loop_us', number)),
    temp: m.optional('temp', nullable(number), null),
  };
};

const update: Reader<Update> = (value, path) => {
  const m = new Members(value, path);
  return {
    firmware: m.get('firmware', string),
    stage: m.get('stage', string),
    done: m.get('done', whole),
    size: m.get('size', whole),
    code: m.optional('code', string, ''),
    message: m.get('message', string),
    since: m.get('since', number),
  };
};

const details: Reader<Details> = (value, path) => {
  const m = new Members(value, path);
  return {
    id: m.get('id', string),
    link: m.get('link', nullable(link)),
    update: m.get('update', nullable(update)),
  };
};

/** Decodes the answer about all boards, or about one. */
export function decodeDetails(value: unknown): Result<readonly Details[]> {
  try {
    return ok(Array.isArray(value) ? list(details)(value, 'boards') : [details(value, 'board')]);
  } catch (error) {
    if (error instanceof DecodeError) return fail(error.message);
    throw error;
  }
}

/** All boards, or the one with this id; null when nothing of it is to be had. */
export async function fetchDetails(id?: string): Promise<readonly Details[] | null> {
  try {
    const response = await fetch(id === undefined ? '/api/boards' : `/api/boards/${encodeURIComponent(id)}`);
    if (!response.ok) return null;
    const decoded = decodeDetails(await response.json());
    return decoded.ok ? decoded.value : null;
  } catch {
    return null; // the page says already that the house is not reached
  }
}
