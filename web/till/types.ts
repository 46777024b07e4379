/** What a till asks and is answered, as the server writes it. Times are Unix milliseconds. */

import type { Language, Part, RewardWhen, Unit, Voucher } from '../lib/types';

export interface TillPlan {
  id: number;
  name: string;
  unit: Unit;
  goal: number;
  yen_per_point: number;
  rounding: 'down' | 'nearest' | 'up';
  about?: boolean; /* more than the rate and its rounding counts: only the server knows what a grant gives */
  stamps_each?: number; /* what each stamp of a cashier counts for */
  categories?: { name: string; pieces: boolean }[]; /* kinds of goods that have rules of their own */
  late?: { days: number; cashier_max: number }; /* credit afterwards, where there is such */
  swaps?: boolean; /* its catalogue has something that points are swapped for */
}

export interface Person {
  id: number;
  name: string;
}

/** GET /api/till, POST /api/till/enrol, POST /api/till/staff */
export type TillAnswer =
  | { state: 'new' }
  | { state: 'enrolled'; till: string; shop: string; people: Person[]; locked: number[] }
  | {
      state: 'signed_in';
      till: string;
      shop: string;
      people: Person[];
      locked: number[];
      staff: Person & { role: 'cashier' | 'manager' | 'owner' };
      plans: TillPlan[];
    };

/** What of a card's points can be spent, as a scan tells it; `most` 0: none, for that reason. */
export interface SpendAhead {
  yen: number;
  step: number;
  least: number;
  percent: number; /* of a sale, at most */
  most: number;
  worth: number;
  agreed: boolean; /* the member has said yes already */
  reason?: string;
}

/** Points, or a voucher, that a till keeps for a basket. `may_release`: whoever is signed in may end that. */
export interface Held {
  hold: number;
  points?: number;
  voucher?: number;
  till: string;
  until: number;
  may_release: boolean;
}

/** POST /api/till/holds/:hold/release; of a voucher without points and balance */
export interface ReleaseAnswer {
  hold: number;
  voucher?: number;
  back?: number;
  balance?: number;
}

/** POST /api/till/quotes */
export interface QuoteAnswer {
  points: number;
  worth: number;
  usable: number;
  balance: number;
  left: number;
  agreed: boolean;
  until: number;
}

/** POST /api/till/spends */
export interface SpendAnswer {
  transfer: number;
  mac: string;
  points: number;
  worth: number;
  balance: number;
  undo_until: number;
}

/** POST /api/till/scans */
export type ScanAnswer =
  | {
      kind: 'member';
      scan: number;
      card: {
        plan: number;
        plan_name: string;
        unit: Unit;
        balance: number;
        goal: number;
        name: string | null;
        language: Language;
      };
      may: { grant: true } | { grant: false; reason: string; last?: number; again?: number };
      spend?: SpendAhead;
      vouchers: Voucher[];
      held?: Held[];
      until: number;
      again?: boolean;
      by_number?: boolean; /* told by a fixed number: it earns, and never redeems */
    }
  | {
      kind: 'voucher';
      voucher: Voucher & { plan_name: string; name: string | null; redeem: RewardWhen | null; reason?: string; again?: number };
      token: string;
      until: number;
      again?: boolean;
    };

/** POST /api/till/grants */
export interface GrantAnswer {
  transfer: number;
  mac: string;
  amount: number;
  balance: number;
  goal: number;
  unit: Unit;
  vouchers: { id: number; title: string }[];
  parts?: Part[];
  cut?: boolean;
  undo_until: number;
}

/** POST /api/till/grants/quote */
export interface GrantAhead {
  amount: number;
  unit: Unit;
  parts?: Part[];
  cut?: boolean;
}

/** POST /api/till/reversals */
export interface ReversalAnswer {
  transfer: number;
  balance: number;
  mac: string;
}

/** POST /api/till/redemptions */
export interface RedemptionAnswer {
  voucher: number;
  title: string;
  at: number;
}

/** GET /api/till/today */
export interface TillToday {
  items: {
    transfer: number;
    at: number;
    kind: 'earn' | 'late' | 'reverse' | 'spend' | 'swap' | 'refund';
    amount: number;
    sign: 1 | -1;
    unit: Unit;
    name: string | null;
    staff: string;
    reversed: boolean;
    may_reverse: boolean;
    sale?: number; /* yen that it was earned by */
    refunded?: number; /* yen of them, so far */
  }[];
  redeemed: { voucher: number; title: string; at: number; expires: number; name: string | null; staff: string; undone: boolean }[];
  totals: { grants: number; reversals: number; redemptions: number };
}

/** What a refund takes, and leaves. Yen of the sale; `taken`, `forgiven` and `owed` are units. */
interface RefundParts {
  yen: number;
  left: number;
  taken: number;
  forgiven: number;
  owed: number;
  balance: number; /* of the card after it */
  vouchers_cancelled: number;
}

/** POST /api/till/refunds/quote */
export interface RefundAhead extends RefundParts {
  transfer: number;
  at: number;
  sale: number;
  unit: Unit;
  name: string | null;
  have: number;
  rounds: number;
}

/** POST /api/till/refunds */
export interface RefundAnswer extends RefundParts {
  refund: number;
  transfer: number | null;
  mac: string | null;
}

/** POST /api/till/vouchers/cancel/quote */
export interface CancelAhead {
  voucher: number;
  title: string;
  name: string | null;
  unit: Unit;
  have: number;
  units: number; /* that come back */
  balance: number;
  vouchers_cancelled: number;
}

/** POST /api/till/vouchers/cancel */
export interface CancelAnswer {
  voucher: number;
  transfer: number | null;
  units: number;
  balance: number;
  vouchers_cancelled: number;
}

/** What undoes a line of the past; without it `reason` says why nothing does. */
interface PastFacts {
  at: number;
  name: string | null;
  staff: string | null;
  till: string | null;
  shop: string | null;
  undone: boolean;
  reason?: string;
}

export type PastLine = PastFacts &
  (
    | { transfer: number; kind: 'earn' | 'late' | 'bonus' | 'spend' | 'swap' | 'refund' | 'reverse'; amount: number; sign: 1 | -1; unit: Unit; undo?: 'reversal' | 'swap' }
    | { voucher: number; title: string; expires: number; undo?: 'redemption' }
  );

export interface PastPlace {
  below: number;
  before: number;
  voucher: number;
}

/** GET /api/till/past */
export interface PastAnswer {
  lines: PastLine[];
  next: PastPlace | null;
}

/** GET /api/till/reversals/:transfer */
export interface ReversalAhead {
  transfer: number;
  kind: string;
  amount: number;
  sign: 1 | -1;
  unit: Unit;
  at: number;
  name: string | null;
  with: number; /* bonuses that leave with it; below 0: units of a debt that come back */
  have: number;
  balance: number; /* after it */
  rounds: number;
  vouchers: { id: number; title: string }[];
}

/** POST /api/till/redemptions/undo */
export interface UnredeemAnswer {
  voucher: number;
  title: string;
  expires: number;
}
