import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeHistory, type Sample } from './history';
import { spark } from './spark';

const at = (at: number, value: number | null, gap = false): Sample => ({ at, value, gap });
const box = { width: 100, height: 20 };

describe('a curve', () => {
  test('fills the box from the lowest to the highest, and holds its last value', () => {
    expect(spark([at(0, 10), at(50, 20)], 0, 100, box)).toEqual({ path: 'M0 20L50 0L100 0', low: 10, high: 20 });
  });

  test('is broken where nothing is known', () => {
    expect(spark([at(0, 10), at(20, null), at(40, 20), at(60, 20)], 0, 100, box)?.path).toBe('M0 20M40 0L60 0L100 0');
    expect(spark([at(0, 10), at(20, 20, true), at(40, 20)], 0, 100, box)?.path).toBe('M0 20L20 0M40 0L100 0');
    expect(spark([at(0, 10), at(20, 20), at(40, null)], 0, 100, box)?.path).toBe('M0 20L20 0');
  });

  test('of next to nothing is flat, in the middle', () => {
    expect(spark([at(0, 20), at(100, 20)], 0, 100, box)?.path).toBe('M0 10L100 10L100 10');
    const { path } = spark([at(0, 20), at(100, 20.1)], 0, 100, box) ?? { path: '' };
    expect(path).toBe('M0 11L100 9L100 9');
  });

  test('stays in its box, whatever the moments say', () => {
    expect(spark([at(-50, 10), at(500, 20)], 0, 100, box)?.path).toBe('M0 20L100 0L100 0');
  });

  test('of a moment in a day is none, and of an hour is one', () => {
    const day = 24 * 60;
    expect(spark([at(day - 59, 10), at(day, 20)], 0, day, box)).toBeNull();
    expect(spark([at(0, null), at(day - 60, 10), at(day, 20)], 0, day, box)).toMatchObject({ low: 10, high: 20 });
  });

  test('of less than two values, or of no time, is none', () => {
    expect(spark([], 0, 100, box)).toBeNull();
    expect(spark([at(0, 1), at(5, null)], 0, 100, box)).toBeNull();
    expect(spark([at(0, 1), at(5, 2)], 100, 100, box)).toBeNull();
  });
});

test('the example of the docs is understood', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../../docs/api.md'), 'utf8');
  const example = docs.split('\n').find((line) => line.startsWith('{"entity":') && line.includes('"series"'));
  const decoded = decodeHistory(JSON.parse(example ?? 'null'));
  expect(decoded.ok && decoded.value.series.map((s) => s.name)).toEqual(['humidity', 'value']);
  expect(decoded.ok && decoded.value.series[0]?.points[1]).toEqual({ at: 1795359660000, value: null, gap: false });
});

test.each([null, {}, { from: 0, to: 1, series: [{ name: 'value', points: [{ at: 1 }] }] }, { from: 'x', to: 1, series: [] }])(
  'nonsense is refused: %o',
  (value) => expect(decodeHistory(value).ok).toBe(false),
);
