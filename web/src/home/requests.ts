// Commands that this page has sent. The tile shows a request from the tap on,
// until the server says what became of it; the state itself changes only by
// what the server reports. Pure.

import type { Action } from '../protocol/client';
import type { Said } from '../protocol/model';
import type { CommandResult } from '../protocol/server';

export interface Request {
  readonly id: string;
  readonly entity: string;
  readonly action: Action;
  readonly status: 'sent' | 'failed' | 'done';
  /**
   * Why it failed, or under which condition it is done: a code of docs/api.md,
   * or `disconnected`; else "".
   */
  readonly code: string;
  /** The server's words for that. */
  readonly said: Said;
  /** When it was sent, then when it ended; server time, unix ms. */
  readonly at: number;
}

/** The newest request of each entity. */
export type Requests = ReadonlyMap<string, Request>;

export const none: Requests = new Map();

export function sent(requests: Requests, id: string, entity: string, action: Action, now: number): Requests {
  return new Map(requests).set(entity, { id, entity, action, status: 'sent', code: '', said: { message: '' }, at: now });
}

/** Takes in the server's answer; one to a request that a newer one replaced is old news. */
export function answered(requests: Requests, result: CommandResult, now: number): Requests {
  const request = [...requests.values()].find((r) => r.id === result.id);
  if (request === undefined) return requests;
  if (isNews(result)) {
    return new Map(requests).set(request.entity, {
      ...request,
      status: 'failed',
      code: result.code,
      said: result,
      at: now,
    });
  }
  // A gesture leaves no state behind that would show that it was done, and a
  // code nothing that would show what it is done under.
  if (result.status === 'confirmed' && (isGesture(request.action) || result.code !== '')) {
    return new Map(requests).set(request.entity, { ...request, status: 'done', code: result.code, at: now });
  }
  return without(requests, request.entity);
}

const isGesture = ({ action }: Action): boolean => action === 'press' || action === 'double' || action === 'hold';

/** Not confirmed, and not by anybody's wish. */
function isNews(result: CommandResult): boolean {
  if (result.status === 'confirmed' || result.status === 'accepted') return false;
  return result.code !== 'cancelled' && result.code !== 'superseded';
}

/** The connection is gone: what became of unanswered requests cannot be known. */
export function disconnected(requests: Requests, now: number): Requests {
  return new Map(
    [...requests].map(([entity, r]) => [
      entity,
      r.status === 'sent' ? { ...r, status: 'failed' as const, code: 'disconnected', at: now } : r,
    ]),
  );
}

/** The entity has reported: an old failure says nothing about it any more. */
export function reported(requests: Requests, entity: string): Requests {
  return requests.get(entity)?.status === 'failed' ? without(requests, entity) : requests;
}

/** The entity is gone, and with it what was asked of it. */
export function forgotten(requests: Requests, entity: string): Requests {
  return requests.has(entity) ? without(requests, entity) : requests;
}

function without(requests: Requests, entity: string): Requests {
  const copy = new Map(requests);
  copy.delete(entity);
  return copy;
}
