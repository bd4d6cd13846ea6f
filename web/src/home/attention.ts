// What is pinned on top of the Home page. Pure.

import type { Board, ConfigStatus, HouseInfo } from '../protocol/model';

/** The file of the house when it has mistakes: the house is not what it says. */
export const refused = (info: HouseInfo | null): ConfigStatus | null =>
  info?.config && !info.config.ok ? info.config : null;

/** A file by its name alone. */
export const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A board that connects is not worth a word until it takes this long, in ms. */
export const connectingFor = 5_000;

/** The declared boards that do not work, by name. */
export function troubled(boards: readonly Board[], now: number): readonly Board[] {
  return boards
    .filter((board) => board.declared && board.status !== 'online')
    .filter((board) => board.status !== 'connecting' || now - board.since >= connectingFor)
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Boards that were found and are in no configuration. */
export const strangers = (boards: readonly Board[]): readonly Board[] => boards.filter((board) => !board.declared);
