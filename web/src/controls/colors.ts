// Colours that look good on a lamp. The whites are chosen by eye to resemble
// lamps of about 2700, 4000 and 6500 K.

import type { Catalogue } from '../i18n/en';

export interface LampColor {
  readonly key: keyof Catalogue['light']['colors'];
  readonly value: string;
}

export const lampColors: readonly LampColor[] = [
  { key: 'warm', value: '#ffa757' },
  { key: 'white', value: '#ffd3a8' },
  { key: 'cool', value: '#fff9fd' },
  { key: 'red', value: '#ff2a1a' },
  { key: 'orange', value: '#ff8800' },
  { key: 'yellow', value: '#ffd400' },
  { key: 'green', value: '#2fd14a' },
  { key: 'turquoise', value: '#1fd6c4' },
  { key: 'blue', value: '#2b6bff' },
  { key: 'violet', value: '#8a3cff' },
  { key: 'pink', value: '#ff4fa3' },
];
