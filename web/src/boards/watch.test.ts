import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Details } from './details';
import { BoardWatch } from './watch.svelte';

const hall: Details = { id: 'hob-hall', link: null, update: null };
const shed: Details = { id: 'hob-shed', link: null, update: null };
const taking = (stage: string): Details => ({
  ...hall, update: { firmware: '0.2.0', stage, done: 1, size: 2, code: '', message: '', since: 0 },
});

let asked: string[];
let answer: (id?: string) => readonly Details[] | null;
let watch: BoardWatch;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  answer = (id) => (id === undefined ? [hall, shed] : [hall]);
  watch = new BoardWatch((id) => {
    asked.push(id ?? 'all');
    return Promise.resolve(answer(id));
  });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

test('all are asked for at once, and then as often as boards tell their figures', async () => {
  stop = watch.start();
  await pass(0);
  expect([...watch.details.keys()]).toEqual(['hob-hall', 'hob-shed']);
  await pass(90_000);
  expect(asked).toEqual(['all', 'all', 'all', 'all']);
});

test('one that takes another firmware is asked every second until that is over', async () => {
  answer = () => [taking('sending')];
  stop = watch.start();
  await pass(3_500);
  expect(asked).toEqual(['all', 'hob-hall', 'hob-hall', 'hob-hall']);
  answer = () => [taking('done')];
  await pass(10_000);
  expect(asked.length).toBe(5);
  expect(watch.details.get('hob-hall')?.update?.stage).toBe('done');
});

test('one that has changed is asked for at once', async () => {
  stop = watch.start();
  await pass(5_000);
  watch.changed('hob-hall');
  await pass(0);
  expect(asked).toEqual(['all', 'hob-hall']);
});

test('an answer that does not come keeps what is known, and is asked for again', async () => {
  answer = () => [taking('sending')];
  stop = watch.start();
  await pass(0);
  answer = () => null;
  await pass(2_500);
  expect(watch.details.get('hob-hall')?.update?.stage).toBe('sending');
  expect(asked).toEqual(['all', 'hob-hall', 'hob-hall']);
});

test('nothing is asked for after the page is left', async () => {
  answer = () => [taking('sending')];
  stop = watch.start();
  await pass(0);
  stop();
  watch.changed('hob-hall');
  await pass(60_000);
  expect(asked).toEqual(['all']);
});
