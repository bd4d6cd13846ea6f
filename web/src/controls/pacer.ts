// Lets a slider speak at most so often, and always have the last word.

/** Five a second (05-dashboard). */
export const sliderEvery = 200;

export class Pacer<T> {
  readonly #every: number;
  readonly #send: (value: T) => void;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #waiting: { readonly value: T } | null = null;

  /** `every` is the shortest time between two sends, in ms. */
  constructor(every: number, send: (value: T) => void) {
    this.#every = every;
    this.#send = send;
  }

  /** Sends at once when it may, else the newest value as soon as it may. */
  push(value: T): void {
    if (this.#timer !== null) {
      this.#waiting = { value };
      return;
    }
    this.#send(value);
    this.#timer = setTimeout(this.#elapsed, this.#every);
  }

  /** Forgets what has not been sent. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting = null;
  }

  readonly #elapsed = (): void => {
    this.#timer = null;
    const next = this.#waiting;
    this.#waiting = null;
    if (next !== null) this.push(next.value);
  };
}
