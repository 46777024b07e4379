/**
 * A manager looks for a mistake of another day, or of another till: on a card that has been scanned, or in
 * what the shop did of late. What undoing it does is shown before, in figures.
 */

import type { Desk } from './desk';
import type { At, MemberScreen } from './screens';
import * as server from './server';
import type { TakingBack } from './taking_back';
import type { PastLine, PastPlace } from './types';

export class LookingBack {
  constructor(private readonly desk: Desk, private readonly undoing: TakingBack) {}

  /** Cashiers keep to the list of today. */
  get isOffered(): boolean {
    const { info } = this.desk.state;
    return info.state === 'signed_in' && info.staff.role !== 'cashier';
  }

  /** Of this card; null: of the shop. */
  async open(card: MemberScreen | null): Promise<void> {
    if (!this.isOffered) return;
    const from = this.desk.state.screen;
    await this.read({ at: 'past', from, scan: card?.found.scan ?? null, name: card?.found.card.name ?? null, lines: [], next: null }, null);
  }

  async more(): Promise<void> {
    const { screen } = this.desk.state;
    if (screen.at === 'past' && screen.next) await this.read(screen, screen.next);
  }

  private async read(screen: At<'past'>, place: PastPlace | null): Promise<void> {
    await this.desk.look(() => server.readPast(screen.scan, place),
      ({ lines, next }) => this.desk.show({ ...screen, lines: [...screen.lines, ...lines], next }));
  }

  /** What undoing it would do; of a reward, and of what was exchanged for one, the line says all. */
  async choose(line: PastLine): Promise<void> {
    const { screen } = this.desk.state;
    if (screen.at !== 'past') return;
    if ('voucher' in line || line.undo !== 'reversal') return void this.desk.show({ at: 'past_ask', from: screen, line, ahead: null });
    await this.desk.look(() => server.foreseeReversal(line.transfer), (ahead) => this.desk.show({ at: 'past_ask', from: screen, line, ahead }));
  }

  /** Enter: what was shown is done. */
  async go(): Promise<void> {
    const { screen } = this.desk.state;
    if (screen.at !== 'past_ask') return;
    const { line } = screen;
    if ('voucher' in line) await this.undoing.unredeem(line.voucher);
    else await this.undoing.reverse({ transfer: line.transfer, kind: line.undo === 'swap' ? 'swap' : 'grant' });
  }
}
