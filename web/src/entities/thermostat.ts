import { mdiRadiator, mdiRadiatorDisabled, mdiRadiatorOff, mdiSnowflake } from '@mdi/js';
import type { Catalogue } from '../i18n/en';
import type { Action } from '../protocol/client';
import type { Entity } from '../protocol/model';
import { icon } from './icons';
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
    entity.kind === 'cooler' ? { off: mdiSnowflake, on: mdiSnowflake } : { off: mdiRadiatorOff, on: mdiRadiator };
  const icons = icon(entity.icon, own);
  const base = { level: null, since: null };
  if (!Object.hasOwn(tones, entity.state)) return { ...base, word: text.state.unknown, tone: 'unknown', icon: icons.off };
  const state = entity.state as Word;
  const { warning } = entity.attributes;
  const worrying = warning === 'no_rise' || warning === 'stuck';
  const active = state === 'heating' || state === 'cooling';
  return {
    ...base,
    word: text.heat.state[state],
    detail: worrying ? text.heat.warning[warning] : mode(entity, text, say),
    tone: worrying ? 'alarm' : tones[state],
    icon: state === 'locked' ? mdiRadiatorDisabled : active ? icons.on : icons.off,
  };
}

/** Why it holds what it holds, and until when. */
function mode({ attributes }: Entity, text: Catalogue, say: Saying): string {
  const { until, next } = attributes;
  switch (attributes.mode) {
    case 'manual':
    case 'boost':
    case 'off':
    case 'frost': {
      const name = text.heat.mode[attributes.mode];
      return until === undefined ? name : text.heat.until(name, say.format.moment(until, say.now));
    }
    case 'window':
    case 'locked':
      return text.heat.mode[attributes.mode];
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

function menu({ attributes }: Entity, text: Catalogue): readonly MenuItem[] {
  if (attributes.mode === 'locked') return [{ name: text.heat.unlock, action: { action: 'unlock' } }];
  return [
    ...(attributes.mode === 'auto' ? [] : [{ name: text.heat.resume, action: { action: 'auto' } }]),
    ...(attributes.presets ?? []).map((preset) => ({ name: presetName(preset, text), action: { action: preset } })),
    { name: text.heat.boost('30'), action: { action: 'boost', for: '30m' } },
    { name: text.heat.boost('60'), action: { action: 'boost', for: '60m' } },
    { name: text.state.off, action: { action: 'off' } },
  ];
}

const step = 0.5; // °C

/** One step up or down from a temperature, on the grid of half degrees and within the range, in °C. */
export function stepped({ attributes }: Entity, from: number | null, direction: 1 | -1): number {
  const { low = 5, high = 30, temperature } = attributes;
  const start = (from ?? temperature ?? low) / step;
  const grid = direction > 0 ? Math.floor(start + 1e-6) : Math.ceil(start - 1e-6);
  return Math.min(high, Math.max(low, (grid + direction) * step));
}

export const toTemperature = (celsius: number): Action => ({ action: 'set', temperature: celsius });
