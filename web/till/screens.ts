/** What the till can show, and what each screen has to know. */

import type { Offer, Offers, Part, SwapAnswer, Unit } from '../lib/types';
import type { Ahead } from './foretelling';
import type { Failure } from './queue';
import type { SaleForm } from './sale';
import type { LateReason, MemberScan, Sample, VoucherScan } from './server';
import type { Tune } from './sound';
import type { CancelAhead, Held, PastLine, PastPlace, Person, RefundAhead, RefundAnswer, ReversalAhead, TillAnswer, TillPlan, TillToday } from './types';
import type { Scan } from './wedge';

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

export type MemberScreen = SaleForm & {
  at: 'member'; found: MemberScan; code: string; scannedAt: number; chosen: number; ahead: Ahead | null;
};

/** Points to be used, as they are typed; where the plan limits their share, the sale as well. */
export interface SpendForm {
  points: string;
  sale: string;
  field: 'points' | 'sale';
}

/** The screens of one kind. */
export type At<K extends Screen['at']> = Extract<Screen, { at: K }>;

export type SpendScreen = At<'spend'>;

/** A sale that is refunded, as the server finds it; without yen, all that is left of it. */
export type RefundOf = ({ receipt: string } | { transfer: number }) & { yen?: number };

/** A line of the list of today. */
export type LineOf = { transfer: number } | { voucher: number };

/** What that list asks before a line is undone: what it would do, where the line does not say all, or why not. */
export interface Asking {
  of: LineOf;
  ahead: ReversalAhead | null;
  failure: Failure | null;
}

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
  | { at: 'refund'; receipt: string; failure: Failure | null }
  | { at: 'refund_part'; back: Screen; sale: RefundAhead; yen: string; failure: Failure | null }
  | { at: 'refund_ask'; from: At<'refund_part'>; ahead: RefundAhead }
  | { at: 'refunded'; ahead: RefundAhead; answer: RefundAnswer }
  | { at: 'rewards'; from: MemberScreen; offers: Offers | null; failure: Failure | null }
  | { at: 'swap_ask'; from: At<'rewards'>; offer: Offer }
  | { at: 'swapped'; from: MemberScreen; answer: SwapAnswer }
  | { at: 'cancel_ask'; back: Screen; ahead: CancelAhead }
  | { at: 'cancelled'; back: Screen; ahead: CancelAhead }
  | { at: 'release_ask'; from: MemberScreen; held: Held }
  | { at: 'released'; from: MemberScreen; held: Held; back: number; balance: number }
  | (SaleForm & { at: 'offline'; code: string; scannedAt: number; unit: Unit; chosen: number })
  | { at: 'voucher'; found: VoucherScan; key: string; yen: string }
  | { at: 'done'; result: Result }
  | { at: 'handed'; title: string }
  | { at: 'unredeemed'; title: string }
  | { at: 'undone'; balance: number | null }
  | { at: 'problem'; word: string; facts: Record<string, unknown>; again: (() => void) | null }
  | { at: 'today'; asking: Asking | null }
  | { at: 'past'; from: Screen; scan: number | null; name: string | null; lines: PastLine[]; next: PastPlace | null }
  | { at: 'past_ask'; from: At<'past'>; line: PastLine; ahead: ReversalAhead | null }
  | { at: 'scanner'; samples: Sample[]; heard: Scan[]; isLost: boolean };

/** What was done last, for ten seconds of second thoughts. */
export interface Undo {
  kind: 'grant' | 'spend' | 'swap';
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

/** Of a plan; its prefix tells its cards from goods while nobody can be asked. */
export type PlanOfTill = TillPlan & { jan_prefix?: number };
