// The life of the connection to the server as a pure function: what happened
// goes in, the next state and what to do come out. socket.ts carries it out.
//
//   connecting --opened--> greeting --snapshot or resumed--> live
//        ^                    |                               |
//        |                    v   closed, or no answer        v
//        +---- time, wake -- waiting <------------------------+
//
// From anywhere: `locked` when the server wants a token, `outdated` when it no
// longer speaks this page's protocol.

import type { ServerMessage } from '../protocol/server';
import { backoff } from './backoff';

export type State =
  | { readonly name: 'connecting'; readonly attempt: number }
  | { readonly name: 'greeting'; readonly attempt: number }
  | { readonly name: 'live'; readonly attempt: number; readonly ping: number; readonly awaiting: boolean }
  | { readonly name: 'waiting'; readonly attempt: number }
  | { readonly name: 'locked' }
  | { readonly name: 'outdated' }
  | { readonly name: 'stopped' };

export type Event =
  | { readonly type: 'start' }
  | { readonly type: 'opened' }
  | { readonly type: 'received'; readonly message: ServerMessage }
  | { readonly type: 'closed'; readonly code: number }
  | { readonly type: 'probed'; readonly answer: 'allowed' | 'locked' | 'silent' }
  | { readonly type: 'timer' }
  | { readonly type: 'wake' } // the network or the page came back
  | { readonly type: 'unlocked' } // a token was accepted
  | { readonly type: 'stop' };

export type Effect =
  | { readonly do: 'open' }
  | { readonly do: 'close' } // and forget the socket: nothing more is heard of it
  | { readonly do: 'hello' }
  | { readonly do: 'ping'; readonly id: number }
  | { readonly do: 'probe' } // ask over HTTP: a browser hides why an upgrade failed
  | { readonly do: 'timer'; readonly ms: number } // replaces the one before
  | { readonly do: 'no timer' };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** How long to wait for a connection or a pong, and between pings, in ms. */
export const answerWithin = 5_000;
/** How long to wait for the answer to hello: a large house on a slow line takes its time. */
export const welcomeWithin = 20_000;
export const pingEvery = 10_000;

const closeUnknownProtocol = 4400;
const closeTokenInvalid = 4401;

export const initial: State = { name: 'stopped' };

/** `random` is in [0, 1) and spreads the back-off. */
export function step(state: State, event: Event, random: number): Step {
  switch (event.type) {
    case 'start':
      return state.name === 'stopped' ? connect(0) : stay(state);
    case 'stop':
      return { state: { name: 'stopped' }, effects: [{ do: 'close' }, { do: 'no timer' }] };
    case 'opened':
      return state.name === 'connecting' ? greet(state.attempt) : stay(state);
    case 'received':
      return received(state, event.message);
    case 'closed':
      return closed(state, event.code, random);
    case 'probed':
      return event.answer === 'locked' && state.name !== 'live' && state.name !== 'stopped' ? lock() : stay(state);
    case 'timer':
      return elapsed(state, random);
    case 'wake':
      return wake(state);
    case 'unlocked':
      return state.name === 'locked' ? connect(0) : stay(state);
  }
}

const stay = (state: State): Step => ({ state, effects: [] });

const connect = (attempt: number): Step => ({
  state: { name: 'connecting', attempt },
  effects: [{ do: 'open' }, { do: 'timer', ms: answerWithin }],
});

const greet = (attempt: number): Step => ({
  state: { name: 'greeting', attempt },
  effects: [{ do: 'hello' }, { do: 'timer', ms: welcomeWithin }],
});

const lock = (): Step => ({ state: { name: 'locked' }, effects: [{ do: 'close' }, { do: 'no timer' }] });

const wait = (attempt: number, random: number, ...more: Effect[]): Step => ({
  state: { name: 'waiting', attempt },
  effects: [{ do: 'close' }, { do: 'timer', ms: backoff(attempt, random) }, ...more],
});

function received(state: State, message: ServerMessage): Step {
  if (state.name === 'greeting' && (message.type === 'snapshot' || message.type === 'resumed')) {
    return {
      state: { name: 'live', attempt: state.attempt, ping: 0, awaiting: false },
      effects: [{ do: 'timer', ms: pingEvery }],
    };
  }
  if (state.name === 'live' && state.awaiting && message.type === 'pong' && message.id === state.ping) {
    // Only an answered ping shows that the connection holds: from here on the
    // next loss starts from the shortest wait again.
    return { state: { ...state, attempt: 0, awaiting: false }, effects: [{ do: 'timer', ms: pingEvery }] };
  }
  return stay(state);
}

function closed(state: State, code: number, random: number): Step {
  switch (state.name) {
    case 'connecting':
      return wait(state.attempt, random, { do: 'probe' });
    case 'greeting':
    case 'live':
      if (code === closeTokenInvalid) return lock();
      if (code === closeUnknownProtocol) {
        return { state: { name: 'outdated' }, effects: [{ do: 'close' }, { do: 'no timer' }] };
      }
      return wait(state.attempt, random);
    default:
      return stay(state);
  }
}

function elapsed(state: State, random: number): Step {
  switch (state.name) {
    case 'waiting':
      return connect(state.attempt + 1);
    case 'connecting':
      return wait(state.attempt, random, { do: 'probe' });
    case 'greeting':
      return wait(state.attempt, random);
    case 'live':
      return state.awaiting ? wait(state.attempt, random) : ping(state);
    default:
      return stay(state);
  }
}

function ping(state: State & { name: 'live' }): Step {
  const id = state.ping + 1;
  return {
    state: { ...state, ping: id, awaiting: true },
    effects: [
      { do: 'ping', id },
      { do: 'timer', ms: answerWithin },
    ],
  };
}

function wake(state: State): Step {
  if (state.name === 'waiting') return connect(0);
  // A phone that slept may hold a socket that died long ago: ask at once.
  if (state.name === 'live' && !state.awaiting) return ping(state);
  return stay(state);
}
