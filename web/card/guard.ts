/** A brake on reloads: what fails again and again must end in a page with a button, not in a loop. */

const MAX = 2;
const WITHIN_MS = 60_000;

/**
 * May the page do `what` by itself once more? Counts as done when the answer is yes.
 * Without session storage nobody counts, so the answer is no.
 */
export function mayRepeat(what: string, now = Date.now(), storage: Storage | null = sessionStore()): boolean {
  const key = `stampd.did.${what}`;
  try {
    if (!storage) return false;
    const done = (JSON.parse(storage.getItem(key) ?? '[]') as number[]).filter((at) => now - at < WITHIN_MS);
    if (done.length >= MAX) return false;
    storage.setItem(key, JSON.stringify([...done, now]));
    return true;
  } catch {
    return false;
  }
}

/** It worked: later failures start counting anew. */
export function forget(what: string, storage: Storage | null = sessionStore()): void {
  try {
    storage?.removeItem(`stampd.did.${what}`);
  } catch {
    // nothing was kept
  }
}

export function sessionStore(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
