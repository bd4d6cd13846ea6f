import { describe, expect, test } from 'vitest';
import type { Entity } from '../protocol/model';
import type { ServerMessage } from '../protocol/server';
import { type House, reduce, resumePoint } from './house';
import { aBoard, anEntity, aSnapshot, aState } from './testing';

const porch = anEntity();
const stairs = anEntity({ id: 'stairs', kind: 'light' });

function run(...messages: ServerMessage[]): House {
  const house = messages.reduce<House | null>(reduce, null);
  if (house === null) throw new Error('no snapshot came');
  return house;
}

const start = aSnapshot(42, porch, stairs);

test('changes before a snapshot are nothing to go by', () => {
  expect(reduce(null, aState(anEntity({ revision: 3 })))).toBeNull();
});

test('a state replaces the whole dynamic part and nothing else', () => {
  const failure = { command: 'c', action: 'on', target: 'on', status: 'expired', code: 'timeout', message: '', at: 1 };
  const failed = run(start, aState(anEntity({ revision: 43, failure, attributes: { brightness: 3 } })));
  const better = reduce(failed, aState(anEntity({ revision: 44, state: 'on' })));
  expect(better?.entities.get('porch')).toEqual({ ...porch, state: 'on', revision: 44 });
  expect(better?.entities.get('stairs')).toBe(failed.entities.get('stairs'));
});

test('an older revision changes nothing', () => {
  const house = run(start, aState(anEntity({ revision: 50, state: 'on' })));
  expect(reduce(house, aState(anEntity({ revision: 49, state: 'off' })))).toBe(house);
  expect(reduce(house, { type: 'removed', revision: 41, id: 'porch' })).toBe(house);
});

test('several changes may share a revision', () => {
  const house = run(start, aState(anEntity({ revision: 43, state: 'on' })), aState({ ...stairs, revision: 43, state: 'on' }));
  expect(house.entities.get('stairs')?.state).toBe('on');
});

test('a snapshot replaces everything, even with a lower revision of a new epoch', () => {
  const house = run(start, { ...aSnapshot(7, stairs), epoch: 'new', boards: [] });
  expect(resumePoint(house)).toEqual({ epoch: 'new', revision: 7 });
  expect([...house.entities.keys()]).toEqual(['stairs']);
  expect(house.boards.size).toBe(0);
});

test('resumed counts nothing as seen: what changed is still on its way', () => {
  const house = run(start, { type: 'resumed', epoch: 'e', revision: 42, time: 1 });
  expect(resumePoint(house)).toEqual({ epoch: 'e', revision: 42 });
  expect(reduce(house, aState(anEntity({ revision: 43, state: 'on' })))?.entities.get('porch')?.state).toBe('on');
});

test('the state of an entity that is not known is ignored, and its revision is seen', () => {
  const house = run(start, aState(anEntity({ id: 'ghost', revision: 43 })));
  expect(house.entities.has('ghost')).toBe(false);
  expect(resumePoint(house)?.revision).toBe(43);
});

test('an entity comes, changes its declaration, and goes', () => {
  const bell = anEntity({ id: 'bell', revision: 43 });
  const added = run(start, { type: 'entity', revision: 43, entity: bell });
  expect(added.order).toEqual(['porch', 'stairs', 'bell']);
  const renamed = run(start, { type: 'entity', revision: 43, entity: { ...porch, name: 'Door lamp' } });
  expect(renamed.order).toEqual(['porch', 'stairs']);
  expect(renamed.entities.get('porch')?.name).toBe('Door lamp');
  const gone = reduce(added, { type: 'removed', revision: 44, id: 'porch' });
  expect(gone?.order).toEqual(['stairs', 'bell']);
  expect(gone?.entities.has('porch')).toBe(false);
});

test('boards come, change and go by id', () => {
  const shed = aBoard({ id: 'hob-shed', name: 'shed' });
  const offline = { ...shed, status: 'offline' };
  const house = run(start, { type: 'board', revision: 43, board: shed }, { type: 'board', revision: 44, board: offline });
  expect(house.boards.get('hob-shed')).toEqual(offline);
  expect(reduce(house, { type: 'board_removed', revision: 45, id: 'hob-shed' })?.boards.size).toBe(1);
});

test('a new order keeps entities that it does not name and ignores ids that do not exist', () => {
  const house = run(start, { type: 'house', revision: 43, house: start.house, order: ['ghost', 'stairs'] });
  expect(house.order).toEqual(['stairs', 'porch']);
});

describe('property', () => {
  /** A small generator with a seed, so that a failure can be repeated (mulberry32). */
  function random(seed: number): () => number {
    return () => {
      seed = (seed + 0x6d2b79f5) | 0;
      let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
  }

  test.each([1, 2, 3, 4, 5])('a client that misses, lags and resumes ends as the server is (seed %d)', (seed) => {
    const next = random(seed);
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const server = new Map<string, Entity>(ids.map((id) => [id, anEntity({ id, revision: 1 })]));
    let revision = 1;
    let client = reduce(null, aSnapshot(revision, ...server.values()));

    for (let round = 0; round < 200; round++) {
      for (let n = Math.floor(next() * 6); n > 0; n--) {
        const id = ids[Math.floor(next() * ids.length)] ?? 'a';
        server.set(id, anEntity({ id, revision: ++revision, state: next() < 0.5 ? 'on' : 'off' }));
      }
      // What the server sends on a resume: the newest of what changed since, in order.
      const since = client?.revision ?? 0;
      const missed = [...server.values()].filter((e) => e.revision > since).sort((a, b) => a.revision - b.revision);
      client = reduce(client, { type: 'resumed', epoch: 'e', revision: since, time: 1 });
      // The link may break anywhere on the way, and old frames may come twice.
      const arrived = next() < 0.3 ? missed.slice(0, Math.floor(next() * missed.length)) : missed;
      for (const e of arrived) client = reduce(client, aState(e));
      for (const e of arrived) if (next() < 0.2) client = reduce(client, aState(e));
    }
    const since = client?.revision ?? 0;
    for (const e of [...server.values()].filter((e) => e.revision > since).sort((a, b) => a.revision - b.revision)) {
      client = reduce(client, aState(e));
    }
    expect(client?.entities).toEqual(server);
  });
});
