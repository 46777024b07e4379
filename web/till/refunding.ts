/**
 * A sale that is given back, whole or in part: found by its receipt or on the list of today, then how much
 * of it, and what that takes from the card, before anything is written.
 */

import type { Desk } from './desk';
import type { Failure } from './queue';
import { read } from './reading';
import type { At, RefundOf, Screen } from './screens';
import * as server from './server';
import type { RefundAhead } from './types';

export class Refunding {
  constructor(private readonly desk: Desk) {}

  /** Sales in yen are what is refunded. */
  get isOffered(): boolean {
    const { info, today } = this.desk.state;
    if (info.state !== 'signed_in') return false;
    return info.plans.some((plan) => plan.unit === 'point') || !!today?.items.some((item) => item.sale !== undefined);
  }

  /** F4: which sale. */
  open(): void {
    if (this.isOffered && !this.desk.state.isBusy) this.desk.show({ at: 'refund', receipt: '', failure: null });
  }

  fill(receipt: string): void {
    const { screen } = this.desk.state;
    if (screen.at === 'refund') this.desk.set({ screen: { ...screen, receipt, failure: null } });
  }

  async find(): Promise<void> {
    const { screen } = this.desk.state;
    if (screen.at !== 'refund' || screen.receipt.trim() === '') return;
    if (['member', 'voucher'].includes(read(screen.receipt).kind)) return this.desk.read(screen.receipt); /* the next customer's card */
    await this.openSale({ receipt: screen.receipt.trim() });
  }

  /** All that is left of a sale. */
  async openSale(of: RefundOf): Promise<void> {
    const { screen } = this.desk.state;
    await this.look(of, (sale) => this.desk.show({ at: 'refund_part', back: screen, sale, yen: '', failure: null }),
      (failure) => (screen.at === 'refund' ? this.desk.show({ ...screen, failure }) : this.desk.problem(failure.word, failure.facts)));
  }

  /** Enter: nothing typed is all of it. */
  async next(): Promise<void> {
    const { screen } = this.desk.state;
    if (screen.at !== 'refund_part') return;
    const { sale, yen } = screen;
    await this.look({ transfer: sale.transfer, yen: yen === '' ? sale.yen : Number(yen) },
      (ahead) => this.desk.show({ at: 'refund_ask', from: screen, ahead }),
      (failure) => this.desk.show({ ...screen, failure }));
  }

  /** Asks what a refund would do; nothing is written. */
  private async look(of: RefundOf, found: (ahead: RefundAhead) => void, kept: (failure: Failure) => void): Promise<void> {
    const { desk } = this;
    await desk.look(() => server.quoteRefund(of), found, (failure) => {
      desk.outside.play('bad');
      kept(failure);
      return true;
    });
  }

  /** What was shown, and no other amount: so it says the yen, also of all that is left. */
  async refund(): Promise<void> {
    const { desk } = this;
    const { screen, isBusy } = desk.state;
    if (screen.at !== 'refund_ask' || isBusy) return;
    const { transfer, yen } = screen.ahead;
    await desk.change((key) => server.refund({ transfer, yen }, key), {
      unsure: 'change_unsure',
      done: (answer) => {
        desk.outside.play('ok');
        desk.set({ undo: null }); /* it may have been that sale */
        desk.show({ at: 'refunded', ahead: screen.ahead, answer });
        void desk.readToday();
      },
    });
  }

  /** Esc: one step back towards where it began. */
  back(screen: At<'refund_part'> | At<'refund_ask'>): Screen {
    return screen.at === 'refund_ask' ? screen.from : screen.back;
  }
}
