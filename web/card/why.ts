/** Why a grant was so much, in this page's words. */
import type { Part } from '../lib/types';
import { whyText } from '../lib/why';

const WORDS = {
  weekday: 'card.why_weekday',
  hour: 'card.why_hour',
  tier: 'card.why_tier',
  campaign: 'card.why_campaign',
  items: 'card.why_items',
  join: 'card.why_join',
  cut: 'card.why_cut',
};

export const why = (parts: readonly Part[] | undefined, isCut = false): string[] => whyText(WORDS, parts, isCut);
