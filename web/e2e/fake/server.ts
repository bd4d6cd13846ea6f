// A server that speaks docs/api.md to the built dashboard, for what is hard to
// reach with a real one. It serves the page under the very content security
// policy that the real server sends, and does only what its test tells it to.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ClientMessage } from '../../src/protocol/client';
import type { Board, Dynamic, Entity, HouseInfo, Notice, Said } from '../../src/protocol/model';

const web = new URL('../..', import.meta.url).pathname;
const policy = readFileSync(join(web, 'csp.txt'), 'utf8').split(/\s+/).join(' ').trim();
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

export interface FakeOptions {
  readonly info: HouseInfo;
  readonly boards: readonly Board[];
  readonly entities: readonly Entity[];
  readonly histories?: Readonly<Record<string, object>>;
  readonly notices?: readonly Notice[];
  readonly details?: Readonly<Record<string, BoardDetails>>;
  /** When set, everything but the page itself needs it. */
  readonly token?: string;
}

/** The members `link` and `update` of docs/api.md, "A board". */
export interface BoardDetails {
  readonly link: object | null;
  readonly update: object | null;
}

type Command = Extract<ClientMessage, { type: 'command' }>;

export class FakeServer {
  readonly entities = new Map<string, Entity>();
  readonly boards = new Map<string, Board>();
  readonly notices = new Map<number, Notice>();
  /** Whether a notice that somebody dismisses goes away; else the answer is 503. */
  dismisses = true;
  /** Everything that clients have sent, oldest first, and when (unix ms). */
  readonly received: { readonly message: ClientMessage; readonly at: number }[] = [];
  /** What to do with a command; by default it is confirmed at once. */
  onCommand: (command: Command) => void = (command) => this.confirm(command);
  /** What the recorder knows of an entity's day, by id; others have no numbers. */
  histories: Readonly<Record<string, object>> = {};
  /** The ids whose history was asked for, in order. */
  readonly historyAsked: string[] = [];
  /** What a board's link and update tell, by id; others have neither. */
  readonly details = new Map<string, BoardDetails>();
  /** Whether pings are answered. */
  answersPings = true;
  epoch = '6b1f0c2e';
  revision = 42;

  readonly #options: FakeOptions;
  readonly #sockets = new Set<WebSocket>();
  readonly #waiting: { readonly wanted: (m: ClientMessage) => boolean; readonly resolve: () => void }[] = [];
  #http: Server | null = null;
  #port = 0;
  #commands = 100;

  constructor(options: FakeOptions) {
    this.#options = options;
    for (const e of options.entities) this.entities.set(e.id, { ...e, revision: this.revision });
    this.histories = options.histories ?? {};
    for (const b of options.boards) this.boards.set(b.id, b);
    for (const [id, d] of Object.entries(options.details ?? {})) this.details.set(id, d);
    for (const n of options.notices ?? []) this.notices.set(n.id, n);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Starts, on the same port as before if it has run already. */
  async start(): Promise<void> {
    const http = createServer((request, response) => this.#serve(request, response));
    const live = new WebSocketServer({ noServer: true, handleProtocols: () => 'hob.live.1' });
    http.on('upgrade', (request, socket, head) => {
      if (!this.#allowed(request)) return void socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
      live.handleUpgrade(request, socket, head, (client) => this.#join(client));
    });
    await new Promise<void>((resolve) => http.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (http.address() as AddressInfo).port;
    this.#http = http;
  }

  /** Dies: every connection breaks without a goodbye. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    const http = this.#http;
    this.#http = null;
    http?.closeAllConnections();
    await new Promise<void>((resolve) => (http === null ? resolve() : http.close(() => resolve())));
  }

  /** Closes every connection with a code, and stays up. */
  closeAll(code: number): void {
    for (const socket of this.#sockets) socket.close(code);
  }

  broadcast(message: object): void {
    for (const socket of this.#sockets) socket.send(JSON.stringify(message));
  }

  /** Changes what is so about an entity, and tells everybody. */
  report(id: string, change: Partial<Dynamic>): void {
    const old = this.entities.get(id);
    if (old === undefined) throw new Error(`the fake has no entity ${id}`);
    const next: Entity = { ...old, pending: null, failure: null, ...change, revision: ++this.revision };
    this.entities.set(id, next);
    this.broadcast(stateMessage(next));
  }

  board(board: Board): void {
    this.boards.set(board.id, board);
    this.broadcast({ type: 'board', revision: ++this.revision, board });
  }

  /** Tells people something. */
  notify(notice: Notice): void {
    this.notices.set(notice.id, notice);
    this.broadcast({ type: 'notice', revision: ++this.revision, notice });
  }

  #dismiss(id: number, response: ServerResponse): void {
    if (!this.dismisses) return void response.writeHead(503).end();
    const known = this.notices.delete(id);
    if (known) this.broadcast({ type: 'notice_removed', revision: ++this.revision, id });
    response.writeHead(known ? 204 : 404).end();
  }

  /** Accepts a command without ending it; gives the server's id of it. */
  accept(command: Command): string {
    const id = (this.#commands++).toString(16);
    const now = Date.now();
    const target = targetOf(command, this.entities.get(command.entity)?.state ?? '');
    this.report(command.entity, {
      pending: { command: id, action: command.action, target, origin: 'user', by: '', since: now, until: now + 5000 },
    });
    return id;
  }

  confirm(command: Command): void {
    const server = this.accept(command);
    const old = this.entities.get(command.entity);
    if (old === undefined) return;
    const target = targetOf(command, old.state);
    this.report(command.entity, {
      ...(target !== '' && { state: target }),
      attributes: {
        ...old.attributes,
        ...(command.level !== undefined && command.level > 0 && { brightness: command.level }),
        ...(command.color !== undefined && { color: command.color }),
      },
      changed: Date.now(),
      cause: { kind: 'user', by: '' },
    });
    this.result(command, { command: server, status: 'confirmed' });
  }

  result(command: Command, outcome: { command?: string; status: string; code?: string } & Partial<Said>): void {
    const { id, entity, action } = command;
    this.broadcast({ type: 'result', id, entity, action, command: '', code: '', message: '', ...outcome });
  }

  /** Resolves when a message that is wanted has come, or has come already. */
  async heard(wanted: (message: ClientMessage) => boolean): Promise<void> {
    if (this.received.some(({ message }) => wanted(message))) return;
    await new Promise<void>((resolve) => this.#waiting.push({ wanted, resolve }));
  }

  commands(): Command[] {
    return this.received.flatMap(({ message }) => (message.type === 'command' ? [message] : []));
  }

  #allowed(request: IncomingMessage): boolean {
    const { token } = this.#options;
    return token === undefined || (request.headers.cookie ?? '').includes(`hob=${token}`);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? '/', 'http://fake').pathname;
    if (path.startsWith('/api/')) return this.#api(path, request, response);
    const file = join(web, 'dist', normalize(path === '/' ? '/index.html' : path));
    const packed = existsSync(`${file}.gz`); // as scripts/pack.mjs leaves it
    if (!packed && !existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': policy,
      ...(packed ? { 'Content-Encoding': 'gzip' } : {}),
    });
    response.end(readFileSync(packed ? `${file}.gz` : file));
  }

  #api(path: string, request: IncomingMessage, response: ServerResponse): void {
    if (path === '/api/session' && request.method === 'POST') {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const right = (JSON.parse(body) as { token: string }).token === this.#options.token;
        response.writeHead(right ? 204 : 401, right ? { 'Set-Cookie': `hob=${this.#options.token}; HttpOnly; SameSite=Strict` } : {});
        response.end();
      });
      return;
    }
    const notice = /^\/api\/notices\/(\d+)$/.exec(path)?.[1];
    if (notice !== undefined && request.method === 'DELETE') return this.#dismiss(Number(notice), response);
    const asked = /^\/api\/entities\/([^/]+)\/history$/.exec(path)?.[1];
    if (asked !== undefined) {
      this.historyAsked.push(asked);
      const body = this.histories[asked] ?? { from: 0, to: 1, series: [] };
      return void response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    }
    if (path.startsWith('/api/boards') && this.#allowed(request)) return this.#tellBoards(path.split('/')[3], response);
    response.writeHead(this.#allowed(request) ? 200 : 401, { 'Content-Type': 'application/json' }).end('{}');
  }

  /** All boards, or the one with this id. */
  #tellBoards(id: string | undefined, response: ServerResponse): void {
    const all = [...this.boards.values()].map((b) => ({ ...b, ...(this.details.get(b.id) ?? { link: null, update: null }) }));
    const body = id === undefined ? all : all.find((b) => b.id === id);
    response.writeHead(body === undefined ? 404 : 200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body ?? {}));
  }

  #join(client: WebSocket): void {
    client.on('close', () => this.#sockets.delete(client));
    client.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as ClientMessage;
      this.received.push({ message, at: Date.now() });
      this.#answer(client, message);
      for (const waiting of this.#waiting) if (waiting.wanted(message)) waiting.resolve();
    });
  }

  #answer(client: WebSocket, message: ClientMessage): void {
    switch (message.type) {
      case 'hello':
        this.#sockets.add(client);
        return this.#greet(client, message.resume);
      case 'command':
        return this.onCommand(message);
      case 'cancel':
        return this.#cancel(message.command);
      case 'ping':
        if (this.answersPings) client.send(JSON.stringify({ type: 'pong', id: message.id, time: Date.now() }));
    }
  }

  #greet(client: WebSocket, resume: { epoch: string; revision: number } | undefined): void {
    const { epoch, revision } = this;
    const time = Date.now();
    if (resume?.epoch === epoch && resume.revision <= revision) {
      client.send(JSON.stringify({ type: 'resumed', epoch, revision: resume.revision, time }));
      const changed = [...this.entities.values()].filter((e) => e.revision > resume.revision);
      for (const e of changed.sort((a, b) => a.revision - b.revision)) client.send(JSON.stringify(stateMessage(e)));
      return;
    }
    client.send(
      JSON.stringify({
        type: 'snapshot', epoch, revision, time, house: this.#options.info,
        boards: [...this.boards.values()], entities: [...this.entities.values()],
        notices: [...this.notices.values()],
      }),
    );
  }

  #cancel(command: string): void {
    for (const e of this.entities.values()) if (e.pending?.command === command) this.report(e.id, {});
  }
}

function stateMessage(e: Entity): object {
  const { id, revision, state, attributes, available, unavailable, pending, failure, changed, cause } = e;
  return { type: 'state', revision, id, state, attributes, available, unavailable, pending, failure, changed, cause };
}

function targetOf({ action, level }: Command, state: string): string {
  switch (action) {
    case 'on':
    case 'off':
      return action;
    case 'toggle':
      return state === 'on' ? 'off' : 'on';
    case 'set':
      return level === 0 ? 'off' : 'on';
    default:
      return '';
  }
}
