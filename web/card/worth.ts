import { ApiError } from '../lib/api';
import { t } from '../lib/lang';
import { reasonOf } from '../lib/worth';

/** The card's words for lib/worth.ts: named one by one, since only what is named travels with the page. */
const WORDS: Record<string, string> = {
  worth_yen_off: 'card.worth_yen_off',
  worth_percent: 'card.worth_percent',
  worth_free_item: 'card.worth_free_item',
  worth_cash_back: 'card.worth_cash_back',
  worth_gift: 'card.worth_gift',
  asks_shops: 'card.asks_shops',
  asks_hours: 'card.asks_hours',
  asks_from: 'card.asks_from',
  asks_until: 'card.asks_until',
  asks_wait: 'card.asks_wait',
  asks_yen: 'card.asks_yen',
  asks_new: 'card.asks_new',
  asks_tier: 'card.asks_tier',
  no_not_enough: 'card.no_not_enough',
  no_sold_out: 'card.no_sold_out',
  no_sold_out_today: 'card.no_sold_out_today',
  no_had_enough: 'card.no_had_enough',
  no_offer_over: 'card.no_offer_over',
  no_not_yet: 'card.no_not_yet',
  no_wrong_weekday: 'card.no_wrong_weekday',
  no_wrong_hour: 'card.no_wrong_hour',
  no_new_members_only: 'card.no_new_members_only',
  no_tier_too_low: 'card.no_tier_too_low',
  no_guest: 'card.no_guest',
  no_card_blocked: 'card.no_card_blocked',
  no_card_merged: 'card.no_card_merged',
  no_not_spent: 'card.no_not_spent',
  no_points_short: 'card.no_points_short',
  no_wrong_shop: 'card.no_wrong_shop',
  no_spend_too_low: 'card.no_spend_too_low',
  no_not_a_swap: 'card.no_not_a_swap',
  no_code_given: 'card.no_code_given',
  no_lot_drawn: 'card.no_lot_drawn',
  no_too_late: 'card.no_too_late',
  no_voucher_redeemed: 'card.no_voucher_redeemed',
  no_voucher_expired: 'card.no_voucher_expired',
  no_voucher_held: 'card.no_voucher_held',
  no_already_reversed: 'card.no_already_reversed',
};

/** Any other reason is "not just now". */
export const onCard = (name: string): string => WORDS[name] ?? 'card.no_now';

/** What the server refused, in the card's words; `otherwise` is for what is no rule of the shop's. */
export const refusalText = (error: unknown, otherwise: string): string =>
  error instanceof ApiError && `no_${error.word}` in WORDS ? reasonOf(onCard, { ...error.facts, reason: error.word }) : t(otherwise);
