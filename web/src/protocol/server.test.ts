import { expect, test } from 'vitest';
import { decode } from './server';

const state = { type: 'state', revision: 43, id: 'porch', state: 'off', changed: 1, cause: { kind: 'boot', by: '' } };

test('members that are left out have their defaults', () => {
  expect(decode(state)).toEqual({
    ok: true,
    value: {
      type: 'state',
      revision: 43,
      id: 'porch',
      dynamic: {
        state: 'off',
        attributes: {},
        available: true,
        unavailable: null,
        pending: null,
        failure: null,
        changed: 1,
        cause: { kind: 'boot', by: '' },
      },
    },
  });
});

test('members that are not known are ignored', () => {
  expect(decode({ ...state, weather: 'fine', attributes: { brightness: 4, mood: 'good' } })).toMatchObject({
    ok: true,
    value: { dynamic: { attributes: { brightness: 4 } } },
  });
});

test('a type that is not known is ignored, not an error', () => {
  expect(decode({ type: 'fireworks' })).toEqual({ ok: true, value: { type: 'ignored', name: 'fireworks' } });
});

test.each([
  ['null', null, 'message: expected an object'],
  ['a list', [], 'message: expected an object'],
  ['a number', 3, 'message: expected an object'],
  ['no type', {}, 'message.type: is missing'],
  ['a type that is no string', { type: 7 }, 'message.type: expected a string'],
  ['an inherited member', Object.create({ type: 'pong', id: 1, time: 1 }), 'message.type: is missing'],
  ['a revision below zero', { ...state, revision: -1 }, 'message.revision: expected a whole number'],
  ['a revision that is no whole number', { ...state, revision: 1.5 }, 'message.revision: expected a whole number'],
  ['a state that is no string', { ...state, state: true }, 'message.state: expected a string'],
  ['no time', { ...state, changed: NaN }, 'message.changed: expected a number'],
  ['a color in words', { ...state, attributes: { color: 'red' } }, 'message.attributes.color: expected a color'],
  ['half a cause', { ...state, cause: { kind: 'boot' } }, 'message.cause.by: is missing'],
  ['a wrong item deep inside', { type: 'house', revision: 1, house: { name: '', timezone: '', units: '', areas: [{ id: 'a', name: 'A' }, { id: 3 }] }, order: [] }, 'message.house.areas[1].id: expected a string'],
])('%s is refused, saying where', (_, value, error) => {
  const result = decode(value);
  expect(result.ok).toBe(false);
  if (!result.ok) expect(result.error).toContain(error);
});
