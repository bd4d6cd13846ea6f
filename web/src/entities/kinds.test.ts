// The kinds that measure, move, heat and watch: what their tiles say in every state.

import { mdiAlert, mdiClockOutline, mdiLock } from '@mdi/js';
import { describe, expect, test } from 'vitest';
import { anEntity } from '../home/testing';
import { en } from '../i18n/en';
import { Format } from '../i18n/format';
import { moduleOf } from '.';
import { urgent } from './alarm';
import { move, moving, named, progress } from './door';
import { namedIcon } from './icons';
import type { Saying } from './module';
import { phase } from './phase';
import { stepped } from './thermostat';

const now = Date.UTC(2026, 10, 25, 12, 0, 0);
const say: Saying = { format: new Format('en', 'UTC'), now, name: (id) => `the ${id}`, icon: namedIcon };
type Some = NonNullable<Parameters<typeof anEntity>[0]>;
const look = (more: Some) => moduleOf(more.kind ?? '').look(anEntity(more), en, say);

test('what a sensor measures is a figure, and what it has measured once is none', () => {
  const attributes = { value: 20, unit: '°C', fault: 'stale' };
  expect(look({ kind: 'sensor', state: '20', attributes }).figure).toBe(true);
  expect(look({ kind: 'sensor', state: 'unknown', attributes }).figure).toBeUndefined();
});

test('an alarm has no age: what changed last may be what it watches', () => {
  expect(look({ kind: 'alarm', state: 'armed_away', changed: 5 }).since).toBeNull();
});

test.each<[Some, string, string, string | undefined]>([
  [{ kind: 'sensor', state: 'unknown' }, 'Unknown', 'unknown', 'No reading yet'],
  [{ kind: 'sensor', state: 'unknown', attributes: { unit: '°C', fault: 'no_answer' } }, 'Unknown', 'unknown', 'No answer'],
  [{ kind: 'sensor', state: '21.4', attributes: { value: 21.44, unit: '°C', sampled: 5 } }, '21.4\u00a0°C', 'calm', undefined],
  [{ kind: 'sensor', state: '21', attributes: { value: 21, unit: '°C', humidity: 45.3 } }, '21\u00a0°C', 'calm', '45% humidity'],
  [{ kind: 'sensor', state: '21', attributes: { value: 21, unit: '°C', fault: 'odd' } }, '21\u00a0°C', 'calm', 'Sensor fault'],
  [{ kind: 'sensor', state: 'unknown', attributes: { value: 21, unit: '°C', fault: 'stale' } }, 'Last 21\u00a0°C', 'unknown', 'No reading for too long'],
  [{ kind: 'sensor', state: '0.412', attributes: { value: 0.412, unit: 'L' } }, '0.412\u00a0L', 'calm', undefined],
  [{ kind: 'sensor', state: '3', attributes: { value: 3, unit: '' } }, '3', 'calm', undefined],
  [{ kind: 'sensor', state: '-0.04', attributes: { value: -0.04, unit: '°C' } }, '0\u00a0°C', 'calm', undefined],

  [{ kind: 'garage_door', state: 'closed' }, 'Closed', 'calm', undefined],
  [{ kind: 'garage_door', state: 'open' }, 'Open', 'active', undefined],
  [{ kind: 'garage_door', state: 'open', attributes: { warning_until: now + 3_400 } }, 'Open', 'active', 'Warning: moves in 4\u00a0s'],
  [{ kind: 'garage_door', state: 'opening' }, 'Opening…', 'active', undefined],
  [{ kind: 'garage_door', state: 'closing' }, 'Closing…', 'active', undefined],
  [{ kind: 'garage_door', state: 'stopped', attributes: { position: 'reeds' } }, 'Half open', 'active', undefined],
  [{ kind: 'garage_door', state: 'stopped', attributes: { position: 'closed_reed' } }, 'Not closed', 'active', undefined],
  [{ kind: 'garage_door', state: 'obstructed', attributes: { problem: 'did_not_open' } }, 'Did not open', 'alarm', undefined],
  [{ kind: 'garage_door', state: 'obstructed', attributes: { problem: 'did_not_close' } }, 'Did not close', 'alarm', undefined],
  [{ kind: 'garage_door', state: 'open', attributes: { problem: 'did_not_close' } }, 'Open', 'alarm', 'Did not close'],
  [{ kind: 'garage_door', state: 'closed', attributes: { problem: 'did_not_open' } }, 'Closed', 'alarm', 'Did not open'],
  [{ kind: 'garage_door', state: 'closing', attributes: { problem: 'did_not_close' } }, 'Closing…', 'active', undefined],
  [{ kind: 'garage_door', state: 'unknown', attributes: { position: 'none' } }, 'Unknown', 'unknown', 'No position sensor'],
  [{ kind: 'garage_door', state: 'unknown', attributes: { problem: 'reeds_disagree' } }, 'Unknown', 'unknown', 'Its sensors contradict each other'],
  [{ kind: 'garage_door', state: 'unknown' }, 'Unknown', 'unknown', 'Not reported yet'],
  [{ kind: 'garage_door', state: 'open', features: ['attended'] }, 'Open', 'active', 'Nothing warns: only if you see it'],
  [{ kind: 'garage_door', state: 'unknown', attributes: { position: 'none', warning_until: now + 2_000 } }, 'Unknown', 'unknown', 'No position sensor · Warning: moves in 2\u00a0s'],

  [{ kind: 'heater', state: 'heating', attributes: { mode: 'auto' } }, 'Heating', 'on', 'Schedule'],
  [{ kind: 'cooler', state: 'cooling', attributes: { mode: 'manual' } }, 'Cooling', 'active', 'Manual'],
  [{ kind: 'heater', state: 'idle', attributes: { mode: 'manual', until: now + 3_600_000 } }, 'Idle', 'calm', 'Manual until 13:00'],
  [{ kind: 'heater', state: 'waiting', attributes: { mode: 'boost', until: now + 60_000 } }, 'Waiting', 'calm', 'It rests for a moment before it switches · Boost until 12:01'],
  [{ kind: 'heater', state: 'idle', attributes: { mode: 'auto', next: { at: now + 7_200_000, target: 17, preset: 'sleep' } } }, 'Idle', 'calm', 'Sleep from 14:00'],
  [{ kind: 'heater', state: 'idle', attributes: { mode: 'auto', next: { at: now + 60_000, target: 19.5 } } }, 'Idle', 'calm', '19.5\u00a0°C from 12:01'],
  [{ kind: 'heater', state: 'idle', attributes: { mode: 'auto', next: { at: now + 60_000 } } }, 'Idle', 'calm', 'Off from 12:01'],
  [{ kind: 'heater', state: 'idle', attributes: { mode: 'auto', source: 'fallback' } }, 'Idle', 'calm', 'The board waits for its schedule'],
  [{ kind: 'heater', state: 'off', attributes: { mode: 'off' } }, 'Off', 'off', undefined],
  [{ kind: 'heater', state: 'off', attributes: { mode: 'off', until: now + 3_600_000 } }, 'Off', 'off', 'Off until 13:00'],
  [{ kind: 'heater', state: 'idle', attributes: { mode: 'manual', preset: 'comfort', until: now + 3_600_000 } }, 'Idle', 'calm', 'Manual: Comfort until 13:00'],
  [{ kind: 'heater', state: 'off', attributes: { mode: 'frost' } }, 'Off', 'off', 'Frost protection'],
  [{ kind: 'heater', state: 'off', attributes: { mode: 'window' } }, 'Off', 'off', 'A window is open'],
  [{ kind: 'heater', state: 'off', attributes: { mode: 'window', windows: ['bay', 'roof'] } }, 'Off', 'off', 'Open: the bay, the roof'],
  [{ kind: 'heater', state: 'sensor_lost', attributes: { mode: 'auto' } }, 'Sensor lost', 'alarm', 'It stays off until its sensor is back'],
  [{ kind: 'heater', state: 'cut_off', attributes: { mode: 'auto' } }, 'Cut off', 'alarm', 'Beyond what is safe: it stays off'],
  [{ kind: 'cooler', state: 'cooling', attributes: { mode: 'manual', warning: 'no_rise' } }, 'Cooling', 'alarm', 'It does not get colder · Manual'],
  [{ kind: 'cooler', state: 'idle', attributes: { mode: 'auto', warning: 'stuck' } }, 'Idle', 'alarm', 'It cools although it is off'],
  [{ kind: 'heater', state: 'locked', attributes: { mode: 'locked' } }, 'Locked', 'off', 'Locked for maintenance'],
  [{ kind: 'heater', state: 'heating', attributes: { mode: 'auto', warning: 'no_rise' } }, 'Heating', 'alarm', 'It does not get warmer'],
  [{ kind: 'heater', state: 'idle', attributes: { mode: 'auto', warning: 'stuck' } }, 'Idle', 'alarm', 'It heats although it is off'],
  [{ kind: 'heater', state: 'unknown' }, 'Unknown', 'unknown', undefined],
  [{ kind: 'heater', state: 'constructor' }, 'Unknown', 'unknown', undefined],

  [{ kind: 'scene', state: 'ready' }, 'Ready', 'calm', undefined],
  [{ kind: 'scene', state: 'ready', attributes: { activated: 5, failed: [] } }, 'Activated', 'calm', undefined],
  [{ kind: 'scene', state: 'ready', attributes: { activated: 5, failed: [{ entity: 'porch', code: 'offline', message: '' }] } }, 'Partly done', 'alarm', 'Not done: the porch'],

  [{ kind: 'person', state: 'home' }, 'At home', 'active', undefined],
  [{ kind: 'person', state: 'away' }, 'Away', 'calm', undefined],
  [{ kind: 'person', state: 'unknown' }, 'Unknown', 'unknown', 'Nobody has said yet'],

  [{ kind: 'alarm', state: 'disarmed' }, 'Disarmed', 'calm', undefined],
  [{ kind: 'alarm', state: 'disarmed', attributes: { opened: ['door', 'window'], unwatched: ['shed'] } }, 'Disarmed', 'calm', 'Open: the door, the window'],
  [{ kind: 'alarm', state: 'arming', attributes: { until: now + 39_100 } }, 'Arming…', 'active', 'Leave within 40\u00a0s'],
  [{ kind: 'alarm', state: 'armed_away', attributes: { unwatched: ['shed'] } }, 'Armed', 'active', 'Not watched: the shed'],
  [{ kind: 'alarm', state: 'armed_home' }, 'Armed at home', 'active', undefined],
  [{ kind: 'alarm', state: 'pending', attributes: { until: now - 5, triggered_by: 'door' } }, 'Somebody came in', 'alarm', 'Disarm within 0\u00a0s · By the door'],
  [{ kind: 'alarm', state: 'triggered', attributes: { locked_until: now + 60_000 } }, 'Alarm!', 'alarm', 'Too many wrong codes: wait until 12:01'],
  [{ kind: 'alarm', state: 'odd' }, 'Unknown', 'unknown', undefined],
])('%o is “%s”, %s, %s', (entity, word, tone, detail) => {
  expect(look(entity)).toMatchObject({ word, tone });
  expect(look(entity).detail).toBe(detail);
});

describe('garage doors', () => {
  const door = (state: string, features: string[], position = 'reeds') => anEntity({ kind: 'garage_door', state, features, attributes: { position } });
  const both = ['open', 'close', 'pulse'];

  test.each([
    ['closed', both, 'reeds', 'open'],
    ['open', both, 'reeds', 'close'],
    ['opening', both, 'reeds', 'pulse'],
    ['stopped', both, 'reeds', 'pulse'],
    ['obstructed', both, 'reeds', 'pulse'],
    ['stopped', both, 'closed_reed', 'close'],
    ['obstructed', both, 'closed_reed', 'close'],
    ['unknown', both, 'reeds', 'pulse'],
    ['unknown', ['pulse'], 'none', 'pulse'],
  ])('one that is %s asks, with %o and %s, for %s', (state, features, position, what) => {
    expect(move(door(state, features, position))).toBe(what);
  });

  test.each([
    ['closing', [...both, 'attended'], 'stop'],
    ['opening', [...both, 'attended'], 'stop'],
    ['closing', both, 'pulse'], // it warns first, and comes too late to stop anything
    ['open', [...both, 'attended'], 'close'],
  ])('what is asked of one that is %s, with %o, is called %s', (state, features, what) => {
    expect(named(door(state, features))).toBe(what);
  });

  test('only where nothing warns, holding says that one can see it', () => {
    expect(moving(door('open', both))).toEqual({ action: 'close' });
    expect(moving(door('open', [...both, 'attended']))).toEqual({ action: 'close', confirm: true });
  });

  test('a tap never moves one, and never tries again', () => {
    expect(moduleOf('garage_door').tap(door('closed', both))).toBeNull();
    const failure = { command: '1', action: 'close', target: 'closed', status: 'failed', code: 'board', message: '', at: 1 };
    expect(phase(anEntity({ kind: 'garage_door', state: 'open', failure }), null)).toMatchObject({ name: 'failed', retry: null });
  });

  test('progress is that of the travel, and of a moving door only', () => {
    const at = (state: string, since: number) => progress(anEntity({ kind: 'garage_door', state, attributes: { moving_since: since, travel_ms: 20_000 } }), now);
    expect(at('opening', now - 5_000)).toBe(0.25);
    expect(at('closing', now - 60_000)).toBe(1);
    expect(at('opening', now + 60_000)).toBe(0);
    expect(at('stopped', now - 5_000)).toBeNull();
  });
});

describe('heaters', () => {
  const heater = anEntity({ kind: 'heater', attributes: { low: 5, high: 25, temperature: 20.3 } });

  test.each([
    [21, 1, 21.5], [21, -1, 20.5], [20.7, 1, 21], [20.7, -1, 20.5], [25, 1, 25], [24.8, 1, 25], [5, -1, 5], [null, 1, 20.5], [null, -1, 20],
  ] as const)('from %s in direction %i comes %s', (from, direction, to) => {
    expect(stepped(heater, from, direction)).toBe(to);
  });

  test.each([
    [21, 1, 70], [20.556, 1, 70], [20.556, -1, 68], [25, 1, 77], [24.7, 1, 77],
  ] as const)('in an imperial house from %s °C in direction %i come %s °F', (from, direction, to) => {
    expect(stepped(heater, from, direction, true) * 1.8 + 32).toBeCloseTo(to, 6);
  });

  test.each([
    ['auto', undefined], ['window', undefined], ['manual', mdiClockOutline], ['boost', mdiClockOutline], ['off', mdiClockOutline],
    ['frost', mdiClockOutline],
  ])('in mode %s it has a clock only when the schedule does not hold', (mode, badge) => {
    expect(look({ kind: 'heater', state: 'idle', attributes: { mode } }).badge).toBe(badge);
    expect(look({ kind: 'heater', state: 'locked', attributes: { mode } }).badge).toBe(mdiLock);
  });

  test('the menu says which preset is in force', () => {
    const menu = moduleOf('heater').menu(anEntity({ kind: 'heater', attributes: { mode: 'auto', preset: 'away', presets: ['comfort', 'away'] } }), en);
    expect(menu.filter((i) => i.current).map((i) => i.name)).toEqual(['Away']);
  });

  test('the menu offers presets by their names, and the way back only from by hand', () => {
    const names = (mode: string) => moduleOf('heater').menu(anEntity({ kind: 'heater', attributes: { mode, presets: ['comfort', 'deep_sleep'] } }), en).map((i) => i.name);
    expect(names('auto')).toEqual(['Comfort', 'deep sleep', 'Boost for 30 minutes', 'Boost for 60 minutes', 'Off']);
    expect(names('manual')[0]).toBe('Back to the schedule');
    expect(names('locked')).toEqual(['Unlock']);
  });

  test('nobody but who asked for a temperature can try that again', () => {
    const failure = { command: '1', action: 'set', target: '', status: 'failed', code: 'board', message: '', at: 1 };
    expect(phase(anEntity({ kind: 'heater', state: 'idle', failure }), null)).toMatchObject({ retry: null });
  });
});

test('a sensor whose newest sample failed is marked, though its value still counts', () => {
  const badge = (fault?: string) => look({ kind: 'sensor', state: '21', attributes: { value: 21, unit: '°C', ...(fault !== undefined && { fault }) } }).badge;
  expect(badge('checksum')).toBe(mdiAlert);
  expect(badge()).toBeUndefined();
});

test('imperial houses read Fahrenheit', () => {
  const imperial: Saying = { ...say, format: new Format('en', 'UTC', 'imperial') };
  const entity = anEntity({ kind: 'sensor', state: '21.5', attributes: { value: 21.5, unit: '°C' } });
  expect(moduleOf('sensor').look(entity, en, imperial).word).toBe('70.7\u00a0°F');
});

test('people toggle between home and away; a scene is activated', () => {
  expect(moduleOf('person').tap(anEntity({ kind: 'person', state: 'home' }))).toEqual({ action: 'away' });
  expect(moduleOf('person').tap(anEntity({ kind: 'person', state: 'unknown' }))).toEqual({ action: 'home' });
  expect(moduleOf('scene').tap(anEntity({ kind: 'scene' }))).toEqual({ action: 'activate' });
});

test('the alarm offers what makes sense, and asks for its code where it has one', () => {
  const menu = (state: string, code: boolean) => moduleOf('alarm').menu(anEntity({ kind: 'alarm', state, attributes: { code } }), en);
  expect(menu('disarmed', true).map((i) => [i.action.action, i.code ?? false])).toEqual([['arm_away', false], ['arm_home', false]]);
  expect(menu('triggered', true)).toEqual([{ name: 'Disarm', action: { action: 'disarm' }, code: true }]);
  expect(menu('armed_home', false)[0]?.code).toBe(false);
  expect(urgent(anEntity({ kind: 'alarm', state: 'pending' }))).toBe(true);
  expect(urgent(anEntity({ kind: 'alarm', state: 'armed_away' }))).toBe(false);
});
