// Messages from the server (docs/api.md, "Server"), decoded at the socket into
// a discriminated union. A message that does not fit is an error in words, and
// a type that this page does not know is `ignored`, as the protocol asks.

import type { Attributes, Board, ConfigMistake, ConfigStatus, Dynamic, Entity, HouseInfo, NextPoint, Notice, Said, TaskFailure } from './model';
import { boolean, color, DecodeError, list, Members, nullable, number, plain, type Reader, record, string, whole } from './read';
import { fail, ok, type Result } from './result';

export interface Snapshot {
  readonly type: 'snapshot';
  readonly epoch: string;
  readonly revision: number;
  readonly time: number;
  readonly house: HouseInfo;
  readonly boards: readonly Board[];
  readonly entities: readonly Entity[];
  readonly notices: readonly Notice[];
}

/** How a command of this page stands or ended. */
export interface CommandResult extends Said {
  readonly type: 'result';
  readonly id: string;
  readonly command: string;
  readonly entity: string;
  readonly action: string;
  readonly status: string;
  readonly code: string;
}

export type ServerMessage =
  | Snapshot
  | { readonly type: 'resumed'; readonly epoch: string; readonly revision: number; readonly time: number }
  | { readonly type: 'state'; readonly revision: number; readonly id: string; readonly dynamic: Dynamic }
  | { readonly type: 'entity'; readonly revision: number; readonly entity: Entity }
  | { readonly type: 'removed'; readonly revision: number; readonly id: string }
  | { readonly type: 'board'; readonly revision: number; readonly board: Board }
  | { readonly type: 'board_removed'; readonly revision: number; readonly id: string }
  | { readonly type: 'house'; readonly revision: number; readonly house: HouseInfo; readonly order: readonly string[] }
  | { readonly type: 'notice'; readonly revision: number; readonly notice: Notice }
  | { readonly type: 'notice_removed'; readonly revision: number; readonly id: number }
  | CommandResult
  | { readonly type: 'pong'; readonly id: number; readonly time: number }
  | { readonly type: 'error'; readonly code: string; readonly message: string }
  | { readonly type: 'ignored'; readonly name: string };

/** Decodes the text of one WebSocket message. */
export function decodeText(text: string): Result<ServerMessage> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('message: not JSON');
  }
  return decode(value);
}

/** Decodes one message that has been parsed already. */
export function decode(value: unknown): Result<ServerMessage> {
  try {
    return ok(message(value));
  } catch (error) {
    if (error instanceof DecodeError) return fail(error.message);
    throw error;
  }
}

function message(value: unknown): ServerMessage {
  const m = new Members(value, 'message');
  const type = m.get('type', string);
  switch (type) {
    case 'snapshot':
      return {
        type,
        epoch: m.get('epoch', string),
        revision: m.get('revision', whole),
        time: m.get('time', number),
        house: m.get('house', house),
        boards: m.get('boards', list(board)),
        entities: m.get('entities', list(entity)),
        notices: m.optional('notices', list(notice), []),
      };
    case 'resumed':
      return {
        type,
        epoch: m.get('epoch', string),
        revision: m.get('revision', whole),
        time: m.get('time', number),
      };
    case 'state':
      return { type, revision: m.get('revision', whole), id: m.get('id', string), dynamic: dynamic(m) };
    case 'entity':
      return { type, revision: m.get('revision', whole), entity: m.get('entity', entity) };
    case 'removed':
    case 'board_removed':
      return { type, revision: m.get('revision', whole), id: m.get('id', string) };
    case 'board':
      return { type, revision: m.get('revision', whole), board: m.get('board', board) };
    case 'house':
      return {
        type,
        revision: m.get('revision', whole),
        house: m.get('house', house),
        order: m.get('order', list(string)),
      };
    case 'notice':
      return { type, revision: m.get('revision', whole), notice: m.get('notice', notice) };
    case 'notice_removed':
      return { type, revision: m.get('revision', whole), id: m.get('id', whole) };
    case 'result':
      return result(m);
    case 'pong':
      return { type, id: m.get('id', whole), time: m.get('time', number) };
    case 'error':
      return { type, code: m.get('code', string), message: m.get('message', string) };
    default:
      return { type: 'ignored', name: type };
  }
}

function result(m: Members): CommandResult {
  return {
    type: 'result',
    id: m.get('id', string),
    command: m.get('command', string),
    entity: m.get('entity', string),
    action: m.get('action', string),
    status: m.get('status', string),
    code: m.get('code', string),
    ...said(m),
  };
}

const sentence = { detail: string, params: record(plain) };

const said = (m: Members): Said => ({ message: m.get('message', string), ...m.some(sentence) });

const house: Reader<HouseInfo> = (value, path) => {
  const m = new Members(value, path);
  return {
    name: m.get('name', string),
    timezone: m.get('timezone', string),
    units: m.get('units', string),
    areas: m.get('areas', list(area)),
    ...(m.has('config') && { config: m.get('config', nullable(config)) }),
  };
};

const config: Reader<ConfigStatus> = (value, path) => {
  const m = new Members(value, path);
  return {
    ok: m.get('ok', boolean),
    file: m.get('file', string),
    errors: m.get('errors', whole),
    warnings: m.get('warnings', whole),
    first: m.get('first', nullable(mistake)),
    at: m.get('at', number),
  };
};

const mistake: Reader<ConfigMistake> = (value, path) => {
  const m = new Members(value, path);
  return {
    file: m.get('file', string),
    line: m.get('line', whole),
    column: m.get('column', whole),
    code: m.get('code', string),
    message: m.get('message', string),
  };
};

const area: Reader<{ id: string; name: string }> = (value, path) => {
  const m = new Members(value, path);
  return { id: m.get('id', string), name: m.get('name', string) };
};

const board: Reader<Board> = (value, path) => {
  const m = new Members(value, path);
  return {
    name: m.get('name', string),
    id: m.get('id', string),
    chip: m.get('chip', string),
    declared: m.get('declared', boolean),
    status: m.get('status', string),
    ...said(m),
    since: m.get('since', number),
    address: m.get('address', string),
    firmware: m.get('firmware', string),
  };
};

const notice: Reader<Notice> = (value, path) => {
  const m = new Members(value, path);
  return {
    id: m.get('id', whole),
    at: m.get('at', number),
    text: m.get('text', string),
    ...m.some({ ...sentence, user: string, rule: string }),
  };
};

const entity: Reader<Entity> = (value, path) => {
  const m = new Members(value, path);
  return {
    id: m.get('id', string),
    kind: m.get('kind', string),
    name: m.get('name', string),
    area: m.get('area', string),
    icon: m.get('icon', string),
    board: m.get('board', string),
    features: m.get('features', list(string)),
    ...dynamic(m),
    revision: m.get('revision', whole),
  };
};

/** Reads the dynamic part; a member that is left out has its default. */
function dynamic(m: Members): Dynamic {
  return {
    state: m.get('state', string),
    attributes: m.optional('attributes', attributes, {}),
    available: m.optional('available', boolean, true),
    unavailable: m.optional('unavailable', nullable(unavailable), null),
    pending: m.optional('pending', nullable(pending), null),
    failure: m.optional('failure', nullable(failure), null),
    changed: m.get('changed', number),
    cause: m.get('cause', cause),
  };
}

const nextPoint: Reader<NextPoint> = (value, path) => {
  const m = new Members(value, path);
  return { at: m.get('at', number), ...m.some({ target: number, preset: string }) };
};

const taskFailure: Reader<TaskFailure> = (value, path) => {
  const m = new Members(value, path);
  return { entity: m.get('entity', string), code: m.get('code', string), ...said(m) };
};

const strings = list(string);

const attributeReaders = {
  brightness: number,
  color,
  event: string,
  event_at: number,
  value: number,
  unit: string,
  humidity: number,
  sampled: number,
  fault: string,
  position: string,
  travel_ms: number,
  moving_since: number,
  warning_until: number,
  problem: string,
  temperature: number,
  target: number,
  setpoint: number,
  low: number,
  high: number,
  mode: string,
  until: number,
  preset: string,
  presets: strings,
  next: nextPoint,
  source: string,
  windows: strings,
  warning: string,
  activated: number,
  failed: list(taskFailure),
  bypassed: strings,
  unwatched: strings,
  triggered_by: string,
  code: boolean,
  locked_until: number,
} satisfies { readonly [K in Exclude<keyof Attributes, 'opened'>]: Reader<NonNullable<Attributes[K]>> };

/** `open` is whether a door's reed is active, or the contacts that are open; only the latter is kept. */
const openOnes: Reader<readonly string[] | null> = (value, path) =>
  typeof value === 'boolean' ? null : strings(value, path);

const attributes: Reader<Attributes> = (value, path) => {
  const m = new Members(value, path);
  const opened = m.optional('open', openOnes, null);
  return { ...m.some(attributeReaders), ...(opened !== null && { opened }) };
};

const unavailable: Reader<NonNullable<Dynamic['unavailable']>> = (value, path) => {
  const m = new Members(value, path);
  return { reason: m.get('reason', string), ...said(m), since: m.get('since', number) };
};

const pending: Reader<NonNullable<Dynamic['pending']>> = (value, path) => {
  const m = new Members(value, path);
  return {
    command: m.get('command', string),
    action: m.get('action', string),
    target: m.get('target', string),
    origin: m.get('origin', string),
    by: m.get('by', string),
    since: m.get('since', number),
    until: m.get('until', number),
  };
};

const failure: Reader<NonNullable<Dynamic['failure']>> = (value, path) => {
  const m = new Members(value, path);
  return {
    command: m.get('command', string),
    action: m.get('action', string),
    target: m.get('target', string),
    status: m.get('status', string),
    code: m.get('code', string),
    ...said(m),
    at: m.get('at', number),
  };
};

const cause: Reader<Dynamic['cause']> = (value, path) => {
  const m = new Members(value, path);
  return { kind: m.get('kind', string), by: m.get('by', string) };
};
