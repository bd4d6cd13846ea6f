// The language of this browser: chosen in the settings, else the browser's own.

import { recall, remember } from '../theme/remember';
import { de } from './de';
import { type Catalogue, en } from './en';
import { Format } from './format';

const catalogues = { en, de } satisfies Record<string, Catalogue>;

export type Locale = keyof typeof catalogues;
export type LocaleChoice = Locale | 'auto';

export const localeChoices: readonly LocaleChoice[] = ['auto', 'en', 'de'];

const key = 'hob.language';

/** The first of the wanted languages that there is a catalogue for. */
export function pick(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split('-')[0] ?? '';
    if (Object.hasOwn(catalogues, primary)) return primary as Locale;
  }
  return 'en';
}

export class Language {
  choice = $state<LocaleChoice>(recall(key, localeChoices, 'auto'));
  /** IANA name of the house's time zone, for times; "" for the browser's own. */
  timezone = $state('');
  /** Units of the house: metric or imperial. */
  units = $state('metric');

  readonly locale: Locale = $derived(this.choice === 'auto' ? pick(navigator.languages) : this.choice);
  readonly text: Catalogue = $derived(catalogues[this.locale]);
  readonly format: Format = $derived(new Format(this.locale, this.timezone, this.units));

  choose(choice: LocaleChoice): void {
    this.choice = choice;
    remember(key, choice);
  }
}
