import { mdiShieldAlert, mdiShieldHome, mdiShieldLock, mdiShieldOffOutline } from '@mdi/js';
import type { Catalogue } from '../i18n/en';
import type { Entity } from '../protocol/model';
import type { KindModule, Look, MenuItem, Saying, Tone } from './module';

export const alarmModule: KindModule = { look, tap: () => null, toggles: false, menu };

type Word = keyof Catalogue['alarm']['state'];

const looks: Readonly<Record<Word, { readonly tone: Tone; readonly icon: string }>> = {
  disarmed: { tone: 'calm', icon: mdiShieldOffOutline },
  arming: { tone: 'active', icon: mdiShieldHome },
  armed_home: { tone: 'active', icon: mdiShieldHome },
  armed_away: { tone: 'active', icon: mdiShieldLock },
  pending: { tone: 'alarm', icon: mdiShieldAlert },
  triggered: { tone: 'alarm', icon: mdiShieldAlert },
};

function look(entity: Entity, text: Catalogue, say: Saying): Look {
  if (!Object.hasOwn(looks, entity.state)) {
    return { word: text.state.unknown, level: null, since: null, tone: 'unknown', icon: mdiShieldOffOutline };
  }
  const state = entity.state as Word;
  const { tone, icon: shape } = looks[state];
  const detail = details(entity, text, say);
  return {
    word: text.alarm.state[state],
    level: null,
    since: null, // what changed last may be what it watches
    tone,
    icon: say.icon(entity.icon, { off: shape, on: shape }).off,
    ...(detail !== '' && { detail }),
  };
}

function details({ attributes, state }: Entity, text: Catalogue, say: Saying): string {
  const names = (ids: readonly string[] = []): string => ids.map((id) => say.name(id)).join(', ');
  const { until, locked_until: locked, triggered_by: by = '' } = attributes;
  const open = names(attributes.opened);
  const unwatched = state === 'disarmed' ? '' : names(attributes.unwatched);
  const lines = [];
  if (until !== undefined) {
    lines.push((state === 'arming' ? text.alarm.arms : text.alarm.goesOff)(say.format.seconds(until - say.now)));
  }
  if (by !== '') lines.push(text.alarm.by(say.name(by)));
  if (open !== '') lines.push(text.alarm.open(open));
  if (unwatched !== '') lines.push(text.alarm.unwatched(unwatched));
  if (locked !== undefined && locked > say.now) lines.push(text.alarm.locked(say.format.moment(locked, say.now)));
  return lines.join(' · ');
}

function menu({ attributes, state }: Entity, text: Catalogue): readonly MenuItem[] {
  if (state !== 'disarmed') {
    return [{ name: text.alarm.disarm, action: { action: 'disarm' }, code: attributes.code === true }];
  }
  return [
    { name: text.alarm.armAway, action: { action: 'arm_away' } },
    { name: text.alarm.armHome, action: { action: 'arm_home' } },
  ];
}

/** Whether somebody is to do something now. */
export const urgent = ({ kind, state }: Entity): boolean => kind === 'alarm' && (state === 'pending' || state === 'triggered');
