import { mdiGestureTapButton, mdiRadioboxMarked } from '@mdi/js';
import type { Catalogue } from '../i18n/en';
import type { Action } from '../protocol/client';
import type { Entity } from '../protocol/model';
import type { KindModule, Look, Saying } from './module';

const own = { off: mdiGestureTapButton, on: mdiRadioboxMarked };

type Gesture = keyof Catalogue['button']['gesture'];

const gestures: readonly Gesture[] = ['press', 'double', 'hold'];

/** The gestures that do something, in the order of effort. */
const bound = (entity: Entity): readonly Gesture[] => gestures.filter((g) => entity.features.includes(g));

export const buttonModule: KindModule = {
  look,
  tap: (entity) => (entity.features.includes('press') ? ({ action: 'press' } satisfies Action) : null),
  toggles: false,
  menu: (entity, text) =>
    bound(entity)
      .filter((gesture) => gesture !== 'press')
      .map((gesture) => ({ name: text.button.gesture[gesture], action: { action: gesture } })),
};

function look(entity: Entity, text: Catalogue, say: Saying): Look {
  const icons = say.icon(entity.icon, own);
  if (entity.state === 'pressed') {
    return { word: text.state.pressed, level: null, tone: 'active', icon: icons.on, since: null };
  }
  const last = gestures.find((gesture) => gesture === entity.attributes.event);
  if (last !== undefined) {
    const since = entity.attributes.event_at ?? null;
    return { word: text.button.last[last], level: null, tone: 'calm', icon: icons.off, since };
  }
  const word = bound(entity).length === 0 ? text.button.unbound : text.button.never;
  // Nobody has pressed it yet: a button is ready even before its first report.
  return { word, level: null, tone: 'calm', icon: icons.off, since: null };
}
