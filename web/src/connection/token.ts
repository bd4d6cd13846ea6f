// The token that the server keeps in its state directory, exchanged for a
// cookie that scripts cannot read. It is never stored by the page.

/** The token in a fragment such as "#token=abc", or null. */
export function tokenOf(fragment: string): string | null {
  const token = new URLSearchParams(fragment.replace(/^#/, '')).get('token');
  return token === null || token === '' ? null : token;
}

/** Takes the token out of the address, so that it is in no history and no bookmark. */
export function takeToken(): string | null {
  const token = tokenOf(location.hash);
  if (token !== null) history.replaceState(null, '', location.pathname + location.search);
  return token;
}

export type Exchange = 'accepted' | 'refused' | 'unreachable';

export async function exchange(token: string): Promise<Exchange> {
  try {
    const response = await fetch('/api/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    if (response.ok) return 'accepted';
    return response.status >= 500 ? 'unreachable' : 'refused';
  } catch {
    return 'unreachable';
  }
}

/** Whether the server lets nobody in without a token: on a loopback address it needs none. */
export async function tokenNeeded(): Promise<boolean> {
  try {
    return (await fetch('/api/house', { credentials: 'omit', cache: 'no-store' })).status === 401;
  } catch {
    return false;
  }
}

/** Makes this browser forget its session. */
export async function leave(): Promise<boolean> {
  try {
    return (await fetch('/api/session', { method: 'DELETE' })).ok;
  } catch {
    return false;
  }
}
