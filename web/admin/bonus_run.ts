/** Who of many members would get a bonus, and giving it to them one after another: without a page. */

import { api, ApiError, newKey } from '../lib/api';

export interface BonusEvent {
  event: string;
  title: string;
  units: number;
  once: 'ever' | 'year' | 'month' | 'day';
}

export interface BonusPlan {
  plan: number;
  name: string;
  unit: 'stamp' | 'point';
  events: BonusEvent[];
  levels: string[];
}

/** One member of those that were chosen. `error`: why they do not get it; `line`: of the list, 0 when there was none. */
export interface Line {
  line: number;
  card: number | null;
  member: number | null;
  error?: string;
}

export interface Wanted {
  plan: number;
  event: string;
  /** Of a list, one code each. Empty: all of `level`. */
  codes: { line: number; code: string }[];
  /** -1: whatever it is. */
  level: number;
}

const LOOK_MAX = 100; /* as the server takes them */
const PATIENCE_MS = 1000;

/** The first cell of each line of a list or a CSV file; a heading, which has no digit, is left out. */
export function codesOf(text: string): { line: number; code: string }[] {
  return text.split(/\r\n|\r|\n/)
    .map((row, i) => ({ line: i + 1, code: (row.split(/[,;\t]/)[0] ?? '').replace(/^\uFEFF?\s*"?|"?\s*$/g, '') }))
    .filter(({ line, code }) => code !== '' && (line > 1 || /[\d０-９]/.test(code)));
}

/** Whoever stands in a list twice gets it once. */
export function markTwice(lines: readonly Line[]): Line[] {
  const seen = new Set<number>();
  return lines.map((one) => {
    if (one.card === null || one.error !== undefined) return one;
    if (seen.has(one.card)) return { ...one, error: 'twice' };
    seen.add(one.card);
    return one;
  });
}

/** Everybody that is meant, a hundred at a time; `told` hears how many there are so far, and may end it with false. */
export async function lookAtAll(wanted: Wanted, told: (n: number) => boolean): Promise<Line[] | null> {
  const lines: Line[] = [];
  const isList = wanted.codes.length > 0;
  let after: number | null = 0;
  for (let at = 0; isList ? at < wanted.codes.length : after !== null; at += LOOK_MAX) {
    const some = wanted.codes.slice(at, at + LOOK_MAX);
    const answer: { lines: Omit<Line, 'line'>[]; after: number | null } = await patient(() => api.post('/api/admin/bonuses/look', {
      plan: wanted.plan, event: wanted.event, codes: some.map(({ code }) => code), level: wanted.level, after: after ?? 0 }));
    lines.push(...answer.lines.map((one, i) => ({ ...one, line: some[i]?.line ?? 0 })));
    after = answer.after;
    if (!told(lines.length)) return null;
  }
  return markTwice(lines);
}

/** A server that is asked too often is asked again a moment later. */
async function patient<T>(ask: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await ask();
    } catch (reason) {
      if (!(reason instanceof ApiError) || reason.status !== 429) throw reason;
      await new Promise((done) => { setTimeout(done, PATIENCE_MS); });
    }
}

/** What became of those that were to get it. */
export interface Given {
  given: number;
  refused: Line[];
  /** Not asked yet, or asked without an answer: asking again gives it once all the same. */
  left: Line[];
}

/** Gives to each of `left`; a card keeps its key, so that no try gives twice. Ends at the first call without an answer. */
export class Giving {
  private readonly keys = new Map<number, string>();
  state: Given;

  constructor(private readonly event: string, lines: readonly Line[]) {
    this.state = { given: 0, refused: [], left: lines.filter((one) => one.error === undefined) };
  }

  /** `told` hears of each; false ends it. Throws what is no matter of one member. */
  async run(told: (state: Given) => boolean): Promise<void> {
    for (let one = this.state.left[0]; one; one = this.state.left[0]) {
      const { given, refused } = await this.give(one);
      this.state = { given: this.state.given + given, refused: [...this.state.refused, ...refused], left: this.state.left.slice(1) };
      if (!told(this.state)) return;
    }
  }

  private async give(one: Line): Promise<{ given: number; refused: Line[] }> {
    const card = one.card ?? 0;
    const key = this.keys.get(card) ?? newKey();
    this.keys.set(card, key);
    try {
      await patient(() => api.post(`/api/admin/bonuses/${card}`, { event: this.event }, { key }));
      return { given: 1, refused: [] };
    } catch (reason) {
      if (reason instanceof ApiError && (reason.status === 409 || reason.status === 404)) return { given: 0, refused: [{ ...one, error: reason.word }] };
      throw reason;
    }
  }
}
