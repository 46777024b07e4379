/** Credit afterwards: for a sale that was made without the card. */

import type { Desk } from './desk';
import type { Giving } from './giving';
import { read } from './reading';
import type { LateForm } from './screens';
import * as server from './server';

/** A time as a field for date and time takes it: local, to the minute. */
const fieldOf = (at: number): string =>
  new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

export class LateCredit {
  constructor(private readonly desk: Desk, private readonly giving: Giving) {}

  open(): void {
    const { screen, isBusy } = this.desk.state;
    if (screen.at !== 'member' || isBusy) return;
    const form: LateForm = { receipt: '', soldAt: fieldOf(this.desk.now()), stamps: 1, yen: '', reason: null };
    this.desk.show({ at: 'late', from: screen, form, failure: null });
  }

  fill(patch: Partial<LateForm>): void {
    const { screen } = this.desk.state;
    if (screen.at === 'late') this.desk.set({ screen: { ...screen, form: { ...screen.form, ...patch }, failure: null } });
  }

  /** Nothing that the form needs is missing. */
  get isReady(): boolean {
    const { screen, isBusy } = this.desk.state;
    if (screen.at !== 'late' || isBusy) return false;
    const { form, from } = screen;
    const amount = from.found.card.unit === 'stamp' ? form.stamps : Number(form.yen);
    return amount >= 1 && form.reason !== null && !Number.isNaN(Date.parse(form.soldAt));
  }

  async credit(): Promise<void> {
    const { desk } = this;
    const { screen } = desk.state;
    if (screen.at !== 'late' || !this.isReady) return;
    const { form, from: { found } } = screen;
    if (['member', 'voucher'].includes(read(form.receipt).kind)) return desk.read(form.receipt); /* the next customer's card */
    const { unit, name, goal } = found.card;
    const give = unit === 'stamp' ? { stamps: form.stamps } : { yen: Number(form.yen) };
    const receipt = form.receipt.trim();
    const body: server.LateBody = { scan: found.scan, ...(receipt && { receipt }), sold_at: Date.parse(form.soldAt), ...give, reason: form.reason! };
    await desk.change((key) => server.creditLate(body, key), {
      unsure: 'late_unsure',
      done: (answer) => this.giving.given({ state: 'done', answer }, { amount: answer.amount, unit, name, balance: answer.balance, goal, vouchers: [] }),
      kept: (failure) => { /* what can be put right is said in the form */
        desk.outside.play('bad');
        desk.show({ ...screen, failure });
        return true;
      },
    });
  }
}
