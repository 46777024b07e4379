/**
 * What a grant will give, told before anybody presses: by the server wherever more than the rate and its
 * rounding counts. Until its answer is there, and without a connection, the till's own sum is "about".
 */

import { type Desk, failureOf, isLost } from './desk';
import type { Giving } from './giving';
import type { Failure, Give } from './queue';
import * as server from './server';
import type { GrantAhead } from './types';

const WAIT_MS = 150; /* for the next digit */

/** The server's word on what stands on the screen. */
export interface Ahead {
  of: string; /* what was asked, as text */
  answer: GrantAhead | null;
  failure: Failure | null;
}

export class Foretelling {
  private asked = '';

  constructor(private readonly desk: Desk, private readonly giving: Giving) {}

  /** Something on the screen changed. */
  look(): void {
    const give = this.give();
    const of = give ? JSON.stringify(give) : '';
    if (of === this.asked) return;
    this.asked = of;
    if (give) this.desk.outside.after(WAIT_MS, () => void (of === this.asked && this.ask(of, give)));
  }

  /** A new card: what was asked for the last one does not count. */
  begin(): void {
    this.asked = '';
    this.look();
  }

  /** What would be sent, of a card that has been read and whose plan has such rules. */
  private give(): Give | null {
    const { screen } = this.desk.state;
    const plan = this.giving.planOf(screen);
    return screen.at === 'member' && screen.found.may.grant && plan?.about ? this.giving.giveOf(screen) : null;
  }

  private async ask(of: string, give: Give): Promise<void> {
    const { screen } = this.desk.state;
    if (screen.at !== 'member') return;
    try {
      this.put({ of, answer: await server.quoteGrant({ scan: screen.found.scan, ...give }), failure: null });
    } catch (reason) {
      const failure = failureOf(reason);
      if (!isLost(failure) && failure.status === 409) this.put({ of, answer: null, failure }); /* else it stays "about" */
    }
  }

  private put(ahead: Ahead): void {
    const { screen } = this.desk.state;
    if (screen.at === 'member' && ahead.of === this.asked) this.desk.set({ screen: { ...screen, ahead } });
  }

  /** Of what stands on the screen now; null: not known. */
  get known(): Ahead | null {
    const { screen } = this.desk.state;
    const give = this.give();
    return screen.at === 'member' && give && screen.ahead?.of === JSON.stringify(give) ? screen.ahead : null;
  }
}
