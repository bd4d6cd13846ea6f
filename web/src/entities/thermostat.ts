import { mdiClockOutline, mdiLock, mdiRadiator, mdiRadiatorDisabled, mdiRadiatorOff, mdiSnowflake, mdiSnowflakeOff } from '@mdi/js';
import type { Catalogue } from '../i18n/en';
import type { Action } from '../protocol/client';
import type { Entity } from '../protocol/model';
import type { KindModule, Look, MenuItem, Saying, Tone } from './module';

export const thermostatModule: KindModule = { look, tap: () => null, toggles: false, menu };

export const controlled = ({ kind }: Entity): boolean => kind === 'heater' || kind === 'cooler';

type Word = keyof Catalogue['heat']['state'];

const tones: Readonly<Record<Word, Tone>> = {
  heating: 'on',
  cooling: 'active',
  idle: 'calm',
  waiting: 'calm',
  off: 'off',
  sensor_lost: 'alarm',
  cut_off: 'alarm',
  locked: 'off',
};

function look(entity: Entity, text: Catalogue, say: Saying): Look {
  const own =
    entity.kind === 'cooler'
      ? { idle: mdiSnowflake, off: mdiSnowflakeOff, on: mdiSnowflake }
      : { idle: mdiRadiatorDisabled, off: mdiRadiatorOff, on: mdiRadiator };
  const ready = entity.state === 'idle' || entity.state === 'waiting';
  const icons = say.icon(entity.icon, { off: ready ? own.idle : own.off, on: own.on });
  const base = { level: null, since: null };
  if (!Object.hasOwn(tones, entity.state)) return { ...base, word: text.state.unknown, tone: 'unknown', icon: icons.off };
  const state = entity.state as Word;
  const { warning } = entity.attributes;
  const worrying = warning === 'no_rise' || warning === 'stuck';
  const word = text.heat.state[state];
  const reasons = why(entity, text);
  const held = mode(entity, text, say);
  // "Off" once is enough, and that a schedule is followed is no reason for anything.
  const plain = held === word || (held === text.heat.mode.auto && reasons.length > 0);
  const notes = plain ? reasons : [...reasons, held];
  const active = state === 'heating' || state === 'cooling';
  return {
    ...base,
    word,
    ...(notes.length > 0 && { detail: notes.join(' · ') }),
    tone: worrying ? 'alarm' : tones[state],
    icon: active ? icons.on : icons.off,
    ...(state === 'locked' ? { badge: mdiLock } : overridden(entity) && { badge: mdiClockOutline }),
  };
}

/** What is behind its state or wrong with it, if anything is. */
function why({ attributes, kind, state }: Entity, text: Catalogue): readonly string[] {
  const { warning } = attributes;
  const words = kind === 'cooler' ? text.heat.warning.cooler : text.heat.warning.heater;
  if (warning === 'no_rise' || warning === 'stuck') return [words[warning]];
  return state === 'waiting' || state === 'sensor_lost' || state === 'cut_off' ? [text.heat.why[state]] : [];
}

/** Whether somebody has put something in the place of the schedule, which can be resumed. */
export const overridden = ({ attributes }: Entity): boolean =>
  ['manual', 'boost', 'off', 'frost'].includes(attributes.mode ?? '');

/** Why it holds what it holds, and until when. */
function mode({ attributes }: Entity, text: Catalogue, say: Saying): string {
  const { until, next, preset, windows = [] } = attributes;
  switch (attributes.mode) {
    case 'manual':
    case 'boost':
    case 'off':
    case 'frost': {
      const plain = text.heat.mode[attributes.mode];
      const name = preset === undefined ? plain : text.heat.named(plain, presetName(preset, text));
      return until === undefined ? name : text.heat.until(name, say.format.moment(until, say.now));
    }
    case 'window': {
      const names = windows.map((id) => say.name(id)).join(', ');
      return names === '' ? text.heat.mode.window : text.heat.open(names);
    }
    case 'locked':
      return text.heat.mode.locked;
  }
  if (attributes.source === 'fallback') return text.heat.fallback;
  if (next === undefined) return text.heat.mode.auto;
  const off = next.target === undefined ? text.state.off : say.format.temperature(next.target);
  const what = next.preset === undefined ? off : presetName(next.preset, text);
  return text.heat.next(what, say.format.moment(next.at, say.now));
}

type Preset = keyof Catalogue['heat']['presets'];

/** The usual names are translated; others are the house's own. */
export const presetName = (name: string, text: Catalogue): string =>
  Object.hasOwn(text.heat.presets, name) ? text.heat.presets[name as Preset] : name.replaceAll('_', ' ');

function menu(entity: Entity, text: Catalogue): readonly MenuItem[] {
  const { attributes } = entity;
  if (attributes.mode === 'locked') return [{ name: text.heat.unlock, action: { action: 'unlock' } }];
  return [
    ...(overridden(entity) ? [{ name: text.heat.resume, action: { action: 'auto' } }] : []),
    ...(attributes.presets ?? []).map((preset) => ({
      name: presetName(preset, text),
      action: { action: preset },
      current: attributes.preset === preset,
    })),
    { name: text.heat.boost('30'), action: { action: 'boost', for: '30m' } },
    { name: text.heat.boost('60'), action: { action: 'boost', for: '60m' } },
    { name: text.state.off, action: { action: 'off' }, current: attributes.mode === 'off' },
  ];
}

/** What a press turns by: half a degree Celsius, or a whole one Fahrenheit. */
const scales = {
  metric: { step: 0.5, of: (celsius: number) => celsius, celsius: (degrees: number) => degrees },
  imperial: { step: 1, of: (celsius: number) => celsius * 1.8 + 32, celsius: (degrees: number) => (degrees - 32) / 1.8 },
};

/** The server rounds to thousandths of a degree: this close to the grid is on it. */
const near = 0.01; // steps

/** One step up or down from a temperature, on the grid of steps and within the range; all in °C. */
export function stepped({ attributes }: Entity, from: number | null, direction: 1 | -1, imperial = false): number {
  const { low = 5, high = 30, temperature } = attributes;
  const { step, of, celsius } = scales[imperial ? 'imperial' : 'metric'];
  const start = of(from ?? temperature ?? low) / step;
  const grid = direction > 0 ? Math.floor(start + near) : Math.ceil(start - near);
  return Math.min(high, Math.max(low, celsius((grid + direction) * step)));
}

export const toTemperature = (celsius: number): Action => ({ action: 'set', temperature: celsius });
