import {
  mdiDoorClosed, mdiDoorOpen, mdiElectricSwitch, mdiElectricSwitchClosed, mdiGarageOpenVariant, mdiGarageVariant,
  mdiHome, mdiHomeOutline, mdiMotionSensor, mdiMotionSensorOff, mdiSmokeDetectorAlertOutline,
  mdiSmokeDetectorOutline, mdiVibrate, mdiVibrateOff, mdiWaterAlert, mdiWaterOffOutline, mdiWindowClosedVariant,
  mdiWindowOpenVariant,
} from '@mdi/js';
import type { Catalogue } from '../i18n/en';
import type { Entity } from '../protocol/model';
import type { IconPair, KindModule, Look, Saying, Tone } from './module';

/** A class of contacts: `on` is open or detected. */
interface ContactClass {
  readonly icons: IconPair;
  readonly tone: Tone;
  readonly words: (state: Catalogue['state']) => { readonly on: string; readonly off: string };
}

const fallbackOpening: ContactClass = {
  icons: { on: mdiElectricSwitch, off: mdiElectricSwitchClosed },
  tone: 'active',
  words: (state) => ({ on: state.open, off: state.closed }),
};
const fallbackDetector: ContactClass = {
  icons: { on: mdiMotionSensor, off: mdiMotionSensorOff },
  tone: 'active',
  words: (state) => state.detected,
};

const classes: Readonly<Record<string, ContactClass>> = {
  opening: fallbackOpening,
  door: { ...fallbackOpening, icons: { on: mdiDoorOpen, off: mdiDoorClosed } },
  window: { ...fallbackOpening, icons: { on: mdiWindowOpenVariant, off: mdiWindowClosedVariant } },
  garage: { ...fallbackOpening, icons: { on: mdiGarageOpenVariant, off: mdiGarageVariant } },
  motion: { ...fallbackDetector, words: (state) => state.motion },
  occupancy: { icons: { on: mdiHome, off: mdiHomeOutline }, tone: 'active', words: (state) => state.occupancy },
  vibration: { icons: { on: mdiVibrate, off: mdiVibrateOff }, tone: 'active', words: (state) => state.vibration },
  moisture: { icons: { on: mdiWaterAlert, off: mdiWaterOffOutline }, tone: 'alarm', words: (state) => state.moisture },
  smoke: {
    icons: { on: mdiSmokeDetectorAlertOutline, off: mdiSmokeDetectorOutline },
    tone: 'alarm',
    words: (state) => state.smoke,
  },
};

export const contactModule: KindModule = { look, tap: () => null, toggles: false, menu: () => [] };

function look(entity: Entity, text: Catalogue, say: Saying): Look {
  const it = classOf(entity);
  const icons = say.icon(entity.icon, it.icons);
  const { on, off } = it.words(text.state);
  switch (entity.state) {
    case 'open':
    case 'detected':
      return { word: on, level: null, tone: it.tone, icon: icons.on, since: entity.changed };
    case 'closed':
    case 'clear':
      return { word: off, level: null, tone: 'calm', icon: icons.off, since: entity.changed };
    default:
      return { word: text.state.unknown, level: null, tone: 'unknown', icon: icons.off, since: null };
  }
}

function classOf(entity: Entity): ContactClass {
  const name = entity.features[0] ?? '';
  if (Object.hasOwn(classes, name)) return classes[name] ?? fallbackOpening;
  return entity.state === 'detected' || entity.state === 'clear' ? fallbackDetector : fallbackOpening;
}
