// Readers of unknown JSON. Each takes a value and the path to it, and gives
// back a typed value or throws a DecodeError that names the path. Only decode()
// in server.ts catches it: nothing untyped gets further inward.

export class DecodeError extends Error {}

export type Reader<T> = (value: unknown, path: string) => T;

const expected = (what: string, path: string): never => {
  throw new DecodeError(`${path}: expected ${what}`);
};

export const string: Reader<string> = (value, path) => (typeof value === 'string' ? value : expected('a string', path));

export const boolean: Reader<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : expected('true or false', path);

export const number: Reader<number> = (value, path) =>
  typeof value === 'number' && Number.isFinite(value) ? value : expected('a number', path);

export const whole: Reader<number> = (value, path) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : expected('a whole number', path);

/** A text or a number. */
export const plain: Reader<string | number> = (value, path) =>
  typeof value === 'number' ? number(value, path) : string(value, path);

export const color: Reader<string> = (value, path) =>
  typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value) ? value : expected('a color such as #ff8800', path);

export const list =
  <T>(item: Reader<T>): Reader<readonly T[]> =>
  (value, path) =>
    Array.isArray(value) ? value.map((v: unknown, i) => item(v, `${path}[${i}]`)) : expected('a list', path);

/** An object whose members are all of one kind. */
export const record =
  <T>(item: Reader<T>): Reader<Readonly<Record<string, T>>> =>
  (value, path) => {
    const m = new Members(value, path);
    return Object.fromEntries(m.names().map((name) => [name, m.get(name, item)]));
  };

export const nullable =
  <T>(reader: Reader<T>): Reader<T | null> =>
  (value, path) =>
    value === null ? null : reader(value, path);

/** The members of an object, each read by its own reader; others are ignored. */
export class Members {
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) expected('an object', path);
    this.#object = value as Record<string, unknown>;
    this.#path = path;
  }

  get<T>(name: string, reader: Reader<T>): T {
    if (!this.has(name)) throw new DecodeError(`${this.#path}.${name}: is missing`);
    return reader(this.#object[name], `${this.#path}.${name}`);
  }

  /** Like get, for a member that may be left out. */
  optional<T, D>(name: string, reader: Reader<T>, absent: D): T | D {
    return this.has(name) ? this.get(name, reader) : absent;
  }

  /** Those of the named members that are there. */
  some<R extends Readonly<Record<string, Reader<unknown>>>>(readers: R): { [K in keyof R]?: ReturnType<R[K]> } {
    const out: { [K in keyof R]?: ReturnType<R[K]> } = {};
    for (const name of Object.keys(readers) as (keyof R & string)[]) {
      const reader = readers[name];
      if (reader !== undefined && this.has(name)) out[name] = this.get(name, reader) as ReturnType<R[typeof name]>;
    }
    return out;
  }

  names(): readonly string[] {
    return Object.keys(this.#object);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object, name);
  }
}
