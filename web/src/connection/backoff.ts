/** The first wait before a new attempt, and the longest, in ms. */
export const shortest = 250;
export const longest = 10_000;

/**
 * How long to wait before attempt number `attempt` (from 0), in ms: doubling,
 * and spread over the upper half so that a house full of tablets does not come
 * back in step when the server does. `random` is in [0, 1).
 */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(longest, shortest * 2 ** Math.min(attempt, 16));
  return Math.round(ceiling * (0.5 + random / 2));
}
