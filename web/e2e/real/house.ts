// A real house: the server and virtual boards as processes of their own, on
// loopback, in a directory that is gone afterwards.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { encode, hello, subprotocol } from '../../src/protocol/client';
import { decodeText } from '../../src/protocol/server';
import { type House, reduce } from '../../src/home/house';
import { Wall } from './control';
import { Program } from './process';

interface ServerReady {
  readonly url: string;
}

interface BoardReady {
  readonly address: string;
  readonly setup_code: string;
}

export class RealHouse {
  readonly dir = mkdtempSync(join(tmpdir(), 'hob-e2e-'));
  /** Of this run only: other houses may be announced on the same loopback. */
  readonly boardId = `hob-${randomBytes(6).toString('hex')}`;
  readonly wall = new Wall(join(this.dir, 'hall.sock'));
  url = '';
  address = '';

  readonly #config = join(this.dir, 'config.yaml');
  readonly #state = join(this.dir, 'server');
  #server: Program | null = null;
  #board: Program | null = null;

  /** `config` is the house without its board, which is `hall`. */
  constructor(config: string) {
    writeFileSync(this.#config, `boards:\n  hall: {id: ${this.boardId}, chip: esp32}\n${config}`);
  }

  /** Starts both, adopts the board, and waits until it does what is declared. */
  async start(): Promise<void> {
    await this.startServer();
    const code = await this.startBoard();
    await this.#adopt(code);
    await this.until((house) => [...house.entities.values()].every((e) => e.available && e.state !== 'unknown'));
  }

  /** Tries until the board has been found in the network: nothing tells of that before it is adopted. */
  async #adopt(code: string): Promise<void> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const { ok, output } = await Program.run('hob', ['adopt', 'hall', code, '--state', this.#state]);
      if (ok) return;
      if (!output.includes('not on the network') || Date.now() > deadline) throw new Error(`adopt: ${output}`);
    }
  }

  /** Starts the server, at the same address as before if it has run already. */
  async startServer(host = '127.0.0.1'): Promise<void> {
    const listen = this.url === '' ? `${host}:0` : new URL(this.url).host;
    const args = ['serve', '--json', '--config', this.#config, '--state', this.#state, '--listen', listen];
    const { program, ready } = await Program.start<ServerReady>('hob', [...args, '--mdns-interface', 'lo']);
    this.#server = program;
    this.url = ready.url.replace('0.0.0.0', '127.0.0.1');
  }

  /** Starts the board, at an address that it has not had before; gives its setup code. */
  async startBoard(): Promise<string> {
    const { program, ready } = await Program.start<{ boards: BoardReady[] }>('hob-board', [
      '--id', this.boardId, '--chip', 'esp32', '--listen', '127.0.0.1:0', '--mdns-interface', 'lo',
      '--state', join(this.dir, 'board'), '--control', join(this.dir, 'hall.sock'),
    ]);
    this.#board = program;
    const board = (ready.boards?.[0] ?? ready) as BoardReady;
    this.address = board.address;
    return board.setup_code;
  }

  /** What lets in who does not ask on a loopback address. */
  token = (): string => readFileSync(join(this.#state, 'token'), 'utf8').trim();

  killServer = (): Promise<void> => this.#server!.kill();
  killBoard = (): Promise<void> => this.#board!.kill();

  /** Follows the live protocol, as a page does, until the house is as wanted. */
  async until(wanted: (house: House) => boolean): Promise<void> {
    const url = new URL('/api/live', this.url);
    url.protocol = 'ws:';
    const socket = new WebSocket(url, subprotocol);
    let house: House | null = null;
    try {
      await new Promise<void>((resolve, reject) => {
        socket.on('open', () => socket.send(encode(hello(null))));
        socket.on('error', reject);
        socket.on('close', () => reject(new Error('the live connection closed')));
        socket.on('message', (data: Buffer) => {
          const message = decodeText(data.toString());
          if (!message.ok) return reject(new Error(message.error));
          house = reduce(house, message.value);
          if (house !== null && wanted(house)) resolve();
        });
      });
    } finally {
      socket.removeAllListeners('close');
      socket.terminate();
    }
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    await this.#board?.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
