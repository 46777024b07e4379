/**
 * Which code to show, and when to fetch more: by the server's clock, ahead of need, quiet about failures.
 *
 * The server gives three 30 s steps at a time; a code is shown from its `from` until its `until` and
 * never after, so that what is on the screen is always accepted.
 */
import type { Code, Codes } from '../lib/types';

/** Fetch when less than this is left: a loss of signal this short goes unnoticed. */
export const AHEAD_MS = 45_000;
const RETRY_MS = [2_000, 4_000, 8_000, 15_000];

export interface CodeKeeperIo {
  load(): Promise<Codes>;
  /** The code to show now; null when the last one has run out. Called on every change. */
  show(code: Code | null): void;
  /** Does the server answer? Called on every change, `true` not before the first failure. */
  online(is: boolean): void;
  /** This device's clock, and timers; given so that a test can turn them. */
  now(): number;
  after(ms: number, run: () => void): number;
  cancel(timer: number): void;
}

export class CodeKeeper {
  private codes: Code[] = [];
  private offsetMs = 0;
  private shown: Code | null | undefined;
  private timer: number | undefined;
  private failures = 0;
  private retryAt = 0;
  private isLoading = false;
  private isAsleep = false;

  constructor(private readonly io: CodeKeeperIo) {}

  /** What came with the page. `arrivedAt` is when, by this device's clock. */
  start(first: Codes | null, arrivedAt: number): void {
    if (first) this.take(first, arrivedAt);
    this.tick();
  }

  /** The page is hidden: nothing is fetched. */
  sleep(): void {
    this.isAsleep = true;
    this.stopTimer();
  }

  /** The page is seen again, or the network is back. */
  wake(): void {
    this.isAsleep = false;
    this.retryAt = 0;
    this.tick();
  }

  /** Fetches although there is enough: the page turned out to be an old copy. */
  renew(): void {
    this.codes = [];
    this.wake();
  }

  /** The server's clock, as far as we can tell. */
  serverNow(): number {
    return this.io.now() + this.offsetMs;
  }

  current(): Code | null {
    const now = this.serverNow();
    return this.codes.find((code) => code.from <= now && now < code.until) ?? null;
  }

  private take(answer: Codes, at: number): void {
    this.offsetMs = answer.now - at;
    this.codes = [...answer.codes].sort((a, b) => a.from - b.from);
  }

  /** Shows what is due, fetches what is short, and sleeps until the next thing to do. */
  private tick(): void {
    this.stopTimer();
    const code = this.current();
    if (code?.digits !== this.shown?.digits || this.shown === undefined) {
      this.shown = code;
      this.io.show(code);
    }
    if (this.isAsleep) return;

    const now = this.serverNow();
    const end = this.codes.reduce((latest, { until }) => Math.max(latest, until), now);
    const needAt = end - AHEAD_MS;
    if (needAt <= now && !this.isLoading && this.io.now() >= this.retryAt) void this.fetchMore();

    const waits = [code ? code.until - now : Infinity, this.nextFrom(now) - now];
    if (needAt > now) waits.push(needAt - now);
    else if (!this.isLoading) waits.push(this.retryAt - this.io.now());
    const wait = Math.min(...waits);
    if (wait < Infinity) this.timer = this.io.after(Math.max(wait, 50), () => this.tick());
  }

  private nextFrom(now: number): number {
    return this.codes.reduce((next, { from }) => (from > now ? Math.min(next, from) : next), Infinity);
  }

  private async fetchMore(): Promise<void> {
    this.isLoading = true;
    const asked = this.io.now();
    try {
      const answer = await this.io.load();
      this.take(answer, (asked + this.io.now()) / 2);
      if (this.failures > 0) this.io.online(true);
      this.failures = 0;
      this.retryAt = this.io.now() + RETRY_MS[0]!; // an answer without a usable code is not asked again at once
    } catch {
      this.retryAt = this.io.now() + RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)]!;
      if (this.failures++ === 0) this.io.online(false);
    } finally {
      this.isLoading = false;
      this.tick();
    }
  }

  private stopTimer(): void {
    if (this.timer !== undefined) this.io.cancel(this.timer);
    this.timer = undefined;
  }
}

/** "7112 3456": by fours, as the server groups them; what is grouped already stays. */
export const grouped = (text: string): string =>
  /^\d+$/.test(text) ? text.replace(/(\d{4})(?=\d)/g, '$1 ') : text;
