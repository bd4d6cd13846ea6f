import { describe, expect, test } from 'vitest';
import type { ServerMessage } from '../protocol/server';
import { backoff, longest } from './backoff';
import { type Effect, type Event, initial, type State, step } from './machine';

const resumed: ServerMessage = { type: 'resumed', epoch: 'e', revision: 1, time: 1 };
const pong = (id: number): Event => ({ type: 'received', message: { type: 'pong', id, time: 1 } });

/** Runs events from the start; gives the last state and the effects of the last event. */
function run(...events: Event[]): { state: State; effects: readonly Effect[] } {
  let last: { state: State; effects: readonly Effect[] } = { state: initial, effects: [] };
  for (const event of events) last = step(last.state, event, 0.5);
  return last;
}

const start: Event = { type: 'start' };
const opened: Event = { type: 'opened' };
const welcome: Event = { type: 'received', message: resumed };
const timer: Event = { type: 'timer' };
const wake: Event = { type: 'wake' };
const closed = (code = 1006): Event => ({ type: 'closed', code });
const live = [start, opened, welcome];

test('opens, says hello, and is live with the answer', () => {
  expect(run(start).effects).toContainEqual({ do: 'open' });
  expect(run(start, opened).effects).toContainEqual({ do: 'hello' });
  expect(run(...live).state.name).toBe('live');
});

test('a change before the answer to hello does not make it live', () => {
  const removed: Event = { type: 'received', message: { type: 'removed', revision: 3, id: 'x' } };
  expect(run(start, opened, removed).state.name).toBe('greeting');
});

test.each([
  ['while connecting', [start]],
  ['while greeting', [start, opened]],
  ['with a ping unanswered', [...live, timer]],
] as [string, Event[]][])('no answer %s closes the socket and waits', (_, events) => {
  const { state, effects } = run(...events, timer);
  expect(state.name).toBe('waiting');
  expect(effects).toContainEqual({ do: 'close' });
});

test('pings after a quiet time and goes on when answered', () => {
  expect(run(...live, timer).effects).toContainEqual({ do: 'ping', id: 1 });
  expect(run(...live, timer, pong(1), timer).effects).toContainEqual({ do: 'ping', id: 2 });
});

test('an old pong does not count for a new ping', () => {
  expect(run(...live, timer, pong(1), timer, pong(1), timer).state.name).toBe('waiting');
});

test('waits longer with every failed attempt, up to the longest', () => {
  let state: State = step(initial, start, 0.5).state;
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    const failed = step(state, closed(), 0.999);
    waits.push(...failed.effects.flatMap((e) => (e.do === 'timer' ? [e.ms] : [])));
    state = step(failed.state, timer, 0).state;
  }
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(waits[0]).toBeLessThanOrEqual(250);
  expect(waits.at(-1)).toBeGreaterThan(longest * 0.99);
});

test('a server that greets and closes at once is not asked at full speed', () => {
  let state: State = initial;
  let last = 0;
  for (const event of [start, ...Array.from({ length: 5 }, () => [opened, welcome, closed(1008), timer]).flat()]) {
    const next = step(state, event, 0);
    state = next.state;
    for (const e of next.effects) if (e.do === 'timer' && state.name === 'waiting') last = e.ms;
  }
  expect(last).toBeGreaterThan(1000);
});

test('after an answered ping a loss starts from the shortest wait', () => {
  const events = [start, closed(), timer, closed(), timer, opened, welcome, timer, pong(1), closed()];
  expect(run(...events).state).toEqual({ name: 'waiting', attempt: 0 });
});

test('wakes at once: a new attempt while waiting, a ping while live', () => {
  expect(run(start, closed(), wake).effects).toContainEqual({ do: 'open' });
  expect(run(...live, wake).effects).toContainEqual({ do: 'ping', id: 1 });
});

test('waking twice sends one ping only', () => {
  expect(run(...live, wake, wake).effects).toEqual([]);
});

test('a failed upgrade is probed over HTTP, and 401 there asks for the token', () => {
  expect(run(start, closed()).effects).toContainEqual({ do: 'probe' });
  expect(run(start, closed(), { type: 'probed', answer: 'locked' }).state.name).toBe('locked');
  expect(run(start, closed(), { type: 'probed', answer: 'silent' }).state.name).toBe('waiting');
});

test('a late probe does not end a live connection', () => {
  expect(run(...live, { type: 'probed', answer: 'locked' }).state.name).toBe('live');
});

test('close 4401 asks for the token, and the token connects again', () => {
  expect(run(...live, closed(4401)).state.name).toBe('locked');
  expect(run(...live, closed(4401), { type: 'unlocked' }).state.name).toBe('connecting');
});

test('close 4400 says that the page is out of date and does not try again', () => {
  expect(run(start, opened, closed(4400), timer, wake).state.name).toBe('outdated');
});

test('stop closes, and nothing but start goes on from there', () => {
  expect(run(...live, { type: 'stop' }, timer, wake, opened, closed()).state.name).toBe('stopped');
});

describe('property', () => {
  const events: Event[] = [
    start, opened, welcome, timer, wake, closed(), closed(4401), pong(1),
    { type: 'unlocked' }, { type: 'probed', answer: 'locked' }, { type: 'probed', answer: 'allowed' },
  ];

  test('at most one socket is open, and a state that waits for time has a timer', () => {
    // Every sequence of five events, from the start.
    const walk = (state: State, open: boolean, timed: boolean, depth: number): void => {
      if (depth === 0) return;
      for (const event of events) {
        // The shell forgets a closed socket before it tells of it.
        let nextOpen = event.type === 'closed' ? false : open;
        let nextTimed = event.type === 'timer' ? false : timed;
        const next = step(state, event, 0.5);
        for (const effect of next.effects) {
          if (effect.do === 'open') {
            expect(nextOpen).toBe(false);
            nextOpen = true;
          }
          if (effect.do === 'close') nextOpen = false;
          if (effect.do === 'timer') nextTimed = true;
          if (effect.do === 'no timer') nextTimed = false;
        }
        const name = next.state.name;
        if (event.type !== 'timer' || timed) {
          expect(nextTimed).toBe(name === 'connecting' || name === 'greeting' || name === 'live' || name === 'waiting');
        }
        walk(next.state, nextOpen, nextTimed, depth - 1);
      }
    };
    walk(initial, false, false, 4);
  });
});

test.each([0, 1, 5, 100, 1e6])('the wait before attempt %d stays within its bounds', (attempt) => {
  for (const random of [0, 0.5, 0.999999]) {
    expect(backoff(attempt, random)).toBeGreaterThanOrEqual(125);
    expect(backoff(attempt, random)).toBeLessThanOrEqual(longest);
  }
});
