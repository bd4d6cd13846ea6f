// What people are told: which notices a page shows, and how one is dismissed. It
// goes away for everybody, and only when the server says so.

import type { Notice } from '../protocol/model';

/** How many are shown before somebody asks for the others. */
export const few = 3;

/** Newest first; all of them, or a few. */
export function shown(notices: readonly Notice[], all: boolean): readonly Notice[] {
  const newest = notices.toReversed();
  return all ? newest : newest.slice(0, few);
}

/** The notice to go on with when one is gone: the next older one, else the next newer one. */
export function neighbour(list: readonly Notice[], id: number): number | null {
  const at = list.findIndex((notice) => notice.id === id);
  return (list[at + 1] ?? list[at - 1])?.id ?? null;
}

/** Whether the server has dismissed it, or somebody had before. */
export async function dismiss(id: number): Promise<boolean> {
  try {
    const { ok, status } = await fetch(`/api/notices/${id}`, { method: 'DELETE' });
    return ok || status === 404;
  } catch {
    return false;
  }
}

/** Dismisses one after the other, as long as the server does; whether it did them all. */
export async function dismissAll(ids: readonly number[]): Promise<boolean> {
  for (const id of ids) if (!(await dismiss(id))) return false;
  return true;
}
