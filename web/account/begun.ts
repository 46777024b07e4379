/**
 * What was typed or chosen before LINE's login, kept by this tab until it comes back from there: the person
 * finds it as it was and decides once more. It holds a birthday or a code, so it is read once and is gone.
 */
const KEY = 'stampd.begun';
const LIFE_MS = 10 * 60_000;

interface Begun {
  act: string;
  at: number;
  typed: Record<string, string>;
}

export function keepBegun(act: string, typed: Record<string, string> = {}): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ act, typed, at: Date.now() } satisfies Begun));
  } catch {
    // then it is typed once more
  }
}

/** What belongs to `act`; whatever else was kept is forgotten, too. */
export function takeBegun(act: string | null): Record<string, string> {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Begun | null;
    sessionStorage.removeItem(KEY);
    const age = kept ? Date.now() - kept.at : -1;
    return kept && kept.act === act && age >= 0 && age < LIFE_MS ? kept.typed : {};
  } catch {
    return {};
  }
}
