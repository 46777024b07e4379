/** The till's calls. Whoever waits at a till waits no longer than this for an answer. */

import { api } from '../lib/api';
import type { Offers, SwapAnswer } from '../lib/types';
import type { GrantBody } from './queue';
import { kept } from './receipts';
import type { RefundOf } from './screens';
import type {
  CancelAhead, CancelAnswer, GrantAhead, GrantAnswer, PastAnswer, PastPlace, QuoteAnswer, RedemptionAnswer, RefundAhead, RefundAnswer, ReleaseAnswer,
  ReversalAhead, ReversalAnswer, ScanAnswer, SpendAnswer, TillAnswer, TillToday, UnredeemAnswer,
} from './types';

export type MemberScan = Extract<ScanAnswer, { kind: 'member' }>;
export type VoucherScan = Extract<ScanAnswer, { kind: 'voucher' }>;
export type TodayItem = TillToday['items'][number];
export type RedeemedItem = TillToday['redeemed'][number];

export interface Sample {
  form: 'ean13' | 'nw7' | 'code128';
  text: string;
  svg: string;
}

export const lateReasons = ['forgotten', 'no_phone', 'till_down', 'overlooked'] as const;
export type LateReason = (typeof lateReasons)[number];

export interface LateBody {
  scan: number;
  receipt?: string;
  sold_at: number;
  stamps?: number;
  yen?: number;
  reason: LateReason;
}

export interface SpendBody {
  scan: number;
  points: number;
  yen?: number; /* what is to be paid */
}

const timeoutMs = 6_000;

/** Changes something of value; the receipt of the answer is kept. */
const keyed = <Answer>(path: string, body: unknown, key: string): Promise<Answer> =>
  api.post<Answer>(path, body, { key, timeoutMs }).then(kept);

export const readTill = (): Promise<TillAnswer> => api.get('/api/till', { timeoutMs });
export const enrol = (code: string): Promise<TillAnswer> => api.post('/api/till/enrol', { code }, { timeoutMs });
export const signIn = (staff: number, pin: string): Promise<TillAnswer> =>
  api.post('/api/till/staff', { staff, pin }, { timeoutMs });
export const lock = (): Promise<null> => api.post('/api/till/lock', {}, { timeoutMs });
/** Nobody's codes, drawn, to scan when a scanner is set up. */
export const readSamples = (): Promise<{ samples: Sample[] }> => api.get('/api/till/samples', { timeoutMs });
export const readToday = (): Promise<TillToday> => api.get('/api/till/today', { timeoutMs });
export const scanCode = (code: string): Promise<ScanAnswer> => api.post('/api/till/scans', { code }, { timeoutMs: 3_000 });
export const grant = (body: GrantBody, key: string): Promise<GrantAnswer> =>
  keyed('/api/till/grants', body, key);
/** What a grant would give. */
export const quoteGrant = (body: GrantBody): Promise<GrantAhead> => api.post('/api/till/grants/quote', body, { timeoutMs });
export const creditLate = (body: LateBody, key: string): Promise<GrantAnswer> =>
  keyed('/api/till/late', body, key);
/** What `points` would be; `ask` asks the member on their card for a yes. */
export const quote = (body: SpendBody & { ask: boolean }): Promise<QuoteAnswer> =>
  api.post('/api/till/quotes', body, { timeoutMs });
export const spend = (body: SpendBody, key: string): Promise<SpendAnswer> =>
  keyed('/api/till/spends', body, key);
export const reverse = (transfer: number, key: string): Promise<ReversalAnswer> =>
  keyed('/api/till/reversals', { transfer }, key);
/** What reversing it would do. */
export const foreseeReversal = (transfer: number): Promise<ReversalAhead> => api.get(`/api/till/reversals/${transfer}`, { timeoutMs });
/** Of the card of a scan, or of the shop; a page of it. */
export const readPast = (scan: number | null, place: PastPlace | null): Promise<PastAnswer> => {
  const asked = new URLSearchParams(Object.entries({ ...(scan !== null && { scan }), ...place }).map(([name, value]) => [name, String(value)]));
  return api.get(`/api/till/past?${asked}`, { timeoutMs });
};
export const undoSwap = (transfer: number, key: string): Promise<ReversalAnswer> =>
  keyed('/api/till/swaps/undo', { transfer }, key);
/** What a refund would do. */
export const quoteRefund = (of: RefundOf): Promise<RefundAhead> => api.post('/api/till/refunds/quote', of, { timeoutMs });
export const refund = (of: RefundOf, key: string): Promise<RefundAnswer> =>
  keyed('/api/till/refunds', of, key);
/** What the points of the card behind a scan are swapped for. */
export const readOffers = (scan: number): Promise<Offers> => api.get(`/api/till/offers?scan=${scan}`, { timeoutMs });
export const swap = (scan: number, reward: number, key: string): Promise<SwapAnswer> =>
  keyed('/api/till/swaps', { scan, reward }, key);
/** What a cancellation would do. */
export const quoteCancel = (voucher: number): Promise<CancelAhead> =>
  api.post('/api/till/vouchers/cancel/quote', { voucher }, { timeoutMs });
export const cancel = (voucher: number, key: string): Promise<CancelAnswer> =>
  keyed('/api/till/vouchers/cancel', { voucher }, key);
export const release = (hold: number, key: string): Promise<ReleaseAnswer> =>
  keyed(`/api/till/holds/${hold}/release`, {}, key);
/** `yen`: the sale, where the reward asks for one; 0: it does not. */
export const redeem = (voucher: number, token: string, key: string, yen: number): Promise<RedemptionAnswer> =>
  keyed('/api/till/redemptions', yen > 0 ? { voucher, token, yen } : { voucher, token }, key);
export const unredeem = (voucher: number, key: string): Promise<UnredeemAnswer> =>
  keyed('/api/till/redemptions/undo', { voucher }, key);
