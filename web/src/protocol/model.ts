// What docs/api.md calls an entity, a board and the house, as this page holds
// them. Times are unix milliseconds of the server. Values are never changed:
// what changed is a new value.

/** Kinds with a module of their own in src/entities; others are shown, not controlled. */
export type KnownKind =
  | 'switch'
  | 'light'
  | 'button'
  | 'contact'
  | 'sensor'
  | 'garage_door'
  | 'heater'
  | 'cooler'
  | 'scene'
  | 'person'
  | 'alarm';

/**
 * The members of `attributes` that this page knows; each may be missing.
 * Temperatures are in °C, times are unix ms.
 */
export interface Attributes {
  // light
  readonly brightness?: number; // percent, 0 to 100
  readonly color?: string; // #rrggbb
  // button
  readonly event?: string; // press, double, hold
  readonly event_at?: number;
  // sensor
  readonly value?: number; // in unit
  readonly unit?: string;
  readonly humidity?: number; // percent
  readonly sampled?: number;
  readonly fault?: string; // no_answer, checksum, range, stale
  // garage door
  readonly position?: string; // what tells it: reeds, closed_reed, none
  readonly travel_ms?: number;
  readonly moving_since?: number;
  readonly warning_until?: number;
  readonly problem?: string; // did_not_open, did_not_close, reeds_disagree
  // heater, cooler
  readonly temperature?: number;
  readonly target?: number; // what the board holds
  readonly setpoint?: number; // what is asked for; missing is nothing but frost
  readonly low?: number;
  readonly high?: number;
  readonly mode?: string; // auto, manual, boost, off, frost, window, locked
  readonly until?: number; // end of the mode; of the alarm's delay
  readonly preset?: string;
  readonly presets?: readonly string[];
  readonly next?: NextPoint;
  readonly source?: string; // plan, fallback, frost, none
  readonly windows?: readonly string[]; // those that are open
  readonly warning?: string; // no_rise, stuck
  // scene
  readonly activated?: number;
  readonly failed?: readonly TaskFailure[];
  // alarm: ids of contacts. A garage door's `open` is a boolean, and not of use here.
  readonly opened?: readonly string[];
  readonly bypassed?: readonly string[];
  readonly unwatched?: readonly string[];
  readonly triggered_by?: string;
  readonly code?: boolean; // needed to disarm
  readonly locked_until?: number;
}

/** The next point of a thermostat's schedule. */
export interface NextPoint {
  readonly at: number;
  readonly target?: number;
  readonly preset?: string;
}

/** A sentence of the server's: in English, and what it is translated from. */
export interface Said {
  readonly message: string;
  readonly detail?: string; // its name; missing where the server has none
  readonly params?: Params;
}

export type Params = Readonly<Record<string, string | number>>;

/** A part of a scene that did not work out. */
export interface TaskFailure extends Said {
  readonly entity: string;
  readonly code: string;
}

export interface Unavailable extends Said {
  readonly reason: string; // a board's status
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

export interface Failure extends Said {
  readonly command: string;
  readonly action: string;
  readonly target: string;
  readonly status: string;
  readonly code: string;
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

/** What people are told until somebody dismisses it. */
export interface Notice extends Omit<Said, 'message'> {
  readonly id: number; // grows with each notice
  readonly at: number;
  readonly text: string;
  readonly user?: string; // whom it is for; missing is everybody
  readonly rule?: string; // the rule that says it; missing is the server
}

export interface Board extends Said {
  readonly name: string; // "" for a board that is in no configuration
  readonly id: string;
  readonly chip: string;
  readonly declared: boolean;
  readonly status: string;
  readonly since: number;
  readonly address: string;
  readonly firmware: string;
}

export interface Area {
  readonly id: string;
  readonly name: string;
}

/** One error in the file; line 0 when it could not be read at all. */
export interface ConfigMistake {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
}

/** How the file is that declares the house. */
export interface ConfigStatus {
  readonly ok: boolean; // the file as it is now is in force
  readonly file: string;
  readonly errors: number;
  readonly warnings: number;
  readonly first: ConfigMistake | null;
  readonly at: number; // since when the version in force is
}

export interface HouseInfo {
  readonly name: string;
  readonly timezone: string;
  readonly units: string;
  readonly areas: readonly Area[];
  readonly config?: ConfigStatus | null; // null when the house is in no file
}
