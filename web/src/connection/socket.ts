// Carries out what machine.ts decides, on a real WebSocket and real timers.

import { type ClientMessage, encode, hello, type ResumePoint, subprotocol } from '../protocol/client';
import { decodeText, type ServerMessage } from '../protocol/server';
import { type Effect, type Event, initial, type State, step } from './machine';

export interface Options {
  /** Where the server is, such as "http://house.local:8080"; the page's own origin. */
  readonly origin: string;
  /** What to resume from, asked for at each hello; null for a snapshot. */
  readonly resume: () => ResumePoint | null;
  readonly onState: (state: State) => void;
  readonly onMessage: (message: ServerMessage) => void;
}

export class Connection {
  readonly #options: Options;
  #state: State = initial;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  start(): void {
    addEventListener('online', this.#wake);
    document.addEventListener('visibilitychange', this.#wake);
    this.#happen({ type: 'start' });
  }

  stop(): void {
    removeEventListener('online', this.#wake);
    document.removeEventListener('visibilitychange', this.#wake);
    this.#happen({ type: 'stop' });
  }

  /** Goes on after a token was accepted. */
  unlocked(): void {
    this.#happen({ type: 'unlocked' });
  }

  /** Does not wait any longer. */
  retry(): void {
    this.#happen({ type: 'wake' });
  }

  /** Sends now, or not at all: false when not connected. Nothing is queued. */
  send(message: ClientMessage): boolean {
    if (this.#state.name !== 'live' || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(encode(message));
    return true;
  }

  readonly #wake = (): void => {
    if (document.visibilityState === 'visible') this.#happen({ type: 'wake' });
  };

  #happen(event: Event): void {
    const { state, effects } = step(this.#state, event, Math.random());
    const changed = state !== this.#state;
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    if (changed) this.#options.onState(state);
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'open':
        return this.#open();
      case 'close':
        return this.#close();
      case 'hello':
        return this.#socket?.send(encode(hello(this.#options.resume())));
      case 'ping':
        return this.#socket?.send(encode({ type: 'ping', id: effect.id }));
      case 'probe':
        return void this.#probe();
      case 'timer':
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#happen({ type: 'timer' }), effect.ms);
        return;
      case 'no timer':
        return clearTimeout(this.#timer);
    }
  }

  #open(): void {
    const url = new URL('/api/live', this.#options.origin);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url, subprotocol);
    this.#socket = socket;
    // Each handler asks whether the socket is still the one: a closed one may
    // still deliver what it had received.
    const mine = (): boolean => this.#socket === socket;
    socket.onopen = () => mine() && this.#happen({ type: 'opened' });
    socket.onmessage = (message: MessageEvent<unknown>) => mine() && this.#receive(message.data);
    socket.onclose = ({ code }) => {
      if (!mine()) return;
      this.#socket = null;
      this.#happen({ type: 'closed', code });
    };
  }

  #close(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #receive(data: unknown): void {
    const result = typeof data === 'string' ? decodeText(data) : null;
    if (result === null || !result.ok) {
      // One message that is not understood must not take the house away.
      console.warn('live:', result === null ? 'not a text message' : result.error);
      return;
    }
    if (result.value.type === 'error') console.warn('live:', result.value.code, result.value.message);
    this.#options.onMessage(result.value);
    this.#happen({ type: 'received', message: result.value });
  }

  async #probe(): Promise<void> {
    let answer: 'allowed' | 'locked' | 'silent';
    try {
      const response = await fetch(new URL('/api/house', this.#options.origin), { cache: 'no-store' });
      answer = response.status === 401 ? 'locked' : 'allowed';
    } catch {
      answer = 'silent';
    }
    this.#happen({ type: 'probed', answer });
  }
}
