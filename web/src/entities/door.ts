import { mdiGarage, mdiGarageAlert, mdiGarageOpen } from '@mdi/js';
import type { Catalogue } from '../i18n/en';
import type { Action } from '../protocol/client';
import type { Entity } from '../protocol/model';
import type { KindModule, Look, Saying } from './module';

// A tap never moves a door: DoorControl.svelte asks for a hand that stays.
export const doorModule: KindModule = { look, tap: () => null, toggles: false, menu: () => [] };

function look(entity: Entity, text: Catalogue, say: Saying): Look {
  const icons = say.icon(entity.icon, { off: mdiGarage, on: mdiGarageOpen });
  const shut = entity.state === 'closed' || entity.state === 'opening';
  const warning = entity.attributes.warning_until;
  const turned = (entity.state === 'open' || entity.state === 'closed') && entity.attributes.problem !== undefined;
  const notes = [
    ...(entity.state === 'unknown' ? [why(entity, text)] : []),
    ...(turned ? [failed(entity, text)] : []),
    ...(warning === undefined ? [] : [text.door.warns(say.format.seconds(warning - say.now))]),
    ...(entity.features.includes('attended') ? [text.door.attended] : []),
  ];
  const base = {
    level: null,
    since: null,
    icon: turned ? mdiGarageAlert : shut ? icons.off : icons.on,
    ...(notes.length > 0 && { detail: notes.join(' · ') }),
  };
  switch (entity.state) {
    case 'closed':
      return { ...base, word: text.state.closed, tone: turned ? 'alarm' : 'calm', since: entity.changed };
    case 'open':
      return { ...base, word: text.state.open, tone: turned ? 'alarm' : 'active', since: entity.changed };
    case 'opening':
    case 'closing':
      return { ...base, word: text.door[entity.state], tone: 'active' };
    case 'stopped': {
      const word = entity.attributes.position === 'closed_reed' ? text.door.notClosed : text.door.between;
      return { ...base, word, tone: 'active', since: entity.changed };
    }
    case 'obstructed':
      return { ...base, word: failed(entity, text), tone: 'alarm', since: entity.changed, icon: mdiGarageAlert };
    default:
      return { ...base, word: text.state.unknown, tone: 'unknown', icon: icons.off };
  }
}

/** What the last move came to: the door stands in between, or it turned round and is back where it was. */
const failed = ({ attributes }: Entity, text: Catalogue): string =>
  attributes.problem === 'did_not_open' ? text.door.didNotOpen : text.door.didNotClose;

/** Why nobody knows where the door is. */
function why({ attributes }: Entity, text: Catalogue): string {
  if (attributes.problem === 'reeds_disagree') return text.door.reedsDisagree;
  return attributes.position === 'none' ? text.door.noSensor : text.unknown.hint;
}

export type Move = 'open' | 'close' | 'pulse';

/** What holding the door's control asks for. */
export function move({ attributes, features, state }: Entity): Move {
  if (state === 'closed' && features.includes('open')) return 'open';
  const atRest = state === 'stopped' || state === 'obstructed';
  const leaves = state === 'open' || (attributes.position === 'closed_reed' && atRest);
  return leaves && features.includes('close') ? 'close' : 'pulse';
}

/**
 * What that is called. A pulse stops a door on its way; where it is preceded by a
 * warning it comes too late to be called so.
 */
export function named(entity: Entity): Move | 'stop' {
  const underWay = entity.state === 'opening' || entity.state === 'closing';
  return underWay && entity.features.includes('attended') ? 'stop' : move(entity);
}

/** Whoever holds the control says that they can see a door that warns nobody. */
export const moving = (entity: Entity): Action =>
  entity.features.includes('attended') ? { action: move(entity), confirm: true } : { action: move(entity) };

/** How much of its travel a moving door has behind it, 0 to 1; null when it does not move. */
export function progress({ attributes, state }: Entity, now: number): number | null {
  const { moving_since: since, travel_ms: travel } = attributes;
  if ((state !== 'opening' && state !== 'closing') || since === undefined || travel === undefined || travel <= 0) return null;
  return Math.min(1, Math.max(0, (now - since) / travel));
}
