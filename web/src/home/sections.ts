// How the Home page is laid out: areas in the order of the configuration, each
// with its entities in that order, and what is in no area at the end.

import type { Entity, HouseInfo } from '../protocol/model';

export interface Section {
  /** The area's id; "" for what is in no area. */
  readonly id: string;
  readonly name: string;
  readonly entities: readonly string[];
  /** How many columns its tiles would take side by side. */
  readonly columns: number;
  /** An odd number of columns would leave a hole beside its wide tiles, which too few narrow ones can fill. */
  readonly even: boolean;
}

/** A heater has room for what it measures beside what it is to hold. */
const columnsOf = (kind: string): number => (kind === 'heater' || kind === 'cooler' ? 2 : 1);

export function sections(
  info: HouseInfo,
  order: readonly string[],
  find: (id: string) => Pick<Entity, 'area' | 'kind'> | undefined,
): readonly Section[] {
  const byArea = new Map<string, string[]>(info.areas.map((area) => [area.id, []]));
  const other: string[] = [];
  for (const id of order) {
    const entity = find(id);
    if (entity !== undefined) (byArea.get(entity.area) ?? other).push(id);
  }
  const layout = (ids: readonly string[]): Pick<Section, 'columns' | 'even'> => {
    const columns = ids.reduce((sum, id) => sum + columnsOf(find(id)?.kind ?? ''), 0);
    const wide = columns - ids.length;
    const holes = Math.ceil(wide / 2) - 1; // one beside each pair; what is after the last tile is none
    return { columns, even: ids.length - wide < holes };
  };
  const named = info.areas.map((area) => ({ ...area, entities: byArea.get(area.id) ?? [] }));
  return [...named, { id: '', name: '', entities: other }]
    .filter((section) => section.entities.length > 0)
    .map((section) => ({ ...section, ...layout(section.entities) }));
}
