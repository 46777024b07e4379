/** What stands in the way, in words and colour: of the server's refusals, and of what the till sees by itself. */

import { t } from '../lib/lang';
import type { IconName } from './icons';
import { timeOrDay } from './parts';

export type Tone = 'ok' | 'warn' | 'alarm' | 'gift';

interface Look {
  tone: Tone;
  icon: IconName;
}

/** Amber: the shopper or the cashier can put it right now. Red: not with this code or card. */
const PROBLEMS: Record<string, Look> = {
  code_stale: { tone: 'warn', icon: 'wait' },
  code_used: { tone: 'warn', icon: 'wait' },
  code_unknown: { tone: 'alarm', icon: 'cross' },
  code_goods: { tone: 'warn', icon: 'scan' },
  code_unreadable: { tone: 'warn', icon: 'scan' },
  code_ambiguous: { tone: 'warn', icon: 'scan' },
  card_guarded: { tone: 'warn', icon: 'wait' },
  number_full: { tone: 'warn', icon: 'scan' },
  too_soon: { tone: 'warn', icon: 'wait' },
  day_full: { tone: 'warn', icon: 'wait' },
  member_cap: { tone: 'warn', icon: 'wait' },
  staff_cap: { tone: 'alarm', icon: 'stop' },
  till_cap: { tone: 'alarm', icon: 'stop' },
  scan_over: { tone: 'warn', icon: 'wait' },
  no_points: { tone: 'warn', icon: 'alert' },
  card_blocked: { tone: 'alarm', icon: 'stop' },
  card_merged: { tone: 'warn', icon: 'wait' },
  guest: { tone: 'warn', icon: 'wait' },
  own_card: { tone: 'alarm', icon: 'stop' },
  receipt_used: { tone: 'alarm', icon: 'cross' },
  receipt_too_old: { tone: 'alarm', icon: 'wait' },
  receipt_future: { tone: 'warn', icon: 'wait' },
  receipt_invalid: { tone: 'warn', icon: 'keys' },
  manager_needed: { tone: 'alarm', icon: 'person' },
  late_off: { tone: 'alarm', icon: 'stop' },
  late_unsure: { tone: 'alarm', icon: 'offline' },
  refund_unsure: { tone: 'alarm', icon: 'offline' },
  receipt_ambiguous: { tone: 'warn', icon: 'list' },
  too_much: { tone: 'alarm', icon: 'stop' },
  not_spent: { tone: 'alarm', icon: 'stop' },
  spend_by_code: { tone: 'warn', icon: 'scan' },
  spend_step: { tone: 'warn', icon: 'keys' },
  spend_least: { tone: 'warn', icon: 'keys' },
  points_short: { tone: 'warn', icon: 'alert' },
  spend_day: { tone: 'warn', icon: 'wait' },
  spend_share: { tone: 'warn', icon: 'keys' },
  spend_ask: { tone: 'warn', icon: 'wait' },
  spend_unsure: { tone: 'alarm', icon: 'offline' },
  hold_open: { tone: 'warn', icon: 'wait' },
  voucher_held: { tone: 'warn', icon: 'wait' },
  not_redeemed: { tone: 'warn', icon: 'undo' },
  voucher_redeemed: { tone: 'alarm', icon: 'cross' },
  voucher_expired: { tone: 'alarm', icon: 'cross' },
  voucher_cancelled: { tone: 'alarm', icon: 'cross' },
  not_yet: { tone: 'warn', icon: 'wait' },
  offer_over: { tone: 'alarm', icon: 'cross' },
  wrong_shop: { tone: 'alarm', icon: 'cross' },
  wrong_weekday: { tone: 'warn', icon: 'wait' },
  wrong_hour: { tone: 'warn', icon: 'wait' },
  new_members_only: { tone: 'alarm', icon: 'cross' },
  tier_too_low: { tone: 'alarm', icon: 'cross' },
  spend_too_low: { tone: 'warn', icon: 'keys' },
  voucher_offline: { tone: 'warn', icon: 'offline' },
  static_offline: { tone: 'warn', icon: 'offline' },
  redeem_unsure: { tone: 'alarm', icon: 'offline' },
  already_reversed: { tone: 'warn', icon: 'undo' },
  balance_too_low: { tone: 'alarm', icon: 'undo' },
  points_lapsed: { tone: 'warn', icon: 'undo' },
  not_a_sale: { tone: 'warn', icon: 'undo' },
  already_refunded: { tone: 'warn', icon: 'undo' },
  refund_too_much: { tone: 'warn', icon: 'keys' },
  receipt_unknown: { tone: 'warn', icon: 'keys' },
  other_till: { tone: 'alarm', icon: 'undo' },
  too_late: { tone: 'alarm', icon: 'undo' },
  undo_later: { tone: 'warn', icon: 'undo' },
  undo_offline: { tone: 'warn', icon: 'offline' },
  not_kept: { tone: 'alarm', icon: 'alert' },
  slow_down: { tone: 'warn', icon: 'wait' },
  clock_unsure: { tone: 'alarm', icon: 'alert' },
};

export const lookOf = (word: string): Look => PROBLEMS[word] ?? { tone: 'alarm', icon: 'alert' };

/** What a time in a refusal is the time of; else of a stamp. */
const TIMES: Record<string, string> = {
  code_used: 'read_at', voucher_redeemed: 'redeemed_at', offer_over: 'was_until', new_members_only: 'was_until', receipt_used: 'credited_at', receipt_too_old: 'was_until',
  points_lapsed: 'was_until',
};

/** What a refusal says, for the screen and for the list of problems. */
export function problemText(word: string, facts: Record<string, unknown>): { title: string; more: string; next: string } {
  const known = word in PROBLEMS ? word : 'unknown';
  const at = Number(facts['at'] ?? facts['last'] ?? 0);
  const again = Number(facts['again'] ?? 0);
  const more = [
    at > 0 && t(`till.${TIMES[known] ?? 'stamped_at'}`, { time: timeOrDay(at) }),
    typeof facts['till'] === 'string' && facts['till'],
    again > 0 && t('till.again_from', { time: timeOrDay(again) }),
    known === 'unknown' && t('till.tell_operator', { word, request: String(facts['request'] ?? '–') }),
  ].filter(Boolean).join(t('till.comma'));
  const n = (name: string): number => Number(facts[name] ?? 0);
  const amounts = { most: n('most'), step: n('step'), least: n('least'), have: n('have'), missing: n('missing'), left: n('left') };
  return { title: t(`till.problem_${known}`), more, next: t(`till.problem_${known}_next`, amounts) };
}
