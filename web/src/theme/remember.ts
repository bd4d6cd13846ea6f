// A choice that this browser keeps. Storage may be forbidden or full: then the
// choice holds for as long as the page is open.

export function recall<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
  try {
    const stored = localStorage.getItem(key);
    return allowed.find((value) => value === stored) ?? fallback;
  } catch {
    return fallback;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Said above: the page goes on with the choice in memory.
  }
}
