// What docs/api.md calls an entity, a board and the house, as this page holds
// them. Times are unix milliseconds of the server. Values are never changed:
// what changed is a new value.

/** Kinds with a module of their own in src/entities; others are shown, not controlled. */
export type KnownKind = 'switch' | 'light' | 'button' | 'contact';

/** The members of `attributes` that this page knows; each may be missing. */
export interface Attributes {
  readonly brightness?: number; // percent, 0 to 100
  readonly color?: string; // #rrggbb
  readonly event?: string; // press, double, hold
  readonly event_at?: number;
}

export interface Unavailable {
  readonly reason: string; // a board's status
  readonly message: string;
  readonly since: number;
}

export interface Pending {
  readonly command: string;
  readonly action: string;
  readonly target: string; // the state asked for, "" when there is none
  readonly origin: string;
  readonly by: string;
  readonly since: number;
  readonly until: number;
}

export interface Failure {
  readonly command: string;
  readonly action: string;
  readonly target: string;
  readonly status: string;
  readonly code: string;
  readonly message: string;
  readonly at: number;
}

export interface Cause {
  readonly kind: string;
  readonly by: string;
}

/** What is declared about an entity; it changes only with the configuration. */
export interface Declaration {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly area: string;
  readonly icon: string;
  readonly board: string;
  readonly features: readonly string[];
}

/** What is so about an entity right now. */
export interface Dynamic {
  readonly state: string;
  readonly attributes: Attributes;
  readonly available: boolean;
  readonly unavailable: Unavailable | null;
  readonly pending: Pending | null;
  readonly failure: Failure | null;
  readonly changed: number;
  readonly cause: Cause;
}

export interface Entity extends Declaration, Dynamic {
  readonly revision: number;
}

export interface Board {
  readonly name: string; // "" for a board that is in no configuration
  readonly id: string;
  readonly chip: string;
  readonly declared: boolean;
  readonly status: string;
  readonly message: string;
  readonly since: number;
  readonly address: string;
  readonly firmware: string;
}

export interface Area {
  readonly id: string;
  readonly name: string;
}

export interface HouseInfo {
  readonly name: string;
  readonly timezone: string;
  readonly units: string;
  readonly areas: readonly Area[];
}
