/** The shapes of our HTTP interface, as the server writes them; those of the till alone stand beside it. Times are Unix milliseconds. */

export type Language = 'ja' | 'en' | 'zh-Hant' | 'th';
export type Unit = 'stamp' | 'point';

/** What a rule added to a grant. `percent` is of factors, `weekday` of those of a day: 0 is a Sunday. */
export interface Part {
  reason: string;
  units: number;
  percent?: number;
  weekday?: number;
}

// ------------------------------------------------------------ the shopper's card

export interface Reward {
  at: number;
  title: string;
}

export interface Card {
  plan: number;
  plan_name: string;
  unit: Unit;
  balance: number;
  owed: number; /* what is earned settles so much first */
  goal: number;
  state: 'active' | 'blocked';
  next: Reward | null;
  rewards: Reward[];
  spend_yen?: number; /* what a point is worth at the till; left out: points are not spent there */
  usable?: number; /* and how many of them can be used now */
}

export type RewardKind = 'plain' | 'yen_off' | 'percent' | 'free_item' | 'cash_back' | 'gift';

export interface Voucher {
  id: number;
  title: string;
  kind: RewardKind;
  value: number;
  expires: number;
}

/** What a reward asks for; `days` has bit 0 for Monday, minutes are those of the day in the plan's zone. */
export interface RewardWhen {
  shops?: string[];
  days?: number;
  from_min?: number;
  until_min?: number;
  from?: number;
  until?: number;
  wait_days?: number;
  min_yen?: number;
  new_days?: number;
  tier?: string;
}

/** GET /api/vouchers/:voucher */
export interface VoucherFacts extends Voucher {
  state: 'issued' | 'redeemed' | 'expired' | 'cancelled' | 'moved';
  redeem: RewardWhen | null;
  code: { text: string; svg: string } | null;
  draw: Draw | null;
}

/** What a prize was drawn from; the seed once nobody draws under it any more. */
export interface Draw {
  transfer: number;
  nth: number; /* of the draws that this transfer caused */
  roll: number;
  key: string;
  seed_hash: string;
  seed?: string;
  prizes: { title: string; odds: number }[]; /* as their stretches lie, one behind the other */
  drawn: number; /* whose stretch it was */
  won: number; /* the last one stands in for a prize that was gone */
}

/** GET /api/me/draws, newest first */
export interface Draws {
  draws: { voucher: number; title: string; state: 'issued' | 'redeemed' | 'expired' | 'cancelled'; at: number }[];
}

export interface Offer {
  id: number;
  title: string;
  kind: RewardKind;
  value: number;
  price: number;
  valid_days: number;
  left: number | null;
  final: boolean;
  back: boolean; /* its price, if it is not used */
  reason?: string;
  again?: number;
  missing?: number;
  issue: RewardWhen | null;
  redeem: RewardWhen | null;
  prizes: { title: string; kind: RewardKind; value: number; odds: number }[];
}

export interface Recent {
  transfer: number;
  voucher: number;
  amount: number;
  until: number;
  title: string;
}

/** GET /api/card/offers, GET /api/till/offers */
export interface Offers {
  plan: number;
  usable: number;
  offers: Offer[];
  recent: Recent[];
  seed_hash?: string; /* what draws are made from, promised before */
  now: number;
}

/** POST /api/card/swaps, POST /api/till/swaps */
export interface SwapAnswer {
  transfer: number;
  mac: string;
  amount: number;
  balance: number;
  voucher: number;
  expires: number;
  title: string;
  kind: RewardKind;
  value: number;
  undo_until: number;
}

export interface HistoryEntry {
  seq: number;
  kind: 'earn' | 'round' | 'reverse' | 'expire' | 'merge_out' | 'merge_in' | 'bring' | 'spend' | 'swap' | 'lapse' | 'bonus' | 'gift_out' | 'gift_in' | 'refund' | 'late' | 'repay' | 'swap_back';
  amount: number;
  sign: 1 | -1;
  balance: number;
  at: number;
  shop: string;
  reversed: boolean;
  parts?: Part[]; /* of a grant that was more than its visit or sale */
  why?: string; /* of a bonus: joining, birthday, or the title of what it was for */
}

/** GET /api/card */
/** What ends when, soonest first; what can be used later, from its first day on. */
export interface Ends {
  ends: { amount: number; last: number }[];
  pending: { amount: number; from: number } | null;
}

/** The card's tier, its last day, and what is missing to the next one. */
export interface Level {
  name: string;
  last: number | null;
  left: number;
  by: 'visits' | 'yen' | 'earned' | 'rounds';
  next: string;
}

export interface CardAnswer extends Ends {
  level: Level | null;
  card: Card;
  cards: { plan: number; name: string; unit: Unit; balance: number }[];
  vouchers: Voucher[];
  history: HistoryEntry[];
  name: string | null;
  language: Language;
  friend: boolean;
  guarded: boolean; /* too many wrong codes: tills wait for the member's tap */
  now: number;
}

/** One 30 s step of a code. A voucher's has no linear form. */
export interface Code {
  from: number;
  until: number;
  digits: string;
  qr_svg: string;
  linear?: string;
  linear_svg?: string;
}

/** GET /api/card/codes, GET /api/vouchers/:voucher/code, and, without drawings, the page's <script id="codes"> */
export interface Codes {
  now: number;
  step_ms?: number;
  codes: Code[];
}

/** GET and POST /api/profile */
export interface Profile {
  name: string | null;
  language: Language;
  picture: string | null;
}

/** What a member may be written to about. */
export type Topic = 'receipts' | 'rewards' | 'offers';

/** GET and POST /api/me/topics */
export type Topics = Record<Topic, boolean>;

/** GET and POST /api/me/birthday. `asked`: the shop greets people on theirs, or a plan gives something. */
export interface Birthday {
  asked: boolean;
  greets: boolean;
  bonuses: { name: string; unit: Unit; units: number }[];
  month: number | null;
  day: number | null;
}

export type NoticeKind =
  | 'grant' | 'one_more' | 'voucher' | 'voucher_lapse' | 'points_lapse' | 'tier' | 'birthday' | 'dormant' | 'gift_taken' | 'gift_back' | 'staff';

/** GET /api/notices. `over`: what it was about is gone. */
export interface News {
  id: number;
  kind: NoticeKind;
  over: boolean;
  plan: number | null;
  plan_name: string | null;
  unit: Unit | null;
  amount: number | null;
  balance: number | null;
  left: number | null;
  reward: string | null;
  expires: number | null;
  shop: string | null;
  text: string | null;
  at: number;
}

/** POST /line/session. `changed`: the browser held the session of another member until now. */
export interface SessionAnswer {
  member: 'new' | 'known';
  changed?: boolean;
}

/** GET /api/events */
export interface GrantEvent {
  plan: number;
  notice: number | null;
  amount: number;
  balance: number;
  goal: number;
  unit: Unit;
  shop: string;
  at: number;
  vouchers: { id: number; title: string }[];
  parts?: Part[];
  cut?: boolean;
}

/** Somebody tried too early: nothing was put off by it. */
export interface SoonEvent {
  plan: number;
  last: number;
  again: number;
}

/** The till asks for the member's yes. */
export interface SpendAskEvent {
  plan: number;
  points: number;
  worth: number;
  shop: string;
  until: number;
}

export interface SpendEvent {
  plan: number;
  points: number;
  worth: number;
  balance: number;
  goal: number;
  shop: string;
  at: number;
}

/** POST /api/card/spend */
export interface SpendYesAnswer {
  points: number;
  worth: number;
  until: number;
}

export interface VoucherEvent {
  id: number;
  state: 'issued' | 'redeemed' | 'expired' | 'cancelled' | 'swapped'; /* issued: again, for its use was undone */
}

export interface ReverseEvent {
  plan: number;
  balance: number;
}

// ------------------------------------------------------------ the owner

/** GET /api/admin */
export type AdminAnswer = { state: 'guest' } | { state: 'owner'; name: string };

/** GET /api/admin/today */
export interface AdminToday {
  day: string;
  visits: number;
  grants: number;
  units: Record<string, number>;
  new_members: number;
  vouchers_issued: number;
  vouchers_redeemed: number;
  reversals: number;
  messages: { sent: number; saved: number; waiting: number };
  shops: { name: string; visits: number; grants: number; redemptions: number }[];
  hours: number[];
  last_week: { visits: number; grants: number };
  members: number;
  /** Of the last 30 days: by their own wish, and forgotten after a long absence. */
  gone: { left: number; purged: number };
}

/** GET /api/admin/menus: the most tapped area first */
export interface AdminMenus {
  menus: number;
  members: number;
  owed: number;
  period: string | null;
  levels: { plan: string; tier: number; name: string; look: '' | 'bronze' | 'silver' | 'gold' | 'black'; members: number }[];
  taps: { guest: boolean; area: string; today: number; week: number }[];
}

/** GET /api/demo */
export interface DemoAnswer {
  sim: string;
  enrol_code: string;
  staff: { name: string; pin: string }[];
  owner_link: string;
}
