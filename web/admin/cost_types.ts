/** What the server says of messages and their cost. Times are Unix milliseconds. */
import type { Language, NoticeKind, Topics } from '../lib/types';

export interface Rules {
  as_line: boolean;
  budget: number | null;
  reserve: number;
  quiet_from_min: number;
  quiet_until_min: number;
  utc_offset_min: number;
  weekly_cap: number;
  lapse_days: number;
  dormant_days: number;
  tells_birthdays: boolean;
  pushes_receipts: boolean;
  price_milli: number;
}

/** GET /api/admin/messages, POST /api/admin/messages/policy. null: no limit, or not known. */
export interface MessagesAnswer {
  month: number;
  ends: number;
  counts: { push: number; live: number; reply: number; merge: number; kept: number; failed: number; opened: number; waiting: number };
  budget: {
    most: number | null;
    charged: number;
    owed: number;
    quota: number | null;
    used: number | null;
    told: number | null;
    left: number | null;
    left_urgent: number | null;
    forecast: number;
  };
  policy: Rules;
}

export type Way = 'push' | 'reply' | 'card';

export interface LogLine {
  id: number;
  kind: NoticeKind;
  at: number;
  state: 'waiting' | 'held' | 'seen' | 'owed' | 'told' | 'kept' | 'cancelled' | 'lapsed';
  decided: number | null;
  step: string | null;
  reason: string | null;
  request: string | null;
}

/** POST /api/admin/messages/log */
export interface LogAnswer {
  member: { name: string | null; language: Language; friend: boolean; card: 'active' | 'blocked'; pushes: number; topics: Topics };
  reaches_by: Way;
  lines: LogLine[];
}

/** Thousandths of a yen for n messages, as whole yen. */
export const yen = (n: number, rules: Rules): number => Math.round((n * rules.price_milli) / 1000);
