// The hands at the wall: the control socket of a virtual board, a JSON object a
// line each way (docs/virtual-boards.md).

import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

export interface Edge {
  readonly seq: number;
  readonly pin: number;
  readonly what: string;
  readonly level?: boolean;
  readonly duty?: number;
  readonly pixel?: string;
}

export class Wall {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async do(request: { readonly cmd: string } & Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const socket = connect(this.#path);
    try {
      await once(socket, 'connect');
      const lines = createInterface({ input: socket });
      socket.write(`${JSON.stringify(request)}\n`);
      const [line] = (await once(lines, 'line')) as [string];
      const answer = JSON.parse(line) as Record<string, unknown>;
      if (answer['ok'] !== true) throw new Error(`${request.cmd}: ${line}`);
      return answer;
    } finally {
      socket.destroy();
    }
  }

  /** A slow press: on a busy computer the board may not look at the pin for a while. */
  press = (pin: number): Promise<unknown> => this.do({ cmd: 'press', pin, ms: 400 });

  set = (pin: number, level: boolean): Promise<unknown> => this.do({ cmd: 'set', pin, level });

  /** How many edges there have been so far. */
  async now(): Promise<number> {
    return (await this.do({ cmd: 'edges' }))['last'] as number;
  }

  /** The first edge after `since` that is wanted; waits until there is one. */
  async edge(since: number, wanted: (edge: Edge) => boolean): Promise<Edge> {
    for (let from = since; ; ) {
      const answer = await this.do({ cmd: 'edges', since: from, wait_ms: 60_000 });
      const found = (answer['edges'] as Edge[]).find(wanted);
      if (found !== undefined) return found;
      if (answer['last'] === from) throw new Error(`no such edge after ${since}`);
      from = answer['last'] as number;
    }
  }
}
