// The server's time on this page. A tablet on the wall may be minutes off, and
// ages would be wrong by as much: the offset comes from the server's messages.

import { createSubscriber } from 'svelte/reactivity';

const tickEvery = 1_000; // ms

export class Clock {
  #offset = 0;
  readonly #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, tickEvery);
    return () => clearInterval(timer);
  });

  /** Learns the server's time as of now, unix ms. */
  learn(serverTime: number): void {
    this.#offset = serverTime - Date.now();
  }

  /** The server's time, unix ms. Not reactive. */
  peek(): number {
    return Date.now() + this.#offset;
  }

  /** The server's time, unix ms; what reads it runs again every second. */
  get now(): number {
    this.#subscribe();
    return this.peek();
  }
}
