/** Stamps and points that are given: each is written down in the queue before it is sent. */

import type { Unit } from '../lib/types';
import type { Desk } from './desk';
import type { Give, Grant, Outcome, Queue } from './queue';
import { emptySale, giveOf } from './sale';
import type { At, Result, Screen } from './screens';
import type { GrantAnswer, TillPlan } from './types';

export function pointsFor(yen: number, plan: Pick<TillPlan, 'yen_per_point' | 'rounding'>): number {
  const each = Math.max(1, plan.yen_per_point);
  const half = plan.rounding === 'nearest' ? Math.floor(each / 2) : plan.rounding === 'up' ? each - 1 : 0;
  return Math.floor((yen + half) / each);
}

export class Giving {
  queue!: Queue<GrantAnswer>;

  constructor(private readonly desk: Desk) {}

  unitOf(screen: Screen): Unit {
    return screen.at === 'member' ? screen.found.card.unit : screen.at === 'offline' ? screen.unit : 'stamp';
  }

  /** The plan whose rules turn yen into points on this screen. */
  planOf(screen: Screen): TillPlan | null {
    const { info } = this.desk.state;
    if (info.state !== 'signed_in') return null;
    if (screen.at === 'member') return info.plans.find((plan) => plan.id === screen.found.card.plan) ?? null;
    return info.plans.find((plan) => plan.unit === this.unitOf(screen)) ?? null;
  }

  /** Whether the cashier says how many stamps it is: else a sale does, or what was bought. */
  counts(screen: At<'member'> | At<'offline'>): boolean {
    return this.unitOf(screen) === 'stamp' && !screen.byGoods;
  }

  /** Of stamps that some goods give: counted by the cashier, or by what was bought. */
  countBy(byGoods: boolean): void {
    const { screen } = this.desk.state;
    if (screen.at === 'member') this.desk.set({ screen: { ...screen, ...emptySale, byGoods } });
  }

  /** What the screen has chosen or typed, as it is sent; null: nothing yet, or no sum. */
  giveOf(screen: At<'member'> | At<'offline'>): Give | null {
    const plan = this.planOf(screen);
    if (this.counts(screen)) return { stamps: screen.chosen };
    return plan && giveOf(screen, plan);
  }

  /** Of a card that nobody could be asked about. */
  pick(unit: Unit): void {
    const { screen } = this.desk.state;
    if (screen.at === 'offline') this.desk.set({ screen: { ...screen, unit, ...emptySale } });
  }

  /** As far as the till can tell: by the rate and its rounding alone; 0: it cannot. */
  amountOf(give: Give, plan: TillPlan | null): number {
    if ('stamps' in give) return give.stamps * (plan?.stamps_each ?? 1);
    return plan?.unit === 'point' ? pointsFor(give.yen, plan) : 0;
  }

  /** Gives what is chosen on the screen, or `stamps`. */
  async give(stamps?: number): Promise<void> {
    const { screen, info, isBusy } = this.desk.state;
    if (isBusy || info.state !== 'signed_in' || (screen.at !== 'member' && screen.at !== 'offline')) return;
    if (screen.at === 'member' && !screen.found.may.grant) return;
    const unit = this.unitOf(screen);
    const plan = this.planOf(screen);
    const give = stamps ? { stamps } : this.giveOf(screen);
    const amount = give && this.amountOf(give, plan);
    if (!give || (!amount && !plan?.about)) return;
    const name = screen.at === 'member' ? screen.found.card.name : null;
    const grant: Grant = {
      scan: screen.at === 'member' ? screen.found.scan : null, code: screen.code, scannedAt: screen.scannedAt,
      give, name, staff: info.staff.name,
    };
    await this.desk.busy(async () => {
      try {
        const goal = screen.at === 'member' ? screen.found.card.goal : (plan?.goal ?? 0);
        this.given(await this.queue.give(grant), { amount: amount ?? 0, unit, name, balance: null, goal, vouchers: [] });
      } catch {
        this.desk.problem('not_kept', {}); /* the device could not write it down, so nothing was sent */
      }
    });
  }

  given(outcome: Outcome<GrantAnswer>, expected: Result): void {
    const { desk } = this;
    if (outcome.state === 'refused') return desk.refused(outcome.failure, null);
    const answer = outcome.state === 'done' ? outcome.answer : null;
    const result: Result = answer
      ? { amount: answer.amount, unit: answer.unit, name: expected.name, balance: answer.balance, goal: answer.goal, vouchers: answer.vouchers, parts: answer.parts, cut: answer.cut }
      : expected;
    desk.offerUndo({ kind: 'grant', result, transfer: answer?.transfer ?? null, seq: outcome.state === 'waiting' ? outcome.entry.seq : null });
    desk.outside.play(result.vouchers.length > 0 ? 'goal' : 'ok');
    if (!answer && this.queue.isSignedOut) return void desk.sessionOver();
    desk.passing({ at: 'done', result });
    if (answer) void desk.readToday();
  }
}
