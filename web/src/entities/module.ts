// What every kind of entity says about itself. One pure module per kind; the
// tile draws what they say and decides nothing.

import type { Catalogue } from '../i18n/en';
import type { Format } from '../i18n/format';
import type { Action } from '../protocol/client';
import type { Entity } from '../protocol/model';

/** How a state is drawn; always along with a word and a shape. */
export type Tone = 'on' | 'off' | 'active' | 'calm' | 'alarm' | 'unknown';

/** SVG paths in a box of 24. */
export interface IconPair {
  readonly off: string;
  readonly on: string;
}

export interface Look {
  readonly word: string;
  /** The word is a number that people look for. */
  readonly figure?: true;
  /** A second line that people need: why, until when, what is open. */
  readonly detail?: string;
  /** A number that belongs to the word, such as a brightness in percent; null when there is none. */
  readonly level: number | null;
  readonly tone: Tone;
  /** An SVG path in a box of 24. */
  readonly icon: string;
  /** A small shape at the icon, an SVG path in a box of 24: what is overridden, what is locked. */
  readonly badge?: string;
  /** When what the tile shows last changed, if people care (unix ms). */
  readonly since: number | null;
}

/** What a module needs of the page to speak of numbers, times and other entities. */
export interface Saying {
  readonly format: Format;
  /** Server time, unix ms; whoever reads it speaks anew every second. */
  readonly now: number;
  /** The name that people know an entity by. */
  name(id: string): string;
  /** The icon that the configuration names, else the kind's own. */
  icon(named: string, own: IconPair): IconPair;
}

export interface MenuItem {
  readonly name: string;
  readonly action: Action;
  /** It is what is in force. */
  readonly current?: boolean;
  /** It takes the alarm's code. */
  readonly code?: boolean;
}

export interface KindModule {
  look(entity: Entity, text: Catalogue, say: Saying): Look;
  /** What a tap asks for; null when a tap does nothing. */
  tap(entity: Entity): Action | null;
  /** Whether a tap changes between two states, as a toggle button does. */
  readonly toggles: boolean;
  /** Further actions for the tile's menu. */
  menu(entity: Entity, text: Catalogue): readonly MenuItem[];
}
