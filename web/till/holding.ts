/** What a basket keeps of the card that was read, and its way back to the customer. */

import type { Desk } from './desk';
import type { At } from './screens';
import * as server from './server';
import type { Held } from './types';

export class Holding {
  constructor(private readonly desk: Desk) {}

  ask(held: Held): void {
    const { screen, isBusy } = this.desk.state;
    if (screen.at === 'member' && !isBusy && held.may_release) this.desk.show({ at: 'release_ask', from: screen, held });
  }

  async release(): Promise<void> {
    const { desk } = this;
    const { screen, isBusy } = desk.state;
    if (screen.at !== 'release_ask' || isBusy) return;
    const { from, held } = screen;
    await desk.change((key) => server.release(held.hold, key), {
      unsure: 'change_unsure',
      done: ({ back = 0, balance = from.found.card.balance }) => {
        desk.outside.play('ok');
        desk.show({ at: 'released', from, held, back, balance });
        void desk.readToday();
      },
    });
  }

  /** Enter: the card is read again, on the same scan, for it has more now. */
  goOn({ from }: At<'released'>): void {
    void this.desk.read(from.code);
  }
}
