import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pacer } from './pacer';

let sent: { value: number; at: number }[];
let pacer: Pacer<number>;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  sent = [];
  pacer = new Pacer<number>(200, (value) => sent.push({ value, at: Date.now() }));
});

afterEach(() => {
  vi.useRealTimers();
});

test('the first value goes at once', () => {
  pacer.push(1);
  expect(sent).toEqual([{ value: 1, at: 0 }]);
});

test('at most five a second, and the last value always', () => {
  for (let ms = 0; ms <= 1000; ms += 10) {
    pacer.push(ms);
    vi.advanceTimersByTime(10);
  }
  vi.runAllTimers();
  const gaps = sent.slice(1).map(({ at }, i) => at - (sent[i]?.at ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200);
  expect(sent.at(-1)?.value).toBe(1000);
});

test('a value after a pause goes at once', () => {
  pacer.push(1);
  vi.advanceTimersByTime(200);
  pacer.push(2);
  expect(sent.at(-1)).toEqual({ value: 2, at: 200 });
});

test('what was stopped is not sent', () => {
  pacer.push(1);
  pacer.push(2);
  pacer.stop();
  vi.runAllTimers();
  expect(sent).toHaveLength(1);
});
