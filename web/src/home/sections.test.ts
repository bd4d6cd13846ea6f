import { expect, test } from 'vitest';
import { sections } from './sections';

const info = {
  name: '',
  timezone: '',
  units: '',
  areas: [
    { id: 'hall', name: 'Hall' },
    { id: 'attic', name: 'Attic' },
    { id: 'living', name: 'Living room' },
  ],
};

const areas: Readonly<Record<string, string>> = { lamp: 'living', porch: 'hall', fan: '', door: 'hall', lost: 'cellar' };
const find = (id: string) => {
  const area = areas[id];
  return area === undefined ? undefined : { area, kind: id === 'lamp' ? 'light' : 'heater' };
};

test('areas and entities keep the order of the configuration, and empty areas are left out', () => {
  const result = sections(info, ['lamp', 'door', 'porch'], find);
  expect(result.map((s) => [s.id, s.entities])).toEqual([
    ['hall', ['door', 'porch']],
    ['living', ['lamp']],
  ]);
});

test('what is in no area, or in one that is not declared, comes last', () => {
  const result = sections(info, ['fan', 'lost', 'porch'], find);
  expect(result.map((s) => [s.id, s.entities])).toEqual([
    ['hall', ['porch']],
    ['', ['fan', 'lost']],
  ]);
});

test('an id without an entity is nowhere', () => {
  expect(sections(info, ['ghost'], find)).toEqual([]);
});

test.each([
  ['h', false],
  ['hh', false], // side by side, with nothing after them
  ['hhh', true],
  ['hhhs', false], // beside the first two
  ['shhhh', false],
  ['hhhhhs', true],
  ['ssss', false],
])('of heaters and switches %s the columns are to be even: %s', (kinds, even) => {
  const kind = (id: string) => ({ area: 'hall', kind: id.startsWith('h') ? 'heater' : 'switch' });
  expect(sections(info, [...kinds].map((k, i) => `${k}${i}`), kind).map((s) => s.even)).toEqual([even]);
});

test('a heater takes two columns', () => {
  expect(sections(info, ['lamp', 'door', 'porch'], find).map((s) => s.columns)).toEqual([4, 1]);
});
