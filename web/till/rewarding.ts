/** Vouchers that are handed over or cancelled, and points that are swapped for one. */

import type { Offer } from '../lib/types';
import { type Desk, failureOf, isLost } from './desk';
import type { Giving } from './giving';
import type { At, MemberScreen } from './screens';
import * as server from './server';

export class Rewarding {
  constructor(private readonly desk: Desk, private readonly giving: Giving) {}

  /** Points of this card are swapped here; a fixed number shows nobody's phone. */
  sells(screen: MemberScreen): boolean {
    return !!this.giving.planOf(screen)?.swaps && !screen.found.by_number;
  }

  get isManager(): boolean {
    const { info } = this.desk.state;
    return info.state === 'signed_in' && info.staff.role !== 'cashier';
  }

  /** F2: what can be done about rewards here. */
  open(): void {
    const { screen, isBusy } = this.desk.state;
    if (isBusy) return;
    if (screen.at === 'voucher') void this.handOver();
    else if (screen.at === 'member' && (screen.found.vouchers.length > 0 || this.sells(screen))) void this.show(screen);
  }

  private async show(from: MemberScreen): Promise<void> {
    const { desk } = this;
    const turn = desk.show({ at: 'rewards', from, offers: null, failure: null });
    if (!this.sells(from)) return;
    try {
      const offers = await server.readOffers(from.found.scan);
      if (desk.isAt(turn)) desk.set({ screen: { at: 'rewards', from, offers, failure: null } });
    } catch (reason) {
      if (!desk.isAt(turn)) return;
      const failure = failureOf(reason);
      if (isLost(failure)) desk.lost();
      if (failure.status === 401) return void desk.sessionOver();
      desk.set({ screen: { at: 'rewards', from, offers: null, failure: isLost(failure) ? { ...failure, word: 'change_unsure' } : failure } });
    }
  }

  // -------------------------------------------------------------- handed over

  /** Nothing that this till knows of stands in the way; the sale is told where the reward asks for one. */
  get canHandOver(): boolean {
    const { screen, isBusy } = this.desk.state;
    if (screen.at !== 'voucher' || isBusy || screen.found.voucher.reason) return false;
    return Number(screen.yen) >= (screen.found.voucher.redeem?.min_yen ?? 0);
  }

  async handOver(): Promise<void> {
    const { desk } = this;
    const { screen } = desk.state;
    if (screen.at !== 'voucher' || !this.canHandOver) return;
    const { found, key, yen } = screen;
    await desk.change((own) => server.redeem(found.voucher.id, found.token, own, Number(yen)), {
      unsure: 'redeem_unsure',
      key, /* of the scan: whichever way this screen comes back, it counts once */
      done: ({ title }) => {
        desk.outside.play('ok');
        desk.passing({ at: 'handed', title });
        void desk.readToday();
      },
    });
  }

  // -------------------------------------------------------------- swapped

  choose(offer: Offer): void {
    const { screen, isBusy } = this.desk.state;
    if (screen.at === 'rewards' && !isBusy && !offer.reason) this.desk.show({ at: 'swap_ask', from: screen, offer });
  }

  async swap(): Promise<void> {
    const { desk } = this;
    const { screen, isBusy } = desk.state;
    if (screen.at !== 'swap_ask' || isBusy) return;
    const { offer, from: { from } } = screen;
    const { name, unit, goal } = from.found.card;
    await desk.change((key) => server.swap(from.found.scan, offer.id, key), {
      unsure: 'change_unsure',
      done: (answer) => {
        const { transfer, amount, balance } = answer;
        if (answer.undo_until > 0) /* a code or a lot that was seen is not unseen */
          desk.offerUndo({ kind: 'swap', result: { amount: -amount, unit, name, balance, goal, vouchers: [] }, transfer, seq: null });
        desk.outside.play('ok');
        desk.show({ at: 'swapped', from, answer });
        void desk.readToday();
      },
    });
  }

  // -------------------------------------------------------------- cancelled

  /** By a manager: what that would do comes first. */
  async askCancel(voucher: number): Promise<void> {
    const { desk } = this;
    const { screen: back, isBusy } = desk.state;
    if (isBusy || !this.isManager) return;
    await desk.busy(async () => {
      try {
        desk.show({ at: 'cancel_ask', back, ahead: await server.quoteCancel(voucher) });
      } catch (reason) {
        desk.failed(failureOf(reason), 'change_unsure', () => false, () => {
          desk.show(back);
          void this.askCancel(voucher);
        });
      }
    });
  }

  async cancel(): Promise<void> {
    const { desk } = this;
    const { screen, isBusy } = desk.state;
    if (screen.at !== 'cancel_ask' || isBusy) return;
    const { ahead, back } = screen;
    await desk.change((key) => server.cancel(ahead.voucher, key), {
      unsure: 'change_unsure',
      done: () => {
        desk.outside.play('ok');
        desk.set({ undo: null }); /* it may have been that swap */
        desk.show({ at: 'cancelled', back, ahead });
        void desk.readToday();
      },
    });
  }

  /** Enter, when it is done: the card is read again, on the same scan, for it is another one now. */
  goOn(screen: At<'swapped'> | At<'cancelled'>): void {
    const from = screen.at === 'swapped' ? screen.from : screen.back.at === 'rewards' ? screen.back.from : null;
    if (from) void this.desk.read(from.code);
    else this.desk.show({ at: 'ready' });
  }
}
