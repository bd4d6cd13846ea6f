// Which of its states a tile is in (05-dashboard's table), from what the server
// says of the entity and what this page asked of it. Pure.

import type { Request } from '../home/requests';
import type { Catalogue } from '../i18n/en';
import type { Action } from '../protocol/client';
import type { Entity, Failure, Said, Unavailable } from '../protocol/model';

export type Phase =
  | { readonly name: 'settled' }
  | { readonly name: 'unknown' }
  /** What leaves no trace was carried out; `code` is the condition, "" for none. Worth a word for a moment. */
  | { readonly name: 'done'; readonly at: number; readonly code: string }
  | {
      readonly name: 'pending';
      readonly action: string;
      readonly target: string;
      /** The command to cancel; null until the server has accepted it. */
      readonly command: string | null;
    }
  | {
      readonly name: 'failed';
      readonly code: string;
      readonly said: Said;
      readonly at: number;
      /** What failed, and what to ask when trying again; null where a tap must not do so. */
      readonly action: string;
      readonly retry: Action | null;
    }
  | { readonly name: 'offline'; readonly unavailable: Unavailable };

export function phase(entity: Entity, request: Request | null): Phase {
  if (!entity.available) return { name: 'offline', unavailable: entity.unavailable ?? nobodySaidWhy(entity) };
  if (entity.pending !== null) {
    const { action, target, command } = entity.pending;
    return { name: 'pending', action, target, command };
  }
  if (request?.status === 'sent') {
    return { name: 'pending', action: request.action.action, target: targetOf(request.action, entity), command: null };
  }
  const failure = entity.failure;
  if (failure !== null && isNews(failure.code)) {
    const { code, at, action } = failure;
    return { name: 'failed', code, said: failure, at, action, retry: retryOf(failure, entity.kind) };
  }
  if (request?.status === 'failed') {
    const { code, said, at, action } = request;
    const retry = explicit(action, targetOf(action, entity));
    return { name: 'failed', code, said, at, action: action.action, retry };
  }
  if (request?.status === 'done') return { name: 'done', at: request.at, code: request.code };
  return entity.state === 'unknown' && entity.kind !== 'button' ? { name: 'unknown' } : { name: 'settled' };
}

const nobodySaidWhy = (entity: Entity): Unavailable => ({ reason: 'offline', message: '', since: entity.changed });

/** A command that somebody took back or replaced did not fail. */
const isNews = (code: string): boolean => code !== 'cancelled' && code !== 'superseded';

/** The state that an action asks for, as far as this page can tell. */
function targetOf({ action, level }: Action, entity: Entity): string {
  switch (action) {
    case 'on':
    case 'off':
      return action;
    case 'toggle':
      return entity.state === 'on' ? 'off' : 'on';
    case 'set':
      return level === 0 ? 'off' : 'on';
    default:
      return '';
  }
}

/** What is not done again by a tap alone: a door is held, a code is typed. */
const delicate: readonly string[] = ['open', 'close', 'pulse', 'disarm'];

/** Trying again must not undo what did happen after all: a toggle becomes its target. */
function explicit(action: Action, target: string): Action | null {
  if (delicate.includes(action.action)) return null;
  return action.action === 'toggle' && (target === 'on' || target === 'off') ? { action: target } : action;
}

function retryOf({ action, target }: Failure, kind: string): Action | null {
  if (delicate.includes(action)) return null;
  switch (action) {
    case 'on':
    case 'off':
    case 'toggle':
    case 'set':
      if (kind === 'switch' || kind === 'light') return { action: target === 'off' ? 'off' : 'on' };
      return action === 'set' ? null : { action }; // only who asked knows for what
    default:
      return { action };
  }
}

export function pendingWord({ action, target }: { action: string; target: string }, text: Catalogue): string {
  switch (action) {
    case 'on':
    case 'off':
      return text.pending[action];
    case 'toggle':
      return target === 'on' || target === 'off' ? text.pending[target] : text.pending.other;
    case 'set':
      return target === 'off' ? text.pending.off : text.pending.set;
    case 'press':
    case 'double':
    case 'hold':
      return text.pending.press;
    case 'open':
    case 'close':
    case 'pulse':
    case 'arm_away':
    case 'arm_home':
    case 'disarm':
    case 'activate':
      return text.pending[action];
    default:
      return text.pending.other;
  }
}

/** Why it failed, by its code alone (docs/api.md); null for one that there is no word for. */
export function failureWord(code: string, board: string, text: Catalogue): string | null {
  const who = board === '' ? text.failure.someBoard : board;
  switch (code) {
    case 'timeout':
    case 'offline':
    case 'link_lost':
      return text.failure[code](who);
    case 'removed':
    case 'unknown_entity':
    case 'invalid':
    case 'not_now':
    case 'busy':
    case 'confirm_needed':
    case 'wrong_code':
    case 'locked':
    case 'partial':
    case 'disconnected':
      return text.failure[code];
    default:
      return null;
  }
}

/** Under which condition it is done; null when there is none to tell. */
export function doneWord(code: string, board: string, text: Catalogue): string | null {
  switch (code) {
    case 'queued':
      return text.done.queued(board === '' ? text.failure.someBoard : board);
    case 'not_kept':
      return text.done.not_kept;
    default:
      return null;
  }
}

/** Why it cannot be used. The reasons are statuses of boards. */
export function offlineWord(reason: string, board: string, text: Catalogue): string {
  const { because } = text.offline;
  const who = board === '' ? text.failure.someBoard : board;
  const words = Object.hasOwn(because, reason) ? because[reason as keyof typeof because] : because.other;
  return words(who);
}
