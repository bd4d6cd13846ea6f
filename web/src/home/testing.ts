// Values for tests: whole objects of which a test names only what matters to it.

import type { Board, Entity } from '../protocol/model';
import type { ServerMessage, Snapshot } from '../protocol/server';

export const anEntity = (more: Partial<Entity> = {}): Entity => ({
  id: 'porch',
  kind: 'switch',
  name: 'Porch lamp',
  area: 'hall',
  icon: '',
  board: 'hall',
  features: [],
  state: 'off',
  attributes: {},
  available: true,
  unavailable: null,
  pending: null,
  failure: null,
  changed: 1_000,
  cause: { kind: 'boot', by: '' },
  revision: 1,
  ...more,
});

export const aBoard = (more: Partial<Board> = {}): Board => ({
  name: 'hall',
  id: 'hob-7c9ebd',
  chip: 'esp32',
  declared: true,
  status: 'online',
  message: '',
  since: 1_000,
  address: '',
  firmware: '',
  ...more,
});

export const aSnapshot = (revision: number, ...entities: Entity[]): Snapshot => ({
  type: 'snapshot',
  epoch: 'e',
  revision,
  time: 1_000,
  house: { name: 'Lindenweg', timezone: 'Europe/Berlin', units: 'metric', areas: [{ id: 'hall', name: 'Hall' }] },
  boards: [aBoard()],
  entities,
  notices: [],
});

/** A state message that says what `entity` is now. */
export const aState = (entity: Entity): ServerMessage => ({
  type: 'state',
  revision: entity.revision,
  id: entity.id,
  dynamic: entity,
});
