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
  scan_spent: { tone: 'warn', icon: 'wait' },
  plan_over: { tone: 'alarm', icon: 'stop' },
  too_much: { tone: 'alarm', icon: 'stop' },
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
  change_unsure: { tone: 'alarm', icon: 'offline' },
  receipt_ambiguous: { tone: 'warn', icon: 'list' },
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
  hold_captured: { tone: 'warn', icon: 'wait' },
  hold_released: { tone: 'warn', icon: 'wait' },
  hold_over: { tone: 'warn', icon: 'wait' },
  hold_less: { tone: 'warn', icon: 'keys' },
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
  not_enough: { tone: 'warn', icon: 'alert' },
  sold_out: { tone: 'alarm', icon: 'cross' },
  sold_out_today: { tone: 'warn', icon: 'wait' },
  had_enough: { tone: 'alarm', icon: 'stop' },
  not_a_swap: { tone: 'warn', icon: 'undo' },
  code_given: { tone: 'alarm', icon: 'person' },
  lot_drawn: { tone: 'alarm', icon: 'person' },
  voucher_offline: { tone: 'warn', icon: 'offline' },
  static_offline: { tone: 'warn', icon: 'offline' },
  redeem_unsure: { tone: 'alarm', icon: 'offline' },
  not_a_grant: { tone: 'warn', icon: 'undo' },
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
  no_answer: { tone: 'warn', icon: 'offline' },
  undo_offline: { tone: 'warn', icon: 'offline' },
  not_kept: { tone: 'alarm', icon: 'alert' },
  slow_down: { tone: 'warn', icon: 'wait' },
  clock_unsure: { tone: 'alarm', icon: 'alert' },
};

export const lookOf = (word: string): Look => PROBLEMS[word] ?? { tone: 'alarm', icon: 'alert' };

/** What the time in a refusal is the time of; where it names a till, and from when it works, if not a grant. */
const TIMES: Record<string, string> = {
  code_used: 'till.read_at', voucher_redeemed: 'till.redeemed_at', voucher_expired: 'till.was_until', voucher_cancelled: 'till.cancelled_at',
  offer_over: 'till.was_until', new_members_only: 'till.was_until', receipt_used: 'till.credited_at', receipt_too_old: 'till.was_until',
  points_lapsed: 'till.was_until', hold_captured: 'till.redeemed_at', hold_released: 'till.given_back_at', hold_over: 'till.was_until',
};
const TILLS: Record<string, string> = { voucher_held: 'till.kept_at' };
const AGAINS: Record<string, string> = {
  voucher_held: 'till.kept_until', not_yet: 'till.works_from', wrong_weekday: 'till.works_from', wrong_hour: 'till.works_from',
  sold_out_today: 'till.works_from', spend_day: 'till.works_from',
};

const AMOUNTS = ['most', 'step', 'least', 'have', 'missing', 'left'];

/** A scan is over because its time is, or because it has given: only then it says when. */
const known = (word: string, facts: Record<string, unknown>): string =>
  word === 'scan_over' && facts['last'] ? 'scan_spent' : word in PROBLEMS ? word : 'unknown';

/** What a refusal says, for the screen and for the list of problems. */
export function problemText(sent: string, facts: Record<string, unknown>): { title: string; more: string; next: string } {
  const word = known(sent, facts);
  const n = (name: string): number => Number(facts[name] ?? 0);
  const at = TIMES[word];
  const where = TILLS[word];
  const till = typeof facts['till'] === 'string' ? facts['till'] : '';
  const more = [
    n('at') > 0 && at && t(at, { time: timeOrDay(n('at')) }),
    n('last') > 0 && t('till.stamped_at', { time: timeOrDay(n('last')) }),
    till && where ? t(where, { till }) : till,
    n('again') > 0 && t(AGAINS[word] ?? 'till.again_from', { time: timeOrDay(n('again')) }),
    word === 'unknown' && t('till.tell_operator', { word: sent, request: String(facts['request'] ?? '–') }),
  ].filter(Boolean).join(t('till.comma'));
  const amounts = Object.fromEntries(AMOUNTS.map((name) => [name, n(name)]));
  return { title: t(`till.problem_${word}`), more, next: t(`till.problem_${word}_next`, amounts) };
}
