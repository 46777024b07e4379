/** The last known state of a card on this phone: what is shown when a restored page is older than it. */

export interface Kept {
  /** The server's time of it. */
  now: number;
  balance: number;
  goal: number;
}

const name = (plan: number): string => `stampd.card.${plan}`;

/** Storage may be refused (private mode, full): then nothing is kept, and nothing breaks. */
export function keep(plan: number, kept: Kept, storage: Storage = localStorage): void {
  try {
    storage.setItem(name(plan), JSON.stringify(kept));
  } catch {
    // see above
  }
}

/** What is kept, if it is newer than `pageNow`. */
export function recall(plan: number, pageNow: number, storage: Storage = localStorage): Kept | null {
  try {
    const kept = JSON.parse(storage.getItem(name(plan)) ?? 'null') as Kept | null;
    const isWhole = kept !== null && [kept.now, kept.balance, kept.goal].every(Number.isSafeInteger);
    return isWhole && kept.now > pageNow ? kept : null;
  } catch {
    return null;
  }
}
