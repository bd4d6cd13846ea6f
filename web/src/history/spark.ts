// A curve without axes, as an SVG path. Pure.

import type { Sample } from './history';

export interface Box {
  readonly width: number;
  readonly height: number;
}

export interface Spark {
  /** Of <path d>; "" when there is nothing to draw. */
  readonly path: string;
  readonly low: number;
  readonly high: number;
}

/** The least span that fills the box's height: a sensor's noise is no mountain range. */
const leastSpan = 1;

/** The least share of the box's width: a moment in a day is a speck, not a curve. */
const leastShare = 1 / 24;

/** The samples from one moment to another, drawn into the box; where nothing is known the line is broken. */
export function spark(samples: readonly Sample[], from: number, to: number, { width, height }: Box): Spark | null {
  const values = samples.flatMap((s) => (s.value === null ? [] : [s.value]));
  const since = samples.find((s) => s.value !== null)?.at ?? to;
  if (values.length < 2 || to - since < (to - from) * leastShare || to <= from) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const middle = (low + high) / 2;
  const span = Math.max(high - low, leastSpan);
  const x = (at: number): string => fixed((Math.min(Math.max(at, from), to) - from) / (to - from) * width);
  const y = (value: number): string => fixed(height / 2 - ((value - middle) / span) * height);
  let path = '';
  let pen = false;
  for (const { at, value, gap } of samples) {
    if (value !== null) path += `${pen ? 'L' : 'M'}${x(at)} ${y(value)}`;
    pen = value !== null && !gap;
  }
  const last = samples.at(-1);
  if (pen && last?.value !== undefined && last.value !== null) path += `L${x(to)} ${y(last.value)}`; // it holds until now
  return { path, low, high };
}

const fixed = (n: number): string => `${Math.round(n * 10) / 10}`;
