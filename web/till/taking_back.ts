/** Second thoughts: the last thing done, while it is fresh, and whatever the list of today has. */

import type { Desk } from './desk';
import type { Giving } from './giving';
import type { Asking, LineOf, Undo } from './screens';
import * as server from './server';
import type { TodayItem } from './server';

/** Yen of the sale behind a line that were not refunded yet. */
export const leftOf = (item: TodayItem): number => (item.reversed ? 0 : (item.sale ?? 0) - (item.refunded ?? 0));

export class TakingBack {
  constructor(private readonly desk: Desk, private readonly giving: Giving) {}

  /** F1: the last thing done while it is fresh; later, the list of today. */
  last(): void {
    const { undo, info, isBusy } = this.desk.state;
    if (info.state !== 'signed_in' || isBusy) return;
    if (undo) void this.takeBack(undo);
    else this.openToday();
  }

  private async takeBack(undo: Undo): Promise<void> {
    if (undo.transfer !== null) return this.reverse({ transfer: undo.transfer, kind: undo.kind }, undo.key);
    if (undo.seq !== null && await this.giving.queue.withdraw(undo.seq)) {
      this.desk.set({ undo: null });
      this.desk.passing({ at: 'undone', balance: null });
    } else {
      this.desk.problem('undo_later', {});
    }
  }

  /** A swap goes back with the voucher it was for, whatever else was done by itself. */
  async reverse({ transfer, kind }: { transfer: number; kind: Undo['kind'] | TodayItem['kind'] }, key?: string): Promise<void> {
    const { desk } = this;
    await desk.change((own) => (kind === 'swap' ? server.undoSwap(transfer, own) : server.reverse(transfer, own)), {
      unsure: 'undo_offline',
      done: ({ balance }) => {
        desk.set({ undo: null });
        desk.outside.play('ok');
        desk.passing({ at: 'undone', balance });
        void desk.readToday();
      },
      ...(key !== undefined && { key }),
    });
  }

  openToday(): void {
    this.desk.show({ at: 'today', asking: null });
    void this.desk.readToday();
  }

  /** What undoing it would do is shown before. What cannot be undone may still be refunded. */
  async ask(of: LineOf): Promise<void> {
    const { desk } = this;
    if (desk.state.isBusy) return;
    const show = (some: Partial<Asking>): void => void desk.show({ at: 'today', asking: { of, ahead: null, failure: null, ...some } });
    const item = 'transfer' in of && desk.state.today?.items.find(({ transfer }) => transfer === of.transfer);
    if (!item || !item.may_reverse || item.kind === 'swap') return show({});
    await desk.look(() => server.foreseeReversal(item.transfer), (ahead) => show({ ahead }), (failure) => {
      if (leftOf(item) > 0) show({ failure });
      return leftOf(item) > 0;
    });
  }

  /** A redemption that was a mistake. */
  async unredeem(voucher: number): Promise<void> {
    const { desk } = this;
    await desk.change((key) => server.unredeem(voucher, key), {
      unsure: 'undo_offline',
      done: ({ title }) => {
        desk.outside.play('ok');
        desk.passing({ at: 'unredeemed', title });
        void desk.readToday();
      },
    });
  }

  get recent(): TodayItem[] {
    return this.desk.state.today?.items.slice(0, 10) ?? [];
  }
}
