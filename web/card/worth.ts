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
};

/** Any other reason is "not just now". */
export const onCard = (name: string): string => WORDS[name] ?? 'card.no_now';
