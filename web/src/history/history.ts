// What the recorder knows of an entity's numbers (docs/api.md, "History and log").

import { boolean, DecodeError, list, Members, nullable, number, type Reader, string } from '../protocol/read';
import { fail, ok, type Result } from '../protocol/result';

export interface Sample {
  readonly at: number; // unix ms
  /** Null: from here to the next sample nothing is known. */
  readonly value: number | null;
  readonly gap: boolean; // in a part of this step nothing is known
}

export interface Series {
  readonly name: string;
  readonly points: readonly Sample[];
}

export interface History {
  readonly from: number;
  readonly to: number;
  readonly series: readonly Series[];
}

const sample: Reader<Sample> = (value, path) => {
  const m = new Members(value, path);
  return { at: m.get('at', number), value: m.get('value', nullable(number)), gap: m.optional('gap', boolean, false) };
};

const series: Reader<Series> = (value, path) => {
  const m = new Members(value, path);
  return { name: m.get('name', string), points: m.get('points', list(sample)) };
};

export function decodeHistory(value: unknown): Result<History> {
  try {
    const m = new Members(value, 'history');
    return ok({ from: m.get('from', number), to: m.get('to', number), series: m.get('series', list(series)) });
  } catch (error) {
    if (error instanceof DecodeError) return fail(error.message);
    throw error;
  }
}

/** The numbers of an entity between two moments (unix ms); null when they are not to be had. */
export async function fetchHistory(id: string, from: number, to: number, points: number): Promise<History | null> {
  const query = new URLSearchParams({ from: `${Math.floor(from)}`, to: `${Math.floor(to)}`, points: `${points}` });
  try {
    const response = await fetch(`/api/entities/${encodeURIComponent(id)}/history?${query}`);
    if (!response.ok) return null;
    const decoded = decodeHistory(await response.json());
    return decoded.ok ? decoded.value : null;
  } catch {
    return null; // a curve is not worth a word while the house itself is not reached
  }
}
