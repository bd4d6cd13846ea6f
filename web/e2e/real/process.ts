// A program under test. Its first line on standard output says that it is ready.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Where the programs are: bin/ of the project unless HOB_BIN names another directory. */
const bin = process.env['HOB_BIN'] ?? fileURLToPath(new URL('../../../bin', import.meta.url));

export class Program {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #stderr = '';

  private constructor(name: string, args: readonly string[]) {
    this.#child = spawn(join(bin, name), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exited = once(this.#child, 'exit');
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
  }

  /** Starts a program of bin/ and waits for its ready line, which is JSON. */
  static async start<Ready>(name: string, args: readonly string[]): Promise<{ program: Program; ready: Ready }> {
    const program = new Program(name, args);
    const lines = createInterface({ input: program.#child.stdout! });
    const line = await Promise.race([once(lines, 'line'), program.#exited.then(() => null)]);
    if (line === null) throw new Error(`${name} ended before it was ready:\n${program.#stderr}`);
    return { program, ready: JSON.parse(String(line[0])) as Ready };
  }

  /** Runs a program of bin/ to its end; false when it failed. */
  static async run(name: string, args: readonly string[]): Promise<{ ok: boolean; output: string }> {
    const child = spawn(join(bin, name), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { ok: code === 0, output };
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Ends it without a chance to say goodbye. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#exited;
  }
}
