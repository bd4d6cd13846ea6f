// How the Home page is laid out: areas in the order of the configuration, each
// with its entities in that order, and what is in no area at the end.

import type { Entity, HouseInfo } from '../protocol/model';

export interface Section {
  /** The area's id; "" for what is in no area. */
  readonly id: string;
  readonly name: string;
  readonly entities: readonly string[];
}

export function sections(
  info: HouseInfo,
  order: readonly string[],
  areaOf: (id: string) => Entity['area'] | undefined,
): readonly Section[] {
  const byArea = new Map<string, string[]>(info.areas.map((area) => [area.id, []]));
  const other: string[] = [];
  for (const id of order) {
    const area = areaOf(id);
    if (area !== undefined) (byArea.get(area) ?? other).push(id);
  }
  const named = info.areas.map((area) => ({ ...area, entities: byArea.get(area.id) ?? [] }));
  return [...named, { id: '', name: '', entities: other }].filter((section) => section.entities.length > 0);
}
