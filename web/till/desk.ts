/**
 * What every part of the till stands on: the state and the screen, one action at a time, what becomes of a
 * failure, and whether the server answers.
 *
 * Answers that come after the cashier has moved on are not shown: `show` tells a turn, and `isAt` whether it
 * is still that one's.
 */

import { newKey } from '../lib/api';
import type { Failure } from './queue';
import type { Outside, Overlay, Screen, State, Undo } from './screens';
import * as server from './server';

const DONE_MS = 3000;
const UNDO_MS = 10000;
const PROBE_MS = 3000;

export const failureOf = (reason: unknown): Failure => {
  const { status = 0, word = 'offline', facts = {} } = (reason ?? {}) as Partial<Failure>;
  return { status, word, facts };
};
export const isLost = (failure: Failure): boolean => failure.status === 0 || failure.status >= 502;

/** Says nothing about what was asked for, only that it is not answered now. */
const isLater = ({ status }: Failure): boolean => status === 429 || status === 503;

export abstract class Desk {
  state: State = {
    info: { state: 'new' }, screen: { at: 'loading' }, overlay: null, isOnline: true, isBusy: false, isKana: false,
    undo: null, today: null, lastScanAt: null,
  };
  protected clockAhead = 0; /* server's clock minus ours */
  private turn = 0;
  private held: string | null = null; /* the next customer's code, read while the last action was under way */
  private isProbing = false;

  constructor(readonly outside: Outside, protected readonly changed: () => void) {}

  abstract read(sent: string): Promise<void>;
  /** The staff session is over. */
  abstract sessionOver(): Promise<void>;
  /** Sends what waits: the server answers again. */
  protected abstract wake(): void;

  /** The server's time, as well as this till knows it. */
  now(): number {
    return this.outside.now() + this.clockAhead;
  }

  // -------------------------------------------------------------- the screen

  set(patch: Partial<State>): void {
    this.state = { ...this.state, ...patch };
    this.changed();
  }

  show(screen: Screen): number {
    this.set({ screen, overlay: null });
    return ++this.turn;
  }

  isAt(turn: number): boolean {
    return turn === this.turn;
  }

  open(overlay: Overlay): void {
    this.set({ overlay });
  }

  /** A screen that leaves by itself. */
  passing(screen: Screen): void {
    const turn = this.show(screen);
    this.outside.after(DONE_MS, () => void (this.isAt(turn) && this.show({ at: 'ready' })));
  }

  problem(word: string, facts: Record<string, unknown>, again: (() => void) | null = null): void {
    this.outside.play('bad');
    this.show({ at: 'problem', word, facts, again });
  }

  offerUndo(undo: Omit<Undo, 'key' | 'until'>): void {
    const offered = { ...undo, key: newKey(), until: this.outside.now() + UNDO_MS };
    this.set({ undo: offered });
    this.outside.after(UNDO_MS, () => void (this.state.undo === offered && this.set({ undo: null })));
  }

  // -------------------------------------------------------------- one action at a time

  async busy(work: () => Promise<void>): Promise<void> {
    this.set({ isBusy: true });
    try {
      await work();
    } finally {
      this.set({ isBusy: false });
      const { held } = this;
      this.held = null;
      if (held !== null && this.state.screen.at !== 'problem') void this.read(held); /* a refusal is read first */
    }
  }

  /** The next customer's card: it waits until the action under way is done. */
  protected hold(sent: string): void {
    this.held = sent;
  }

  /**
   * Changes something of value: `send` gets the key. Without an answer that is said by the problem `unsure`,
   * and the same goes out again under the same key; a refusal that `kept` does not take is a problem, too.
   */
  async change<Answer>(send: (key: string) => Promise<Answer>, { unsure, done, kept = () => false, key = newKey() }: {
    unsure: string; done: (answer: Answer) => void; kept?: (failure: Failure) => boolean; key?: string;
  }): Promise<void> {
    await this.busy(async () => {
      const again = (): void => void this.change(send, { unsure, done, kept, key });
      let answer: Answer;
      try {
        answer = await send(key);
      } catch (reason) {
        return this.failed(failureOf(reason), unsure, kept, again);
      }
      done(answer);
    });
  }

  /** Asks the server for something that writes nothing. A refusal that `kept` does not take is a problem. */
  async look<Answer>(send: () => Promise<Answer>, found: (answer: Answer) => void, kept: (failure: Failure) => boolean = () => false): Promise<void> {
    if (this.state.isBusy) return;
    await this.busy(async () => {
      try {
        found(await send());
      } catch (reason) {
        this.failed(failureOf(reason), 'no_answer', kept, () => void this.look(send, found, kept));
      }
    });
  }

  failed(failure: Failure, unsure: string, kept: (failure: Failure) => boolean, again: () => void): void {
    if (isLost(failure)) {
      this.lost();
      this.problem(unsure, {}, again);
    } else if (failure.status === 401 || isLater(failure) || !kept(failure)) {
      this.refused(failure, again);
    }
  }

  refused(failure: Failure, again: (() => void) | null): void {
    if (failure.status === 401) return void this.sessionOver();
    const word = isLater(failure) && failure.word !== 'clock_unsure' ? 'slow_down' : failure.word;
    this.problem(word, failure.facts, isLater(failure) ? again : null);
  }

  // -------------------------------------------------------------- what this till did

  async readToday(): Promise<void> {
    try {
      this.set({ today: await server.readToday(), isOnline: true });
    } catch (reason) {
      const failure = failureOf(reason);
      if (isLost(failure)) this.lost();
      else if (failure.status === 401) void this.sessionOver();
    }
  }

  // -------------------------------------------------------------- connection

  lost(): void {
    if (this.state.isOnline) this.set({ isOnline: false });
    void this.probe();
  }

  /** Asks again and again until the server answers; then sends what waits. */
  async probe(): Promise<void> {
    if (this.isProbing) return;
    this.isProbing = true;
    try {
      await server.readTill();
      this.isProbing = false;
      this.set({ isOnline: true });
      if (this.state.info.state === 'signed_in') {
        this.wake();
        void this.readToday();
      }
    } catch {
      this.set({ isOnline: false });
      this.outside.after(PROBE_MS, () => {
        this.isProbing = false;
        void this.probe();
      });
    }
  }
}
