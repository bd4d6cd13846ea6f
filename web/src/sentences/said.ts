// The server's sentences (docs/api.md, "Sentences") in the language of the page.
// They are seldom needed: fetched with what comes later. Pure.

import type { Catalogue } from '../i18n/en';
import type { Format } from '../i18n/format';
import type { Locale } from '../i18n/language.svelte';
import type { Said } from '../protocol/model';
import * as de from './de';
import * as en from './en';

const languages = { en, de } satisfies Record<Locale, unknown>;

/** What a sentence needs of the page. */
export interface Teller {
  readonly locale: Locale;
  readonly format: Format;
  readonly text: Catalogue;
  /** The name of an entity; of one that is not there its id. */
  readonly name: (id: string) => string;
}

/**
 * The sentence in the language of the page; null when this page is older than the
 * server and does not know it, or a word in it: then the message is what there is.
 */
export function said({ detail, params = {} }: Said, teller: Teller): string | null {
  const { sentences, words } = languages[teller.locale];
  const sentence = own(sentences, detail ?? '');
  if (sentence === undefined) return null;
  let known = true;
  const text = sentence.replaceAll(place, (_, name: string, as?: string, one?: string, many?: string) => {
    const value = own(params, name);
    const told = value === undefined ? undefined : stand(name, value, { as, one, many }, words, teller);
    known &&= told !== undefined;
    return told ?? '';
  });
  return known ? text : null;
}

/** {name}, {name:as} or {name|one of them|# of them}. */
const place = /\{(\w+)(?::(\w+)|\|([^|}]*)\|([^|}]*))?\}/g;

interface How {
  readonly as: string | undefined;
  readonly one: string | undefined;
  readonly many: string | undefined;
}

function stand(name: string, value: string | number, how: How, words: Words, teller: Teller): string | undefined {
  const { format, text } = teller;
  if (typeof value === 'number') {
    if (how.many !== undefined) return value === 1 ? how.one : how.many.replace('#', format.count(value));
    if (how.as === 'temperature') return format.temperature(value);
    if (how.as === 'percent') return format.percent(value);
    return how.as === 'plain' ? String(value) : format.count(value);
  }
  switch (how.as) {
    case 'board':
      return value === '' ? text.failure.someBoard : value;
    case 'word':
      return own(own(words, name) ?? {}, value);
    case 'name':
      return teller.name(value);
    case 'names':
      return list(value.split(' ').map(teller.name), teller);
    case 'list':
      return list(value.split(' '), teller);
    default:
      return value;
  }
}

type Words = Readonly<Record<string, Readonly<Record<string, string>>>>;

const list = (items: readonly string[], { locale }: Teller): string => new Intl.ListFormat(locale).format(items);

/** A member by a name that comes from elsewhere. */
const own = <T>(members: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(members, name) ? members[name] : undefined;
