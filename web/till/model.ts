/**
 * What the till shows and what a key, a tap or a scan does next.
 *
 * The one rule behind it: at every moment a scan means "the next customer", except while somebody
 * types a PIN. Nothing here touches the page; screens draw `state` and call the methods. What is done
 * with a card once it is read stands in files of its own, each on the same desk.
 */

import { newKey } from '../lib/api';
import { Desk, failureOf, isLost } from './desk';
import { Foretelling } from './foretelling';
import { Giving } from './giving';
import { Holding } from './holding';
import { LateCredit } from './late_credit';
import { LookingBack } from './looking_back';
import type { Queue } from './queue';
import { type Reading, read, textOf } from './reading';
import { Refunding } from './refunding';
import { Rewarding } from './rewarding';
import { emptySale, picked, retyped, typedYen } from './sale';
import type { Outside, PlanOfTill, Screen } from './screens';
import * as server from './server';
import type { MemberScan, VoucherScan } from './server';
import { Spending } from './spending';
import { TakingBack } from './taking_back';
import type { GrantAnswer, Person, TillAnswer } from './types';
import type { Scan, WedgeOptions } from './wedge';

export { pointsFor } from './giving';

const START_AGAIN_MS = 3000;
const PIN_DIGITS = 6;
const ENROL_DIGITS = 8;
const SLOWEST_MS = 400; /* between two characters, while a scanner is checked */

/** A digit on these begins a number by hand. */
const RESTING: readonly Screen['at'][] = ['ready', 'done', 'handed', 'undone', 'unredeemed'];

export class Till extends Desk {
  isQuick = false; /* one stamp at once for every scan that may have one */
  readonly giving = new Giving(this);
  readonly foretelling = new Foretelling(this, this.giving);
  readonly spending = new Spending(this, () => this.home(''));
  readonly late = new LateCredit(this, this.giving);
  readonly undoing = new TakingBack(this, this.giving);
  readonly looking = new LookingBack(this, this.undoing);
  readonly refunding = new Refunding(this);
  readonly rewarding = new Rewarding(this, this.giving);
  readonly holding = new Holding(this);

  constructor(outside: Outside, changed: () => void) {
    super(outside, changed);
  }

  get queue(): Queue<GrantAnswer> {
    return this.giving.queue;
  }

  set queue(queue: Queue<GrantAnswer>) {
    this.giving.queue = queue;
  }

  protected wake(): void {
    this.queue.wake();
  }

  // -------------------------------------------------------------- the page's own life

  async start(): Promise<void> {
    try {
      this.enter(await server.readTill());
      await this.queue.open();
    } catch {
      this.show({ at: 'unreachable' });
      this.outside.after(START_AGAIN_MS, () => void (this.state.screen.at === 'unreachable' && this.start()));
    }
  }

  /** Something changed in the queue. */
  queueChanged(): void {
    if (this.queue.isDown) this.lost();
    this.changed();
  }

  setOnline(isOnline: boolean): void {
    if (isOnline) void this.probe();
    else this.lost();
  }

  setKana(isKana: boolean): void {
    this.set({ isKana });
  }

  // -------------------------------------------------------------- keys, pads and scans

  /** Whether scans are to be dropped now, and how long a typed number may get. */
  get listening(): Partial<WedgeOptions> & { ignoreScans: boolean; minLength: number } {
    if (this.state.screen.at === 'scanner') return { ignoreScans: false, minLength: 4, medianMs: SLOWEST_MS };
    const isSecret = ['enrol', 'pin', 'loading', 'unreachable'].includes(this.state.screen.at);
    return isSecret ? { ignoreScans: true, minLength: ENROL_DIGITS + 2 } : { ignoreScans: false, minLength: 6 };
  }

  scan(scan: Scan): void {
    const { screen } = this.state;
    this.set({ lastScanAt: this.outside.now() });
    if (screen.at === 'scanner') this.set({ screen: { ...screen, heard: [...screen.heard, scan] } });
    else if (screen.at === 'people') this.show({ at: 'people', note: 'sign_in_first' });
    else void this.read(scan.text);
  }

  /** A digit, 'Enter' or 'Backspace', from the keyboard or from a pad on the screen. */
  type(key: string): void {
    const { screen, overlay, isBusy } = this.state;
    if (key === '?' || key === '/') return this.open(overlay === 'help' ? null : 'help');
    if (overlay || isBusy) return;
    if (/^\d$/.test(key)) this.digit(key, screen);
    else if (key === 'Backspace') this.retype(screen, (digits) => digits.slice(0, -1));
    else if (key === 'Enter') this.confirm();
    this.foretelling.look();
  }

  /** A kind of goods, of which the next digits are. */
  pickKind({ name, pieces }: { name: string; pieces: boolean }): void {
    const { screen } = this.state;
    if (screen.at !== 'member' && screen.at !== 'offline') return;
    this.set({ screen: picked(screen, name, pieces) });
    this.foretelling.look();
  }

  /** Stamps by what was bought, or as the cashier counts. */
  countBy(byGoods: boolean): void {
    this.giving.countBy(byGoods);
    this.foretelling.look();
  }

  private digit(digit: string, screen: Screen): void {
    if (RESTING.includes(screen.at))
      return void this.show({ at: 'entry', digits: digit });
    if ((screen.at === 'member' || screen.at === 'offline') && this.giving.counts(screen)) {
      if (digit >= '1' && digit <= '3') this.set({ screen: { ...screen, chosen: Number(digit) } });
      return;
    }
    this.retype(screen, (digits) => digits + digit);
  }

  private retype(screen: Screen, change: (digits: string) => string): void {
    if (screen.at === 'enrol') {
      this.set({ screen: { ...screen, digits: change(screen.digits).slice(0, ENROL_DIGITS), failure: null } });
      if (this.digits.length === ENROL_DIGITS) this.confirm();
    } else if (screen.at === 'pin') {
      this.set({ screen: { ...screen, digits: change(screen.digits).slice(0, PIN_DIGITS), failure: null } });
      if (this.digits.length === PIN_DIGITS) this.confirm();
    } else if (screen.at === 'entry') {
      const digits = change(screen.digits).slice(0, 22);
      this.set({ screen: digits === '' ? { at: 'ready' } : { ...screen, digits } });
    } else if (screen.at === 'spend') {
      this.spending.fill({ [screen.form.field]: typedYen(change(screen.form[screen.form.field])) });
    } else if (screen.at === 'member' || screen.at === 'offline') {
      this.set({ screen: retyped(screen, change) });
    } else if (screen.at === 'refund_part' || (screen.at === 'voucher' && screen.found.voucher.redeem?.min_yen)) {
      this.set({ screen: { ...screen, yen: typedYen(change(screen.yen)) } });
    }
  }

  private get digits(): string {
    const { screen } = this.state;
    return 'digits' in screen ? screen.digits : '';
  }

  /** Enter: the one obvious next thing. */
  confirm(): void {
    const { screen } = this.state;
    if (this.state.isBusy) return;
    if (screen.at === 'enrol' && screen.digits.length === ENROL_DIGITS) void this.enrol(screen.digits);
    else if (screen.at === 'pin' && screen.digits.length >= 4) void this.signIn(screen.staff, screen.digits);
    else if (screen.at === 'entry' && screen.digits) void this.read(screen.digits);
    else if (screen.at === 'member' || screen.at === 'offline') void this.giving.give();
    else if (screen.at === 'spend') void this.spending.go();
    else if (screen.at === 'spent') this.spending.after(screen);
    else if (screen.at === 'refund') void this.refunding.find();
    else if (screen.at === 'refund_part') void this.refunding.next();
    else if (screen.at === 'refund_ask') void this.refunding.refund();
    else if (screen.at === 'past_ask') void this.looking.go();
    else if (screen.at === 'voucher') void this.rewarding.handOver();
    else if (screen.at === 'swap_ask') void this.rewarding.swap();
    else if (screen.at === 'cancel_ask') void this.rewarding.cancel();
    else if (screen.at === 'release_ask') void this.holding.release();
    else if (screen.at === 'swapped' || screen.at === 'cancelled') this.rewarding.goOn(screen);
    else if (screen.at === 'released') this.holding.goOn(screen);
    else if (screen.at === 'problem' && screen.again) screen.again();
    else if (['problem', 'done', 'handed', 'undone', 'unredeemed', 'refunded'].includes(screen.at)) this.back();
  }

  /** Esc: one step towards Ready. */
  back(): void {
    const { screen, overlay, info, isBusy } = this.state;
    if (overlay) return this.open(null);
    if (isBusy) return;
    if (screen.at === 'today' && screen.asking !== null) return void this.show({ at: 'today', asking: null });
    if (screen.at === 'pin') return void this.show({ at: 'people', note: '' });
    if (screen.at === 'refund_part' || screen.at === 'refund_ask') return void this.show(this.refunding.back(screen));
    if (screen.at === 'past' || screen.at === 'past_ask') return void this.show(screen.from);
    if (screen.at === 'cancel_ask') return void this.show(screen.back);
    if (screen.at === 'late' || screen.at === 'spend' || screen.at === 'rewards' || screen.at === 'swap_ask' || screen.at === 'release_ask') return void this.show(screen.from);
    if (screen.at === 'scanner' || info.state === 'signed_in') this.home('');
  }

  // -------------------------------------------------------------- who is at the till

  private async enrol(code: string): Promise<void> {
    await this.busy(async () => {
      try {
        this.enter(await server.enrol(code));
      } catch (reason) {
        this.outside.play('bad');
        this.set({ screen: { at: 'enrol', digits: '', failure: failureOf(reason) } });
      }
    });
  }

  choose(staff: Person): void {
    this.show({ at: 'pin', staff, digits: '', failure: null, note: '' });
  }

  private async signIn(staff: Person, pin: string): Promise<void> {
    await this.busy(async () => {
      try {
        this.enter(await server.signIn(staff.id, pin));
        this.queue.wake();
      } catch (reason) {
        this.outside.play('bad');
        this.set({ screen: { at: 'pin', staff, digits: '', failure: failureOf(reason), note: '' } });
      }
    });
  }

  async lock(): Promise<void> {
    await server.lock().catch(() => undefined);
    await this.reenter('');
  }

  /** The same person can go on with their PIN. */
  async sessionOver(): Promise<void> {
    const { info } = this.state;
    const who = info.state === 'signed_in' ? info.staff : null;
    await this.reenter('session_over');
    if (who && this.state.screen.at === 'people')
      this.show({ at: 'pin', staff: who, digits: '', failure: null, note: 'session_over' });
  }

  private async reenter(note: string): Promise<void> {
    const { info } = this.state;
    try {
      this.enter(await server.readTill(), note);
    } catch {
      if (info.state !== 'new') this.enter({ ...info, state: 'enrolled' } as TillAnswer, note);
    }
  }

  private enter(info: TillAnswer, note = ''): void {
    if ('now' in info && typeof info.now === 'number') this.clockAhead = info.now - this.outside.now();
    this.set({ info, today: info.state === 'signed_in' ? this.state.today : null, undo: null, overlay: null });
    this.home(note);
    if (info.state === 'signed_in') void this.readToday();
  }

  /** The screen that a till waits on. */
  private home(note: string): void {
    const { info } = this.state;
    if (info.state === 'new') this.show({ at: 'enrol', digits: '', failure: null });
    else this.show(info.state === 'enrolled' ? { at: 'people', note } : { at: 'ready' });
  }

  // -------------------------------------------------------------- the scanner

  async checkScanner(): Promise<void> {
    const turn = this.show({ at: 'scanner', samples: [], heard: [], isLost: false });
    const { samples } = await server.readSamples().catch(() => ({ samples: [] }));
    const { screen } = this.state;
    if (this.isAt(turn) && screen.at === 'scanner')
      this.set({ screen: { ...screen, samples, isLost: samples.length === 0 } });
  }

  // -------------------------------------------------------------- a code

  async read(sent: string): Promise<void> {
    const { info, screen, isBusy } = this.state;
    if (info.state !== 'signed_in') return;
    if (isBusy) return this.hold(sent);
    const reading = read(sent);
    const code = textOf(sent);
    const local = this.refusedUnasked(reading);
    if (local) return this.problem(local, { code });

    const scannedAt = this.now();
    const turn = this.show({ at: 'reading', code });
    try {
      const found = this.state.isOnline ? await server.scanCode(code) : null;
      if (!this.isAt(turn)) return;
      if (found) return this.found(found, code, scannedAt);
    } catch (reason) {
      if (!this.isAt(turn)) return;
      const failure = failureOf(reason);
      if (!isLost(failure)) return this.refused(failure, () => void this.read(sent));
      this.lost();
    }
    void this.probe();
    const again = screen.at === 'voucher' ? null : () => void this.read(sent);
    if (reading.kind === 'member' || reading.kind === 'jan') this.showOffline(reading, code, scannedAt, info.plans);
    else if (reading.kind === 'voucher') this.problem('voucher_offline', {}, again);
    else if (reading.kind === 'static') this.problem('static_offline', { code }, again);
    else this.problem(`code_${reading.kind}`, { code });
  }

  /** Why this needs no server: it could be nobody's number, not even one that the chain brought with it. */
  private refusedUnasked({ kind, candidates }: Reading): string {
    return candidates.length === 0 && (kind === 'unreadable' || kind === 'unknown') ? `code_${kind}` : '';
  }

  /** The prefix of a JAN tells which of our cards it is; one of another prefix is the shop's own goods. */
  private showOffline({ kind, digits }: Reading, code: string, scannedAt: number, plans: PlanOfTill[]): void {
    const prefixed = kind === 'jan' ? plans.filter((plan) => plan.jan_prefix !== undefined) : [];
    const plan = prefixed.find((each) => digits.startsWith(String(each.jan_prefix)));
    if (prefixed.length > 0 && !plan) return this.problem('code_goods', { code });
    this.outside.play('read');
    this.show({ at: 'offline', code, scannedAt, unit: (plan ?? plans[0])?.unit ?? 'stamp', chosen: 1, ...emptySale });
  }

  private found(found: MemberScan | VoucherScan, code: string, scannedAt: number): void {
    this.set({ isOnline: true });
    this.outside.play(found.kind === 'member' && !found.may.grant ? 'bad' : 'read');
    if (found.kind === 'voucher') {
      this.show({ at: 'voucher', found, key: newKey(), yen: '' });
    } else {
      const turn = this.show({ at: 'member', found, code, scannedAt, chosen: 1, ...emptySale, ahead: null });
      this.foretelling.begin();
      this.outside.after(Math.max(0, found.until - this.now()), () => {
        if (this.isAt(turn) && this.state.screen.at === 'member' && !this.state.isBusy) this.show({ at: 'ready' });
      });
      if (this.isQuick && found.may.grant && !found.again && found.card.unit === 'stamp') void this.giving.give(1);
    }
  }
}
