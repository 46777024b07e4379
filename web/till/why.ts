/** Why a grant was so much, in this page's words. */
import type { Part } from '../lib/types';
import { whyText } from '../lib/why';

const WORDS = {
  weekday: 'till.why_weekday',
  hour: 'till.why_hour',
  tier: 'till.why_tier',
  campaign: 'till.why_campaign',
  items: 'till.why_items',
  join: 'till.why_join',
  cut: 'till.why_cut',
};

export const why = (parts: readonly Part[] | undefined, isCut = false): string[] => whyText(WORDS, parts, isCut);
