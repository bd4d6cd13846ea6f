// What switches and lights have in common.

import type { Catalogue } from '../i18n/en';
import type { Action } from '../protocol/client';
import type { Entity } from '../protocol/model';
import type { IconPair, Look, Saying } from './module';

export function look(entity: Entity, text: Catalogue, say: Saying, own: IconPair): Look {
  const icons = say.icon(entity.icon, own);
  const base = { level: null, since: null };
  switch (entity.state) {
    case 'on':
      return { ...base, word: text.state.on, tone: 'on', icon: icons.on };
    case 'off':
      return { ...base, word: text.state.off, tone: 'off', icon: icons.off };
    default:
      return { ...base, word: text.state.unknown, tone: 'unknown', icon: icons.off };
  }
}

/** The server resolves the toggle, so that of two at the same instant each counts. */
export const toggle: Action = { action: 'toggle' };
