import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Hold, holdFor } from './hold.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a hand that stays long enough asks once', () => {
  const done = vi.fn();
  const hold = new Hold(done);
  hold.start();
  vi.advanceTimersByTime(holdFor - 1);
  expect(done).not.toHaveBeenCalled();
  expect(hold.held).toBe(true);
  vi.advanceTimersByTime(1);
  vi.advanceTimersByTime(10 * holdFor);
  expect(done).toHaveBeenCalledTimes(1);
  expect(hold.held).toBe(false);
});

test('a hand that goes has changed its mind, and the next one begins anew', () => {
  const done = vi.fn();
  const hold = new Hold(done);
  hold.start();
  vi.advanceTimersByTime(holdFor - 1);
  hold.cancel();
  hold.start();
  vi.advanceTimersByTime(holdFor - 1);
  expect(done).not.toHaveBeenCalled();
  hold.cancel();
  vi.advanceTimersByTime(10 * holdFor);
  expect(done).not.toHaveBeenCalled();
});
