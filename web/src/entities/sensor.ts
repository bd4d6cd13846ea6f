import { mdiAlert, mdiGauge, mdiThermometer } from '@mdi/js';
import type { Catalogue } from '../i18n/en';
import type { Entity } from '../protocol/model';
import type { KindModule, Look, Saying } from './module';

export const sensorModule: KindModule = { look, tap: () => null, toggles: false, menu: () => [] };

function look(entity: Entity, text: Catalogue, say: Saying): Look {
  const { value, unit = '', humidity, sampled, fault } = entity.attributes;
  const own = unit === '°C' ? mdiThermometer : mdiGauge;
  const base = { level: null, icon: say.icon(entity.icon, { off: own, on: own }).off };
  if (value === undefined) {
    const detail = fault === undefined ? text.sensor.never : text.sensor.fault[faultKey(fault)];
    return { ...base, word: text.state.unknown, detail, tone: 'unknown', since: null };
  }
  const reading = say.format.measure(value, unit);
  const since = sampled ?? null;
  if (entity.state === 'unknown') {
    const detail = text.sensor.fault[faultKey(fault ?? 'stale')];
    return { ...base, word: text.sensor.was(reading), detail, tone: 'unknown', since };
  }
  const also = [
    ...(humidity === undefined ? [] : [text.sensor.humidity(say.format.percent(humidity))]),
    ...(fault === undefined ? [] : [text.sensor.fault[faultKey(fault)]]),
  ];
  const badge = fault === undefined ? {} : { badge: mdiAlert };
  return { ...base, ...badge, word: reading, figure: true, tone: 'calm', since, ...(also.length > 0 && { detail: also.join(' · ') }) };
}

type Fault = keyof Catalogue['sensor']['fault'];

const faults: readonly Fault[] = ['no_answer', 'checksum', 'range', 'stale'];

const faultKey = (name: string): Fault => faults.find((f) => f === name) ?? 'other';
