/**
 * What the till shows and what a key, a tap or a scan does next.
 *
 * The one rule behind it: at every moment a scan means "the next customer", except while somebody
 * types a PIN. Nothing here touches the page; screens draw `state` and call the methods.
 */

import { newKey } from '../lib/api';
import type { GrantAnswer, Part, Person, SpendAnswer, TillAnswer, TillPlan, TillToday, Unit } from '../lib/types';
import type { Failure, Grant, Outcome, Queue } from './queue';
import { type Reading, read, textOf } from './reading';
import * as server from './server';
import type { LateReason, MemberScan, Sample, TodayItem, VoucherScan } from './server';
import type { Tune } from './sound';
import type { Scan, WedgeOptions } from './wedge';

export interface Result {
  amount: number;
  unit: Unit;
  name: string | null;
  balance: number | null; /* null: not known yet, the grant is queued */
  goal: number;
  vouchers: { id: number; title: string }[];
  parts?: Part[]; /* why it was so much */
  cut?: boolean; /* the customer's limit for the day took some */
}

/** A sale that is credited afterwards, as it is being filled in. */
export interface LateForm {
  receipt: string;
  soldAt: string; /* as a field for date and time has it, in the till's own zone */
  stamps: number;
  yen: string;
  reason: LateReason | null;
}

type MemberScreen = { at: 'member'; found: MemberScan; code: string; scannedAt: number; chosen: number; yen: string; hint: boolean };

/** Points to be used, as they are typed; where the plan limits their share, the sale as well. */
export interface SpendForm {
  points: string;
  sale: string;
  field: 'points' | 'sale';
}

type SpendScreen = Extract<Screen, { at: 'spend' }>;

/** What the list of today asks about before it is undone. */
export type Asking = { transfer: number } | { voucher: number };

export type Screen =
  | { at: 'loading' }
  | { at: 'unreachable' }
  | { at: 'enrol'; digits: string; failure: Failure | null }
  | { at: 'people'; note: string }
  | { at: 'pin'; staff: Person; digits: string; failure: Failure | null; note: string }
  | { at: 'ready' }
  | { at: 'entry'; digits: string }
  | { at: 'reading'; code: string }
  | MemberScreen
  | { at: 'spend'; from: MemberScreen; form: SpendForm; isAsking: boolean; failure: Failure | null }
  | { at: 'spent'; from: MemberScreen; points: number; worth: number; balance: number }
  | { at: 'late'; from: MemberScreen; form: LateForm; failure: Failure | null }
  | { at: 'offline'; code: string; scannedAt: number; unit: Unit; chosen: number; yen: string }
  | { at: 'voucher'; found: VoucherScan; key: string; yen: string }
  | { at: 'done'; result: Result }
  | { at: 'handed'; title: string }
  | { at: 'unredeemed'; title: string }
  | { at: 'undone'; balance: number | null }
  | { at: 'problem'; word: string; facts: Record<string, unknown>; again: (() => void) | null }
  | { at: 'today'; asking: Asking | null }
  | { at: 'scanner'; samples: Sample[]; heard: Scan[]; isLost: boolean };

/** What the last grant was, for ten seconds of second thoughts. */
export interface Undo {
  result: Result;
  transfer: number | null; /* null: still queued, under `seq` */
  seq: number | null;
  key: string;
  until: number;
}

export type Overlay = 'help' | 'queue' | 'settings' | null;

export interface State {
  info: TillAnswer;
  screen: Screen;
  overlay: Overlay;
  isOnline: boolean;
  isBusy: boolean;
  isKana: boolean;
  undo: Undo | null;
  today: TillToday | null;
  lastScanAt: number | null;
}

export interface Outside {
  now(): number;
  after(ms: number, work: () => void): void;
  play(tune: Tune): void;
}

type PlanOfTill = TillPlan & { jan_prefix?: number };

const DONE_MS = 3000;
const ASK_AGAIN_MS = 1500; /* whether the member has said yes */
const UNDO_MS = 10000;
const PROBE_MS = 3000;
const PIN_DIGITS = 6;
const ENROL_DIGITS = 8;
const YEN_DIGITS = 8;
const SLOWEST_MS = 400; /* between two characters, while a scanner is checked */

export function pointsFor(yen: number, plan: Pick<TillPlan, 'yen_per_point' | 'rounding'>): number {
  const each = Math.max(1, plan.yen_per_point);
  const half = plan.rounding === 'nearest' ? Math.floor(each / 2) : plan.rounding === 'up' ? each - 1 : 0;
  return Math.floor((yen + half) / each);
}

const failureOf = (reason: unknown): Failure => {
  const { status = 0, word = 'offline', facts = {} } = (reason ?? {}) as Partial<Failure>;
  return { status, word, facts };
};
const isLost = (failure: Failure): boolean => failure.status === 0 || failure.status >= 502;

/** A time as a field for date and time takes it: local, to the minute. */
const fieldOf = (at: number): string =>
  new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

export class Till {
  state: State = {
    info: { state: 'new' }, screen: { at: 'loading' }, overlay: null, isOnline: true, isBusy: false, isKana: false,
    undo: null, today: null, lastScanAt: null,
  };
  queue!: Queue<GrantAnswer>;
  isQuick = false; /* one stamp at once for every scan that may have one */
  private turn = 0; /* answers that come after the cashier has moved on are not shown */
  private held: string | null = null; /* the next customer's code, read while the last grant was under way */
  private clockAhead = 0; /* server's clock minus ours */
  private isProbing = false;

  constructor(private readonly outside: Outside, private readonly changed: () => void) {}

  // -------------------------------------------------------------- the page's own life

  async start(): Promise<void> {
    try {
      this.enter(await server.readTill());
      await this.queue.open();
    } catch {
      this.show({ at: 'unreachable' });
      this.outside.after(PROBE_MS, () => void (this.state.screen.at === 'unreachable' && this.start()));
    }
  }

  /** The server's time, as well as this till knows it. */
  now(): number {
    return this.outside.now() + this.clockAhead;
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

  open(overlay: Overlay): void {
    this.set({ overlay });
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
  }

  private digit(digit: string, screen: Screen): void {
    if (screen.at === 'ready' || screen.at === 'done' || screen.at === 'handed' || screen.at === 'undone' || screen.at === 'unredeemed')
      return void this.show({ at: 'entry', digits: digit });
    if ((screen.at === 'member' || screen.at === 'offline') && this.unitOf(screen) === 'stamp') {
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
      const typed = change(screen.form[screen.form.field]).replace(/^0+/, '').slice(0, YEN_DIGITS);
      this.fillSpend({ [screen.form.field]: typed });
    } else if (screen.at === 'member' || screen.at === 'offline' || (screen.at === 'voucher' && screen.found.voucher.redeem?.min_yen)) {
      this.set({ screen: { ...screen, yen: change(screen.yen).replace(/^0+/, '').slice(0, YEN_DIGITS) } });
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
    else if (screen.at === 'member' || screen.at === 'offline') void this.give();
    else if (screen.at === 'spend') void this.spend();
    else if (screen.at === 'spent') this.afterSpending(screen);
    else if (screen.at === 'voucher') void this.handOver();
    else if (screen.at === 'problem' && screen.again) screen.again();
    else if (['problem', 'done', 'handed', 'undone', 'unredeemed'].includes(screen.at)) this.back();
  }

  /** Esc: one step towards Ready. */
  back(): void {
    const { screen, overlay, info, isBusy } = this.state;
    if (overlay) return this.open(null);
    if (isBusy) return;
    if (screen.at === 'today' && screen.asking !== null) return void this.show({ at: 'today', asking: null });
    if (screen.at === 'pin') return void this.show({ at: 'people', note: '' });
    if (screen.at === 'late' || screen.at === 'spend') return void this.show(screen.from);
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

  /** The staff session is over: the same person can go on with their PIN. */
  private async sessionOver(): Promise<void> {
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
    if (turn === this.turn && screen.at === 'scanner')
      this.set({ screen: { ...screen, samples, isLost: samples.length === 0 } });
  }

  // -------------------------------------------------------------- a code

  async read(sent: string): Promise<void> {
    const { info, screen, isBusy } = this.state;
    if (info.state !== 'signed_in') return;
    if (isBusy) {
      this.held = sent;
      return;
    }
    const reading = read(sent);
    const code = textOf(sent);
    const local = this.refusedUnasked(reading);
    if (local) return this.problem(local, { code });

    const scannedAt = this.now();
    const turn = this.show({ at: 'reading', code });
    try {
      const found = this.state.isOnline ? await server.scanCode(code) : null;
      if (turn !== this.turn) return;
      if (found) return this.found(found, code, scannedAt);
    } catch (reason) {
      if (turn !== this.turn) return;
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
    this.show({ at: 'offline', code, scannedAt, unit: (plan ?? plans[0])?.unit ?? 'stamp', chosen: 1, yen: '' });
  }

  private found(found: MemberScan | VoucherScan, code: string, scannedAt: number): void {
    this.set({ isOnline: true });
    this.outside.play(found.kind === 'member' && !found.may.grant ? 'bad' : 'read');
    if (found.kind === 'voucher') {
      this.show({ at: 'voucher', found, key: newKey(), yen: '' });
    } else {
      const turn = this.show({ at: 'member', found, code, scannedAt, chosen: 1, yen: '', hint: false });
      this.outside.after(Math.max(0, found.until - this.now()), () => {
        if (turn === this.turn && this.state.screen.at === 'member' && !this.state.isBusy) this.show({ at: 'ready' });
      });
      if (this.isQuick && found.may.grant && !found.again && found.card.unit === 'stamp') void this.give(1);
    }
  }

  // -------------------------------------------------------------- giving

  unitOf(screen: Screen): Unit {
    return screen.at === 'member' ? screen.found.card.unit : screen.at === 'offline' ? screen.unit : 'stamp';
  }

  /** The plan whose rules turn yen into points on this screen. */
  planOf(screen: Screen): TillPlan | null {
    const { info } = this.state;
    if (info.state !== 'signed_in') return null;
    if (screen.at === 'member') return info.plans.find((plan) => plan.id === screen.found.card.plan) ?? null;
    return info.plans.find((plan) => plan.unit === this.unitOf(screen)) ?? null;
  }

  pick(unit: Unit): void {
    const { screen } = this.state;
    if (screen.at === 'offline') this.set({ screen: { ...screen, unit, yen: '' } });
  }

  /** Gives what is chosen on the screen, or `stamps`. */
  async give(stamps?: number): Promise<void> {
    const { screen, info, isBusy } = this.state;
    if (isBusy || info.state !== 'signed_in' || (screen.at !== 'member' && screen.at !== 'offline')) return;
    if (screen.at === 'member' && !screen.found.may.grant) return;
    const unit = this.unitOf(screen);
    const plan = this.planOf(screen);
    const yen = Number(screen.yen);
    const amount = unit === 'stamp' ? (stamps ?? screen.chosen) : plan ? pointsFor(yen, plan) : 0;
    if (amount < 1) return;
    const name = screen.at === 'member' ? screen.found.card.name : null;
    const grant: Grant = {
      scan: screen.at === 'member' ? screen.found.scan : null, code: screen.code, scannedAt: screen.scannedAt,
      give: unit === 'stamp' ? { stamps: amount } : { yen }, name, staff: info.staff.name,
    };
    await this.busy(async () => {
      try {
        const goal = screen.at === 'member' ? screen.found.card.goal : (plan?.goal ?? 0);
        this.given(await this.queue.give(grant), { amount, unit, name, balance: null, goal, vouchers: [] });
      } catch {
        this.problem('not_kept', {}); /* the device could not write it down, so nothing was sent */
      }
    });
  }

  private given(outcome: Outcome<GrantAnswer>, expected: Result): void {
    if (outcome.state === 'refused') return this.refused(outcome.failure, null);
    const answer = outcome.state === 'done' ? outcome.answer : null;
    const result: Result = answer
      ? { amount: answer.amount, unit: answer.unit, name: expected.name, balance: answer.balance, goal: answer.goal, vouchers: answer.vouchers, parts: answer.parts, cut: answer.cut }
      : expected;
    const undo: Undo = {
      result, transfer: answer?.transfer ?? null, seq: outcome.state === 'waiting' ? outcome.entry.seq : null,
      key: newKey(), until: this.outside.now() + UNDO_MS,
    };
    this.offerUndo(undo);
    this.outside.play(result.vouchers.length > 0 ? 'goal' : 'ok');
    if (!answer && this.queue.isSignedOut) return void this.sessionOver();
    this.passing({ at: 'done', result });
    if (answer) void this.readToday();
  }

  private offerUndo(undo: Undo): void {
    this.set({ undo });
    this.outside.after(UNDO_MS, () => void (this.state.undo === undo && this.set({ undo: null })));
  }

  // -------------------------------------------------------------- points used

  /** F3: how many of the points on this card. */
  openSpend(): void {
    const { screen, isBusy } = this.state;
    if (screen.at !== 'member' || isBusy || !screen.found.spend || screen.found.spend.most === 0) return;
    const field = screen.found.spend.percent < 100 ? 'sale' : 'points';
    this.show({ at: 'spend', from: screen, form: { points: '', sale: '', field }, isAsking: false, failure: null });
  }

  fillSpend(patch: Partial<SpendForm>): void {
    const { screen } = this.state;
    if (screen.at === 'spend' && !screen.isAsking)
      this.set({ screen: { ...screen, form: { ...screen.form, ...patch }, failure: null } });
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
  async spend(): Promise<void> {
    const { screen, isBusy } = this.state;
    if (screen.at !== 'spend' || isBusy || screen.isAsking) return;
    if (screen.form.field === 'sale' && Number(screen.form.sale) > 0) return this.fillSpend({ field: 'points' });
    const points = Number(screen.form.points);
    if (points < 1) return;
    const sale = Number(screen.form.sale);
    await this.trySpend(screen, { scan: screen.from.found.scan, points, ...(sale > 0 && { yen: sale }) }, newKey(), true);
  }

  /** Spends when the member has said yes; else asks, and then again and again while this screen stays. */
  private async trySpend(screen: SpendScreen, body: server.SpendBody, key: string, ask: boolean): Promise<void> {
    await this.busy(async () => {
      try {
        const { agreed } = await server.quote({ ...body, ask });
        if (agreed) return await this.sendSpend(screen, body, key);
        const turn = this.show({ ...screen, isAsking: true, failure: null });
        this.outside.after(ASK_AGAIN_MS, () => void (turn === this.turn && this.trySpend(screen, body, key, false)));
      } catch (reason) {
        this.spendFailed(failureOf(reason), screen, () => void this.trySpend(screen, body, key, ask));
      }
    });
  }

  /** Without an answer the same key is sent again: the points may be spent already. */
  private async sendSpend(screen: SpendScreen, body: server.SpendBody, key: string): Promise<void> {
    try {
      this.spent(screen, await server.spend(body, key));
    } catch (reason) {
      this.spendFailed(failureOf(reason), screen, () => void this.busy(() => this.sendSpend(screen, body, key)));
    }
  }

  private spent(screen: SpendScreen, { transfer, points, worth, balance }: SpendAnswer): void {
    const { name, goal, unit } = screen.from.found.card;
    const result: Result = { amount: -points, unit, name, balance, goal, vouchers: [] };
    this.offerUndo({ result, transfer, seq: null, key: newKey(), until: this.outside.now() + UNDO_MS });
    this.outside.play('ok');
    this.show({ at: 'spent', from: screen.from, points, worth, balance });
    void this.readToday();
  }

  /** What can be put right is said in the form. */
  private spendFailed(failure: Failure, screen: SpendScreen, again: () => void): void {
    if (isLost(failure)) {
      this.lost();
      this.problem('spend_unsure', {}, again);
    } else if (failure.status === 401 || failure.status === 429 || failure.status === 503) {
      this.refused(failure, again);
    } else {
      this.outside.play('bad');
      this.show({ ...screen, isAsking: false, failure });
    }
  }

  /** The sale itself may still earn points, on the same scan. */
  afterSpending({ from, balance }: Extract<Screen, { at: 'spent' }>): void {
    const { found } = from;
    if (!found.may.grant) return this.home('');
    const { spend, ...rest } = found;
    this.show({ ...from, found: { ...rest, card: { ...found.card, balance } } });
  }

  // -------------------------------------------------------------- credit afterwards

  openLate(): void {
    const { screen } = this.state;
    if (screen.at !== 'member' || this.state.isBusy) return;
    const form: LateForm = { receipt: '', soldAt: fieldOf(this.now()), stamps: 1, yen: '', reason: null };
    this.show({ at: 'late', from: screen, form, failure: null });
  }

  fillLate(patch: Partial<LateForm>): void {
    const { screen } = this.state;
    if (screen.at === 'late') this.set({ screen: { ...screen, form: { ...screen.form, ...patch }, failure: null } });
  }

  /** What the form lacks before it can be sent. */
  get isLateReady(): boolean {
    const { screen } = this.state;
    if (screen.at !== 'late' || this.state.isBusy) return false;
    const { form, from } = screen;
    const amount = from.found.card.unit === 'stamp' ? form.stamps : Number(form.yen);
    return amount >= 1 && form.reason !== null && !Number.isNaN(Date.parse(form.soldAt));
  }

  async creditLate(key = newKey()): Promise<void> {
    const { screen } = this.state;
    if (screen.at !== 'late' || !this.isLateReady) return;
    const { form, from: { found } } = screen;
    if (['member', 'voucher'].includes(read(form.receipt).kind)) return this.read(form.receipt); /* the next customer's card */
    const { unit, name, goal } = found.card;
    const give = unit === 'stamp' ? { stamps: form.stamps } : { yen: Number(form.yen) };
    const receipt = form.receipt.trim();
    const body: server.LateBody = { scan: found.scan, ...(receipt && { receipt }), sold_at: Date.parse(form.soldAt), ...give, reason: form.reason! };
    await this.busy(async () => {
      try {
        const answer = await server.creditLate(body, key);
        this.given({ state: 'done', answer }, { amount: answer.amount, unit, name, balance: answer.balance, goal, vouchers: [] });
      } catch (reason) {
        this.lateFailed(failureOf(reason), screen, key);
      }
    });
  }

  /** What can be put right is said in the form; without an answer the same key is sent again. */
  private lateFailed(failure: Failure, screen: Extract<Screen, { at: 'late' }>, key: string): void {
    const again = (): void => {
      this.show(screen);
      void this.creditLate(key);
    };
    if (isLost(failure)) {
      this.lost();
      this.problem('late_unsure', {}, again);
    } else if (failure.status === 401 || failure.status === 429 || failure.status === 503) {
      this.refused(failure, again);
    } else {
      this.outside.play('bad');
      this.set({ screen: { ...screen, failure } });
    }
  }

  // -------------------------------------------------------------- taking back

  /** F1: the last grant while it is fresh; later, the list of today. */
  undoLast(): void {
    const { undo, info } = this.state;
    if (info.state !== 'signed_in' || this.state.isBusy) return;
    if (undo) void this.takeBack(undo);
    else this.openToday();
  }

  private async takeBack(undo: Undo): Promise<void> {
    if (undo.transfer !== null) return this.reverse(undo.transfer, undo.key);
    if (undo.seq !== null && await this.queue.withdraw(undo.seq)) {
      this.set({ undo: null });
      this.passing({ at: 'undone', balance: null });
    } else {
      this.problem('undo_later', {});
    }
  }

  async reverse(transfer: number, key = newKey()): Promise<void> {
    await this.busy(async () => {
      try {
        const { balance } = await server.reverse(transfer, key);
        this.set({ undo: null });
        this.outside.play('ok');
        this.passing({ at: 'undone', balance });
        void this.readToday();
      } catch (reason) {
        const failure = failureOf(reason);
        if (isLost(failure)) this.problem('undo_offline', {}, () => void this.reverse(transfer, key));
        else this.refused(failure, null);
      }
    });
  }

  openToday(): void {
    this.show({ at: 'today', asking: null });
    void this.readToday();
  }

  ask(asking: Asking): void {
    this.show({ at: 'today', asking });
  }

  /** A redemption that was a mistake. */
  async unredeem(voucher: number, key = newKey()): Promise<void> {
    await this.busy(async () => {
      try {
        const { title } = await server.unredeem(voucher, key);
        this.outside.play('ok');
        this.passing({ at: 'unredeemed', title });
        void this.readToday();
      } catch (reason) {
        const failure = failureOf(reason);
        if (isLost(failure)) this.problem('undo_offline', {}, () => void this.unredeem(voucher, key));
        else this.refused(failure, null);
      }
    });
  }

  get recent(): TodayItem[] {
    return this.state.today?.items.slice(0, 10) ?? [];
  }

  async readToday(): Promise<void> {
    try {
      this.set({ today: await server.readToday(), isOnline: true });
    } catch (reason) {
      const failure = failureOf(reason);
      if (isLost(failure)) this.lost();
      else if (failure.status === 401) void this.sessionOver();
    }
  }

  // -------------------------------------------------------------- vouchers

  /** F2: what can be done about rewards here. */
  reward(): void {
    const { screen } = this.state;
    if (screen.at === 'voucher') this.confirm();
    else if (screen.at === 'member') this.set({ screen: { ...screen, hint: !screen.hint } });
  }

  /** Nothing that this till knows of stands in the way; the sale is told where the reward asks for one. */
  get canHandOver(): boolean {
    const { screen, isBusy } = this.state;
    if (screen.at !== 'voucher' || isBusy || screen.found.voucher.reason) return false;
    return Number(screen.yen) >= (screen.found.voucher.redeem?.min_yen ?? 0);
  }

  private async handOver(): Promise<void> {
    const { screen } = this.state;
    if (screen.at !== 'voucher' || !this.canHandOver) return;
    const { found, key, yen } = screen;
    await this.busy(async () => {
      try {
        const { title } = await server.redeem(found.voucher.id, found.token, key, Number(yen));
        this.outside.play('ok');
        this.passing({ at: 'handed', title });
        void this.readToday();
      } catch (reason) {
        const failure = failureOf(reason);
        if (!isLost(failure)) return this.refused(failure, null);
        this.lost();
        this.problem('redeem_unsure', { title: found.voucher.title }, () => {
          this.show(screen); /* the same key: if the first try arrived, this one only hears its answer */
          void this.handOver();
        });
      }
    });
  }

  // -------------------------------------------------------------- connection

  private lost(): void {
    if (this.state.isOnline) this.set({ isOnline: false });
    void this.probe();
  }

  /** Asks again and again until the server answers; then sends what waits. */
  private async probe(): Promise<void> {
    if (this.isProbing) return;
    this.isProbing = true;
    try {
      await server.readTill();
      this.isProbing = false;
      this.set({ isOnline: true });
      if (this.state.info.state === 'signed_in') {
        this.queue.wake();
        void this.readToday();
      }
    } catch {
      this.set({ isOnline: false });
      this.outside.after(PROBE_MS, () => {
        this.isProbing = false;
        void this.probe();
      });
    }
  }

  // -------------------------------------------------------------- small things

  private refused(failure: Failure, again: (() => void) | null): void {
    if (failure.status === 401) return void this.sessionOver();
    const isLater = failure.status === 429 || failure.status === 503;
    const word = isLater && failure.word !== 'clock_unsure' ? 'slow_down' : failure.word;
    this.problem(word, failure.facts, isLater ? again : null);
  }

  private problem(word: string, facts: Record<string, unknown>, again: (() => void) | null = null): void {
    this.outside.play('bad');
    this.show({ at: 'problem', word, facts, again });
  }

  /** A screen that leaves by itself. */
  private passing(screen: Screen): void {
    const turn = this.show(screen);
    this.outside.after(DONE_MS, () => void (turn === this.turn && this.show({ at: 'ready' })));
  }

  show(screen: Screen): number {
    this.set({ screen, overlay: null });
    return ++this.turn;
  }

  private async busy(work: () => Promise<void>): Promise<void> {
    this.set({ isBusy: true });
    try {
      await work();
    } finally {
      this.set({ isBusy: false });
      const { held } = this;
      this.held = null;
      if (held !== null && this.state.screen.at !== 'problem') void this.read(held); /* a refusal is read first */
    }
  }

  private set(patch: Partial<State>): void {
    this.state = { ...this.state, ...patch };
    this.changed();
  }
}
