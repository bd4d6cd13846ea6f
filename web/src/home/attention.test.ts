import { expect, test } from 'vitest';
import { connectingFor, fileName, refused, strangers, troubled } from './attention';
import { aBoard } from './testing';

const names = (boards: readonly { name: string }[]): string[] => boards.map((b) => b.name);

test('declared boards that do not work are pinned, by name', () => {
  const boards = [
    aBoard({ name: 'shed', status: 'offline' }),
    aBoard({ name: 'hall' }),
    aBoard({ name: 'attic', status: 'key_refused' }),
    aBoard({ name: '', declared: false, status: 'unknown' }),
  ];
  expect(names(troubled(boards, 1_000))).toEqual(['attic', 'shed']);
});

test('a board that connects is pinned only when it takes long', () => {
  const boards = [aBoard({ status: 'connecting', since: 1_000 })];
  expect(troubled(boards, 1_000 + connectingFor - 1)).toEqual([]);
  expect(names(troubled(boards, 1_000 + connectingFor))).toEqual(['hall']);
});

test('boards in no configuration are strangers', () => {
  expect(strangers([aBoard(), aBoard({ id: 'x', declared: false })]).map((b) => b.id)).toEqual(['x']);
});

test('the file is pinned while it has mistakes, and not for warnings', () => {
  const info = { name: '', timezone: '', units: '', areas: [] };
  const config = { ok: true, file: '/etc/hob/config.yaml', errors: 0, warnings: 3, first: null, at: 1 };
  expect(refused(null)).toBe(null);
  expect(refused(info)).toBe(null);
  expect(refused({ ...info, config: null })).toBe(null);
  expect(refused({ ...info, config })).toBe(null);
  const mistaken = { ...config, ok: false, errors: 2 };
  expect(refused({ ...info, config: mistaken })).toBe(mistaken);
  expect(fileName(mistaken.file)).toBe('config.yaml');
  expect(fileName('config.yaml')).toBe('config.yaml');
});
