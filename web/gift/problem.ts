/** Why a gift cannot be given or taken, in this page's words. */
import { ApiError } from '../lib/api';
import { t } from '../lib/lang';

/** What the server may say no with, and we have words for. */
const PROBLEMS = new Set(['gift_off', 'gift_small', 'gift_open_full', 'gift_own', 'gift_taken', 'gift_over', 'gift_unknown', 'gift_stopped', 'guest',
  'card_blocked', 'balance_too_low', 'day_full', 'too_much']);

export const day = (ms: number): string =>
  new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' }).format(ms);

export function problemText(error: unknown): string {
  if (!(error instanceof ApiError) || error.isOffline || error.status >= 500) return t('gift.failed');
  if (error.status === 429) return t('gift.problem_slow_down');
  if (error.word.startsWith('text_')) return t('gift.problem_name');
  if (!PROBLEMS.has(error.word)) return t('gift.failed');
  const n = (name: string): number => Number(error.facts[name] ?? 0);
  return t(`gift.problem_${error.word}`, { time: day(n('again') || n('at')), least: n('least'), missing: n('missing') });
}
