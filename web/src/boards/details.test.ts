import { describe, expect, test } from 'vitest';
import { declaration, decodeDetails, underWay } from './details';
import { boardWords, wordFor } from './words';

const record = { name: 'hall', id: 'hob-7c9ebd', chip: 'esp32', declared: true, status: 'online', message: '', since: 1, address: '', firmware: '0.1.0' };
const link = {
  boot: '9f3c2a11', reset: 'power_on', uptime_ms: 61_000, config: '', points: 3, rssi: -61, heap: 123_456, heap_low: 98_304, stack: 3120,
  loop_us: 850, temp: 41, reconnects: 2, refused: 0,
};
const update = { firmware: '0.2.0', stage: 'sending', done: 4096, size: 983_040, code: '', message: '', since: 5 };

const one = (more: object): unknown => {
  const decoded = decodeDetails({ ...record, link: null, update: null, ...more });
  return decoded.ok ? decoded.value[0] : decoded.error;
};

test('a board that is found is declared by a line that the server takes', () => {
  expect(declaration({ id: 'hob-7c9ebd', chip: 'esp32c3' })).toBe('NAME: {id: hob-7c9ebd, chip: esp32c3}');
  expect(declaration({ id: 'hob-7c9ebd', chip: '' })).toContain('chip: esp32}'); // a key that is needed
});

describe('the details of a board', () => {
  test('say why it started in words of both languages, and what is not known yet as it came', () => {
    expect(wordFor(boardWords.en.resets, 'brownout')).toBe('a drop of its supply voltage');
    expect(wordFor(boardWords.de.resets, 'power_on')).toBe('Einschalten des Stroms');
    expect(wordFor(boardWords.de.resets, 'lightning')).toBeUndefined();
  });

  test('hold what it told', () =>
    expect(one({ link, update })).toEqual({
      id: 'hob-7c9ebd',
      link: { reset: 'power_on', uptime: 61_000, reconnects: 2, rssi: -61, heap: 123_456, heapLow: 98_304, stack: 3120, loop: 850, temp: 41 },
      update,
    }));

  test('say unknown for what it has not told, and not nought', () =>
    expect(one({ link: { ...link, rssi: 0, heap: 0, heap_low: null, stack: null, loop_us: 0, temp: null } })).toMatchObject({
      link: { rssi: null, heap: null, heapLow: null, stack: null, loop: null, temp: null },
    }));

  test('of a chip at 0 °C and of a stack that is used up are that', () =>
    expect(one({ link: { ...link, stack: 0, temp: 0 } })).toMatchObject({ link: { stack: 0, temp: 0 } }));

  test('of a server that does not know the newer members are taken', () => {
    const { heap_low: _, stack: __, ...older } = link;
    const { code: ___, ...before } = update;
    expect(one({ link: older, update: before })).toMatchObject({ link: { heapLow: null, stack: null }, update: { code: '' } });
  });

  test.each([
    [{ link: { ...link, stack: 'much' } }, 'board.link.stack: expected a number'],
    [{ update: { ...update, done: -1 } }, 'board.update.done: expected a whole number'],
    [{ link: undefined }, 'board.link: expected an object'],
  ])('that are nonsense are refused: %o', (more, why) => expect(one(more)).toContain(why));
});

test.each([['sending', true], ['proving', true], ['a later one', true], ['done', false], ['failed', false]])(
  'an update that is %s is under way: %s',
  (stage, busy) => expect(underWay({ ...update, stage })).toBe(busy),
);

test('every language has a word for everything', () => {
  const texts = (node: object): string[] =>
    Object.values(node).flatMap((v: unknown) =>
      typeof v === 'function' ? [String((v as (...a: string[]) => string)('<0>', '<1>', '<2>'))] : typeof v === 'object' ? texts(v as object) : [String(v)]);
  for (const words of [boardWords.en, boardWords.de]) expect(texts(words).filter((text) => text.trim() === '')).toEqual([]);
  expect(texts(boardWords.de).map((t) => t.match(/<\d>/g)?.sort())).toEqual(texts(boardWords.en).map((t) => t.match(/<\d>/g)?.sort()));
  expect(wordFor(boardWords.en.update.why, 'constructor')).toBeUndefined();
});
