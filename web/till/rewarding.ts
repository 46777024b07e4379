/** Vouchers that are handed over. */

import type { Desk } from './desk';
import * as server from './server';

export class Rewarding {
  constructor(private readonly desk: Desk) {}

  /** F2: what can be done about rewards here. */
  open(): void {
    const { screen } = this.desk.state;
    if (screen.at === 'voucher') void this.handOver();
    else if (screen.at === 'member') this.desk.set({ screen: { ...screen, hint: !screen.hint } });
  }

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
}
