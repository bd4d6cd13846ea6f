// Messages to the server (docs/api.md, "Client").

/** The live protocol that this page speaks, and the subprotocol that names it. */
export const protocol = 1;
export const subprotocol = 'hob.live.1';

/** Where a client stopped: the server sends only what changed since. */
export interface ResumePoint {
  readonly epoch: string;
  readonly revision: number;
}

/** What is asked of an entity. */
export interface Action {
  readonly action: string; // a verb of docs/api.md, or the name of a thermostat's preset
  readonly level?: number; // percent, 0 to 100, tenths allowed
  readonly color?: string; // #rrggbb
  readonly temperature?: number; // °C
  readonly for?: string; // a duration such as 30m
  readonly code?: string; // the alarm's; never kept
  readonly confirm?: boolean; // whoever asks can see what moves
}

export type ClientMessage =
  | { readonly type: 'hello'; readonly protocol: number; readonly resume?: ResumePoint }
  | ({ readonly type: 'command'; readonly id: string; readonly entity: string } & Action)
  | { readonly type: 'cancel'; readonly command: string }
  | { readonly type: 'ping'; readonly id: number };

export function hello(resume: ResumePoint | null): ClientMessage {
  return resume === null ? { type: 'hello', protocol } : { type: 'hello', protocol, resume };
}

export const command = (id: string, entity: string, action: Action): ClientMessage => ({
  type: 'command',
  id,
  entity,
  ...action,
});

export const encode = (message: ClientMessage): string => JSON.stringify(message);
