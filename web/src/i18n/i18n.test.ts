import { describe, expect, test } from 'vitest';
import { de } from './de';
import { en } from './en';
import { Format } from './format';
import { pick } from './language.svelte';

/** Every text of a catalogue by its path, functions called with marked arguments. */
function texts(node: unknown, path = ''): Map<string, string> {
  if (typeof node === 'string') return new Map([[path, node]]);
  if (typeof node === 'function') {
    const args = Array.from({ length: node.length }, (_, i) => `<${i}>`);
    return new Map([[path, (node as (...args: string[]) => string)(...args)]]);
  }
  return new Map(Object.entries(node as object).flatMap(([key, child]) => [...texts(child, `${path}.${key}`)]));
}

describe('catalogues', () => {
  const english = texts(en);
  const german = texts(de);

  test('have the same keys', () => expect([...german.keys()].sort()).toEqual([...english.keys()].sort()));

  test.each([...german])('German %s is a text with every parameter that English has: %s', (path, text) => {
    expect(text.trim()).not.toBe('');
    const places = (s: string): string[] => [...s.matchAll(/<\d>/g)].map((m) => m[0]).sort();
    expect(places(text)).toEqual(places(english.get(path) ?? ''));
  });
});

describe('language', () => {
  test.each([
    [['de-AT', 'en'], 'de'],
    [['fr', 'de'], 'de'],
    [['en-US'], 'en'],
    [['fr'], 'en'],
    [['constructor'], 'en'],
    [[], 'en'],
  ])('of a browser that wants %o is %s', (wanted, locale) => expect(pick(wanted)).toBe(locale));
});

describe('format', () => {
  const english = new Format('en', 'Europe/Berlin');
  const german = new Format('de', 'Europe/Berlin');
  const now = Date.UTC(2026, 10, 22, 13, 2); // 14:02 in Berlin

  test('a moment of today is a time in the house, an earlier one has its day', () => {
    expect(english.moment(now, now)).toBe('14:02');
    expect(english.moment(now - 14.5 * 3_600_000, now)).toMatch(/^21 Nov.* 23:32$|^Nov 21.* 23:32$/);
  });

  test('midnight is 00, not 24', () => expect(english.moment(Date.UTC(2026, 10, 21, 23, 5), now)).toBe('00:05'));

  test.each([
    [0, 'now'],
    [4_999, 'now'],
    [7_000, '5\u00a0sec. ago'],
    [59_999, '55\u00a0sec. ago'],
    [60_000, '1\u00a0min. ago'],
    [3_599_999, '59\u00a0min. ago'],
    [2 * 3_600_000, '2\u00a0hr. ago'],
    [26 * 3_600_000, 'yesterday'],
    [3 * 86_400_000, '3\u00a0days ago'],
    [-60_000, 'now'],
  ])('%d ms ago is “%s”', (ms, words) => expect(english.ago(now - ms, now)).toBe(words));

  test('is German in German', () => {
    expect(german.ago(now - 180_000, now)).toBe('vor 3\u00a0Min.');
    expect(german.percent(40)).toMatch(/^40\s%$/);
  });

  test('a brightness above nothing is never shown as nothing', () => {
    expect(english.percent(0.4)).toBe('1%');
    expect(english.percent(0)).toBe('0%');
    expect(english.percent(100)).toBe('100%');
  });

  test('a time zone that the browser does not know is no reason to fail', () => {
    expect(() => new Format('en', 'Mars/Olympus')).not.toThrow();
  });
});
