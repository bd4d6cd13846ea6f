import { flushSync } from 'svelte';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ClientMessage } from '../protocol/client';
import { Clock } from './clock.svelte';
import { Home } from './home.svelte';
import { anEntity, aSnapshot, aState } from './testing';

let connected: boolean;
let sent: ClientMessage[];
let home: Home;

beforeEach(() => {
  connected = true;
  sent = [];
  const send = (message: ClientMessage): boolean => {
    if (connected) sent.push(message);
    return connected;
  };
  home = new Home({ clock: new Clock(), send });
});

const porch = anEntity();
const stairs = anEntity({ id: 'stairs', kind: 'light', state: 'on' });

/** Counts how often what reads each entity runs again. */
function watch(ids: string[]): { runs: Record<string, number>; stop: () => void } {
  const runs: Record<string, number> = {};
  const stop = $effect.root(() => {
    for (const id of ids) {
      $effect(() => {
        void home.cell(id)?.entity;
        runs[id] = (runs[id] ?? 0) + 1;
      });
    }
  });
  return { runs, stop };
}

describe('drawing', () => {
  test('a change draws its own entity again and no other, and no list', () => {
    home.receive(aSnapshot(42, porch, stairs));
    const sections = home.sections;
    const { runs, stop } = watch(['porch', 'stairs']);
    flushSync();
    home.receive(aState(anEntity({ revision: 43, state: 'on' })));
    flushSync();
    expect(runs).toEqual({ porch: 2, stairs: 1 });
    expect(home.sections).toBe(sections);
    stop();
  });

  test('a second snapshot keeps the cells of entities that stay, and forgets the others', () => {
    home.receive(aSnapshot(42, porch, stairs));
    const cell = home.cell('stairs');
    home.receive(aSnapshot(90, stairs));
    expect(home.cell('stairs')).toBe(cell);
    expect(home.cell('porch')).toBeUndefined();
    expect(home.sections.flatMap((s) => s.entities)).toEqual(['stairs']);
  });

  test('counts what is on, through changes, losses and removals', () => {
    home.receive(aSnapshot(42, porch, stairs));
    expect(home.on).toBe(1);
    home.receive(aState(anEntity({ revision: 43, state: 'on' })));
    expect(home.on).toBe(2);
    home.receive(aState({ ...stairs, revision: 44, available: false }));
    expect(home.on).toBe(1);
    home.receive({ type: 'removed', revision: 45, id: 'porch' });
    expect(home.on).toBe(0);
    home.receive(aSnapshot(46, porch, stairs));
    expect(home.on).toBe(1);
  });
});

describe('asking', () => {
  beforeEach(() => home.receive(aSnapshot(42, porch, stairs)));

  test('the state does not change until the server says so', () => {
    home.act('porch', { action: 'toggle' });
    expect(sent).toMatchObject([{ type: 'command', entity: 'porch', action: 'toggle' }]);
    expect(home.cell('porch')?.entity.state).toBe('off');
    expect(home.cell('porch')?.request?.status).toBe('sent');
  });

  test('nothing is queued while disconnected', () => {
    connected = false;
    expect(home.act('porch', { action: 'toggle' })).toBe(false);
    connected = true;
    expect(sent).toEqual([]);
    expect(home.cell('porch')?.request).toBeNull();
  });

  test('a command that failed is remembered for who cannot see its tile', () => {
    home.act('porch', { action: 'toggle' });
    home.receive({ type: 'result', id: '1', command: '1f', entity: 'porch', action: 'toggle', status: 'expired', code: 'timeout', message: '' });
    expect(home.failed).toMatchObject({ entity: { name: 'Porch lamp' }, request: { code: 'timeout' } });
  });

  test('the code of an alarm is sent, and kept nowhere', () => {
    home.receive(aSnapshot(42, anEntity({ id: 'alarm', kind: 'alarm' })));
    home.act('alarm', { action: 'disarm', code: '4711' });
    expect(JSON.stringify(sent)).toContain('4711');
    expect(JSON.stringify(home.cell('alarm')?.request)).not.toContain('4711');
    home.retry('alarm', 'disarm', { action: 'disarm' });
    expect(JSON.stringify(sent.slice(1))).not.toContain('4711');
  });

  test('every command has an id of its own', () => {
    for (let i = 0; i < 100; i++) home.act('porch', { action: 'toggle' });
    const ids = sent.flatMap((m) => (m.type === 'command' ? [m.id] : []));
    expect(new Set(ids).size).toBe(100);
  });

  test('a retry of a brightness asks for that brightness again', () => {
    home.act('stairs', { action: 'set', level: 40 });
    home.retry('stairs', 'set', { action: 'on' });
    expect(sent.at(-1)).toMatchObject({ action: 'set', level: 40 });
  });

  test('a retry of a brightness that another page asked for turns it on', () => {
    home.retry('stairs', 'set', { action: 'on' });
    expect(sent.at(-1)).toMatchObject({ action: 'on' });
  });

  test('a request for an entity that is gone is forgotten with it', () => {
    home.act('porch', { action: 'toggle' });
    home.receive({ type: 'removed', revision: 43, id: 'porch' });
    home.receive({ type: 'entity', revision: 44, entity: { ...porch, revision: 44 } });
    expect(home.cell('porch')?.request).toBeNull();
  });
});
