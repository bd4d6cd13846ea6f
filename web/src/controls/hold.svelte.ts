// A hand that has to stay: what it asks for happens when it has, and only then.

/** How long a hand has to stay on a garage door's control (05-dashboard), in ms. */
export const holdFor = 1_200;

export class Hold {
  held = $state(false);

  readonly #done: () => void;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(done: () => void) {
    this.#done = done;
  }

  start(): void {
    this.cancel();
    this.held = true;
    this.#timer = setTimeout(() => {
      this.cancel();
      this.#done();
    }, holdFor);
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.held = false;
  }
}
