import { afterEach, expect, test, vi } from 'vitest';
import type { Notice } from '../protocol/model';
import { reduce } from './house';
import { dismiss, dismissAll, neighbour, shown } from './notices';
import { aSnapshot } from './testing';

const notice = (id: number): Notice => ({ id, at: id * 1000, text: `Notice ${id}` });
const five = [1, 2, 3, 4, 5].map(notice);
const ids = (list: readonly Notice[] | undefined): number[] => (list ?? []).map((n) => n.id);

afterEach(() => vi.unstubAllGlobals());

/** Answers requests in order with these statuses; 0 is no answer. Gives what was asked. */
function answering(...statuses: number[]): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push(`${init.method} ${url}`);
    const status = statuses.shift() ?? 0;
    return status === 0 ? Promise.reject(new TypeError('no answer')) : Promise.resolve(new Response(null, { status }));
  });
  return asked;
}

test('the newest are shown first, and few of them', () => {
  expect(ids(shown(five, false))).toEqual([5, 4, 3]);
  expect(ids(shown(five, true))).toEqual([5, 4, 3, 2, 1]);
  expect(ids(five)).toEqual([1, 2, 3, 4, 5]);
});

test.each([
  [5, 4],
  [3, 2],
  [1, 2],
])('after notice %d the focus goes to %d', (id, next) => expect(neighbour(shown(five, true), id)).toBe(next));

test('after the last one there is nowhere to go', () => expect(neighbour([notice(7)], 7)).toBeNull());

test('one is dismissed when the server says so, or does not know it any more', async () => {
  const asked = answering(204, 404, 503, 0);
  expect(await dismiss(7)).toBe(true);
  expect(await dismiss(8)).toBe(true);
  expect(await dismiss(9)).toBe(false);
  expect(await dismiss(10)).toBe(false);
  expect(asked).toEqual(['DELETE /api/notices/7', 'DELETE /api/notices/8', 'DELETE /api/notices/9', 'DELETE /api/notices/10']);
});

test('all are dismissed until one is not', async () => {
  const asked = answering(204, 503, 204);
  expect(await dismissAll([3, 2, 1])).toBe(false);
  expect(asked).toHaveLength(2);
  answering(204, 404);
  expect(await dismissAll([2, 1])).toBe(true);
});

test('notices come and go with the messages of the server', () => {
  let house = reduce(null, { ...aSnapshot(1), notices: [notice(1)] });
  house = reduce(house, { type: 'notice', revision: 2, notice: notice(2) });
  expect(ids(house?.notices)).toEqual([1, 2]);
  house = reduce(house, { type: 'notice', revision: 3, notice: notice(2) }); // told again after a resume
  expect(ids(house?.notices)).toEqual([1, 2]);
  house = reduce(house, { type: 'notice_removed', revision: 4, id: 1 });
  expect(ids(house?.notices)).toEqual([2]);
  expect(ids(reduce(house, aSnapshot(9))?.notices)).toEqual([]);
});
