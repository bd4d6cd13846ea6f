// Holds the words of every language against the list of all that the server can
// say, which the server's own tests go by too.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { de as german } from '../i18n/de';
import { en as english } from '../i18n/en';
import { Format } from '../i18n/format';
import type { Params } from '../protocol/model';
import { decode } from '../protocol/server';
import * as de from './de';
import * as en from './en';
import { said, type Teller } from './said';

interface Example {
  readonly detail: string;
  readonly params: Params;
  readonly message: string;
}

const list = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../internal/entity/testdata/sentences.json'), 'utf8'),
) as { detail: string; examples: { params?: Params; message: string }[] }[];

const examples: readonly Example[] = list.flatMap(({ detail, examples }) =>
  examples.map(({ params = {}, message }) => ({ detail, params, message })),
);

const name = (id: string): string => ({ bell: 'Klingel', attic: 'Speicher', stairs: 'Treppe' })[id] ?? id;
const tellers = {
  en: { locale: 'en', format: new Format('en', 'UTC'), text: english, name },
  de: { locale: 'de', format: new Format('de', 'UTC'), text: german, name },
} satisfies Record<string, Teller>;

describe.each(['en', 'de'] as const)('in %s', (locale) => {
  const { sentences, words } = { en, de }[locale];
  const names = (sentence: string): string[] => [...sentence.matchAll(/\{(\w+)/g)].map((m) => m[1] ?? '').sort();

  test('there are words for what the server can say, and for nothing else', () => {
    expect(Object.keys(sentences).sort()).toEqual(list.map(({ detail }) => detail));
  });

  test.each(examples)('$detail has all of $params in it', ({ detail, params, message }) => {
    expect(names(sentences[detail as en.Sentence])).toEqual(Object.keys(params).sort());
    const text = said({ message, detail, params }, tellers[locale]);
    expect(text).not.toBeNull();
    expect(text).not.toMatch(/[{}#|]|undefined|NaN/);
    for (const value of Object.values(params)) {
      const told = text ?? '';
      // A text stands there as it is, by its name, or in the words for it.
      if (typeof value === 'string' && value !== '' && told.includes(value)) continue;
      if (typeof value === 'number') expect(told).toMatch(/\d|eine|a |one/);
      else expect(told).not.toBe(said({ message, detail, params: other(params, value) }, tellers[locale]));
    }
  });

  test('a word is there for every value of the examples, and for no other', () => {
    const used = new Set<string>();
    for (const { detail, params } of examples) {
      for (const [, name] of sentences[detail as en.Sentence].matchAll(/\{(\w+):word\}/g)) used.add(`${name}.${params[name ?? '']}`);
    }
    const there = Object.entries(words).flatMap(([name, of]) => Object.keys(of).map((value) => `${name}.${value}`));
    expect(there.sort()).toEqual([...used].sort());
  });
});

/** The same with another value in the place of one. */
const other = (params: Params, value: string): Params =>
  Object.fromEntries(Object.entries(params).map(([name, v]) => [name, v === value ? 'x' : v]));

describe('a sentence', () => {
  const tell = (detail: string, params: Params, teller: Teller = tellers.de): string | null => said({ message: 'm', detail, params }, teller);

  test.each([
    ['no_answer', { address: '192.0.2.7:80' }, 'Unter 192.0.2.7:80 antwortet nichts'],
    ['out_of_range', { temp: 3.5, low: 5, high: 30 }, '3,5\u00a0°C liegt außerhalb von 5\u00a0°C bis 30\u00a0°C'],
    ['config_too_long', { bytes: 13_000, most: 12_288 }, /^Die Konfiguration braucht 13\.000\u00a0Byte, ein Board speichert 12\.288\./],
    ['code_locked', { minutes: 1 }, 'Zu viele falsche Codes: Warte eine Minute'],
    ['code_locked', { minutes: 15 }, 'Zu viele falsche Codes: Warte 15 Minuten'],
    ['gesture_too_late', { button: 'bell', gesture: 'double', seconds: 2.6 }, 'Klingel: Doppelt drücken kam 2,6\u00a0s zu spät und bewirkte nichts'],
    ['not_all_done', { failed: 2, count: 3, entities: 'attic stairs' }, '2 von 3 nicht ausgeführt: Speicher und Treppe'],
    ['update_sending', { firmware: '0.2.0', percent: 35 }, /^Bekommt Firmware 0\.2\.0: 35\s%$/],
    ['link_ended', { close: 4000 }, 'Das Board hat die Verbindung beendet (4000)'],
    ['queued', { board: '' }, 'Vorgemerkt, bis Board wieder da ist'],
    ['calling', {}, 'Der Server ruft das Board an'],
  ] as const)('%s of %o is in German', (detail, params, words) => {
    if (typeof words === 'string') expect(tell(detail, params)).toBe(words);
    else expect(tell(detail, params)).toMatch(words);
  });

  test('tells temperatures in the units of the house', () => {
    const imperial = { ...tellers.en, format: new Format('en', 'UTC', 'imperial') };
    expect(tell('out_of_range', { temp: 100, low: 5, high: 30 }, imperial)).toBe('212\u00a0°F is out of range: 41\u00a0°F to 86\u00a0°F');
  });

  test.each([
    ['a name that came later than this page', 'moon_is_full', {}],
    ['a name of JavaScript’s', 'toString', {}],
    ['a word that came later', 'refused_by_board', { board: 'hall', reason: 'moon_is_full' }],
    ['a word of JavaScript’s', 'refused_by_board', { board: 'hall', reason: 'constructor' }],
    ['a value that is missing', 'no_answer', {}],
  ])('is left to the server’s English with %s', (_, detail, params) => {
    expect(tell(detail, params as Params)).toBeNull();
  });

  test('without a name is left to the server', () => {
    expect(said({ message: 'm' }, tellers.de)).toBeNull();
  });

  test('does not put a value into a value', () => {
    expect(tell('no_answer', { address: '{address} $& $1' })).toBe('Unter {address} $& $1 antwortet nichts');
  });

  test('comes through the live connection with its name and values', () => {
    const board = { name: 'shed', id: 'hob-a0b765', chip: 'esp32', declared: true, status: 'offline', message: 'No answer for 15\u00a0s' };
    const more = { detail: 'silent', params: { seconds: 15 }, since: 1, address: '', firmware: '' };
    const decoded = decode({ type: 'board', revision: 1, board: { ...board, ...more } });
    expect(decoded).toMatchObject({ ok: true, value: { board: { detail: 'silent', params: { seconds: 15 } } } });
    for (const params of [[1], { seconds: null }, { seconds: { s: 1 } }, 'x']) {
      expect(decode({ type: 'board', revision: 1, board: { ...board, ...more, params } }).ok).toBe(false);
    }
  });
});
