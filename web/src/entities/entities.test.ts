import { describe, expect, test } from 'vitest';
import { anEntity } from '../home/testing';
import { en } from '../i18n/en';
import { Format } from '../i18n/format';
import { moduleOf } from '.';
import { namedIcon } from './icons';
import { colors, dims, level } from './light';
import type { Saying } from './module';

const look = (more: Parameters<typeof anEntity>[0]) => moduleOf(more?.kind ?? 'switch').look(anEntity(more), en, say);

const say: Saying = { format: new Format('en', 'UTC'), now: 100_000, name: (id) => id.toUpperCase(), icon: namedIcon };

describe('look', () => {
  test.each([
    [{ kind: 'switch', state: 'on' }, 'On', 'on'],
    [{ kind: 'switch', state: 'off' }, 'Off', 'off'],
    [{ kind: 'switch', state: 'unknown' }, 'Unknown', 'unknown'],
    [{ kind: 'light', state: 'on' }, 'On', 'on'],
    [{ kind: 'light', state: 'unknown' }, 'Unknown', 'unknown'],
    [{ kind: 'contact', features: ['door'], state: 'open' }, 'Open', 'active'],
    [{ kind: 'contact', features: ['door'], state: 'closed' }, 'Closed', 'calm'],
    [{ kind: 'contact', features: ['motion'], state: 'detected' }, 'Motion', 'active'],
    [{ kind: 'contact', features: ['moisture'], state: 'detected' }, 'Wet', 'alarm'],
    [{ kind: 'contact', features: ['moisture'], state: 'clear' }, 'Dry', 'calm'],
    [{ kind: 'contact', features: ['smoke'], state: 'detected' }, 'Smoke', 'alarm'],
    [{ kind: 'contact', features: ['sleepwalker'], state: 'detected' }, 'Detected', 'active'],
    [{ kind: 'contact', features: ['constructor'], state: 'open' }, 'Open', 'active'],
    [{ kind: 'contact', features: [], state: 'unknown' }, 'Unknown', 'unknown'],
    [{ kind: 'button', features: ['press'], state: 'released' }, 'Ready', 'calm'],
    [{ kind: 'button', features: ['press'], state: 'pressed' }, 'Pressed', 'active'],
    [{ kind: 'button', features: ['press'], state: 'released', attributes: { event: 'double', event_at: 5 } }, 'Pressed twice', 'calm'],
    [{ kind: 'button', features: [], state: 'released' }, 'Nothing is bound to it', 'calm'],
    [{ kind: 'vacuum', state: 'docked' }, 'docked', 'calm'],
    [{ kind: 'toString', state: 'odd' }, 'odd', 'calm'],
  ])('of %o is “%s” in the tone %s', (entity, word, tone) => {
    expect(look(entity)).toMatchObject({ word, tone });
  });

  test('on and off, open and closed differ in shape, not only in tone', () => {
    for (const kind of ['switch', 'light']) {
      expect(look({ kind, state: 'on' }).icon).not.toBe(look({ kind, state: 'off' }).icon);
    }
    for (const cls of ['opening', 'door', 'window', 'garage']) {
      const of = (state: string): string => look({ kind: 'contact', features: [cls], state }).icon;
      expect(of('open')).not.toBe(of('closed'));
    }
    for (const cls of ['motion', 'occupancy', 'moisture', 'smoke', 'vibration']) {
      const of = (state: string): string => look({ kind: 'contact', features: [cls], state }).icon;
      expect(of('detected')).not.toBe(of('clear'));
    }
  });

  test('a light that is on says its brightness, one that is off does not', () => {
    expect(look({ kind: 'light', state: 'on', attributes: { brightness: 40 } }).level).toBe(40);
    expect(look({ kind: 'light', state: 'off', attributes: { brightness: 40 } }).level).toBeNull();
  });

  test('contacts and pressed buttons say since when', () => {
    expect(look({ kind: 'contact', state: 'open', changed: 77 }).since).toBe(77);
    expect(look({ kind: 'button', attributes: { event: 'press', event_at: 78 } }).since).toBe(78);
    expect(look({ kind: 'contact', state: 'unknown' }).since).toBeNull();
  });

  test('the icon that the configuration names is used, with and without its prefix', () => {
    const named = look({ icon: 'water-pump', state: 'on' }).icon;
    expect(look({ icon: 'mdi:water-pump', state: 'on' }).icon).toBe(named);
    expect(look({ icon: '', state: 'on' }).icon).not.toBe(named);
    expect(look({ icon: 'no-such-icon', state: 'on' }).icon).toBe(look({ icon: '', state: 'on' }).icon);
    expect(look({ icon: 'constructor', state: 'on' }).icon).toBe(look({ icon: '', state: 'on' }).icon);
  });
});

describe('actions', () => {
  const tap = (more: Parameters<typeof anEntity>[0]) => moduleOf(more?.kind ?? '').tap(anEntity(more));

  test('switches and lights toggle; contacts and unknown kinds do nothing', () => {
    expect(tap({ kind: 'switch' })).toEqual({ action: 'toggle' });
    expect(tap({ kind: 'light' })).toEqual({ action: 'toggle' });
    expect(tap({ kind: 'contact' })).toBeNull();
    expect(tap({ kind: 'garage_door' })).toBeNull();
  });

  test('a button offers exactly the gestures that are bound', () => {
    const button = anEntity({ kind: 'button', features: ['hold', 'double', 'dance'] });
    expect(moduleOf('button').tap(button)).toBeNull();
    expect(moduleOf('button').menu(button, en).map((item) => item.action.action)).toEqual(['double', 'hold']);
    expect(tap({ kind: 'button', features: ['press'] })).toEqual({ action: 'press' });
  });
});

test('brightness and color are there when the light has them', () => {
  expect(dims(anEntity({ kind: 'light', features: ['brightness'] }))).toBe(true);
  expect(dims(anEntity({ kind: 'light', features: [] }))).toBe(false);
  expect(dims(anEntity({ kind: 'switch', features: ['brightness'] }))).toBe(false);
  expect(colors(anEntity({ kind: 'light', features: ['brightness', 'color'] }))).toBe(true);
});

test('the slider of a light that is off is at nothing, whatever brightness it goes back to', () => {
  expect(level(anEntity({ kind: 'light', state: 'off', attributes: { brightness: 40 } }))).toBe(0);
  expect(level(anEntity({ kind: 'light', state: 'on', attributes: { brightness: 40 } }))).toBe(40);
});
