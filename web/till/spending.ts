/** Points used like money: how many, the member's yes, and then the spending itself. */

import { newKey } from '../lib/api';
import { type Desk, failureOf } from './desk';
import type { Failure } from './queue';
import type { At, SpendForm, SpendScreen } from './screens';
import * as server from './server';
import type { SpendAnswer } from './types';

const ASK_AGAIN_MS = 1500; /* whether the member has said yes */

export class Spending {
  constructor(private readonly desk: Desk, private readonly home: () => void) {}

  /** F3: how many of the points on this card. */
  open(): void {
    const { screen, isBusy } = this.desk.state;
    if (screen.at !== 'member' || isBusy || !screen.found.spend || screen.found.spend.most === 0) return;
    const field = screen.found.spend.percent < 100 ? 'sale' : 'points';
    this.desk.show({ at: 'spend', from: screen, form: { points: '', sale: '', field }, isAsking: false, failure: null });
  }

  fill(patch: Partial<SpendForm>): void {
    const { screen } = this.desk.state;
    if (screen.at === 'spend' && !screen.isAsking)
      this.desk.set({ screen: { ...screen, form: { ...screen.form, ...patch }, failure: null } });
  }

  /** The most that can be spent, as far as the till can tell. */
  mostOf({ from, form }: SpendScreen): number {
    const { most, percent, step, least, yen } = from.found.spend!;
    if (percent === 100 || form.sale === '') return most;
    const share = Math.floor((Number(form.sale) * percent) / 100 / yen);
    const points = Math.min(most, share - (share % step));
    return points < least ? 0 : points;
  }

  /** Enter: what is typed; first the sale where that limits it. */
  async go(): Promise<void> {
    const { screen, isBusy } = this.desk.state;
    if (screen.at !== 'spend' || isBusy || screen.isAsking) return;
    if (screen.form.field === 'sale' && Number(screen.form.sale) > 0) return this.fill({ field: 'points' });
    const points = Number(screen.form.points);
    if (points < 1) return;
    const sale = Number(screen.form.sale);
    await this.attempt(screen, { scan: screen.from.found.scan, points, ...(sale > 0 && { yen: sale }) }, newKey(), true);
  }

  /** Spends when the member has said yes; else asks, and then again and again while this screen stays. */
  private async attempt(screen: SpendScreen, body: server.SpendBody, key: string, ask: boolean): Promise<void> {
    const { desk } = this;
    await desk.busy(async () => {
      try {
        const { agreed } = await server.quote({ ...body, ask });
        if (agreed) return await this.send(screen, body, key);
        const turn = desk.show({ ...screen, isAsking: true, failure: null });
        desk.outside.after(ASK_AGAIN_MS, () => void (desk.isAt(turn) && this.attempt(screen, body, key, false)));
      } catch (reason) {
        this.failed(failureOf(reason), screen, () => void this.attempt(screen, body, key, ask));
      }
    });
  }

  /** Without an answer the same key is sent again: the points may be spent already. */
  private async send(screen: SpendScreen, body: server.SpendBody, key: string): Promise<void> {
    try {
      this.spent(screen, await server.spend(body, key));
    } catch (reason) {
      this.failed(failureOf(reason), screen, () => void this.desk.busy(() => this.send(screen, body, key)));
    }
  }

  private spent(screen: SpendScreen, { transfer, points, worth, balance }: SpendAnswer): void {
    const { name, goal, unit } = screen.from.found.card;
    this.desk.offerUndo({ kind: 'spend', result: { amount: -points, unit, name, balance, goal, vouchers: [] }, transfer, seq: null });
    this.desk.outside.play('ok');
    this.desk.show({ at: 'spent', from: screen.from, points, worth, balance });
    void this.desk.readToday();
  }

  /** What can be put right is said in the form. */
  private failed(failure: Failure, screen: SpendScreen, again: () => void): void {
    this.desk.failed(failure, 'spend_unsure', () => {
      this.desk.outside.play('bad');
      this.desk.show({ ...screen, isAsking: false, failure });
      return true;
    }, again);
  }

  /** The sale itself may still earn points, on the same scan. */
  after({ from, balance }: At<'spent'>): void {
    const { found } = from;
    if (!found.may.grant) return this.home();
    const { spend, ...rest } = found;
    this.desk.show({ ...from, found: { ...rest, card: { ...found.card, balance } } });
  }
}
