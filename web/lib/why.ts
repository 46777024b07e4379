/** Why a grant was more than its visit or sale: "2× on Tuesday +1". */
import { t, weekdayName } from './lang';
import type { Part } from './types';

/** The keys of a surface's words for each reason, and for what the day's limit took. */
export type WhyWords = Readonly<Record<string, string>> & { readonly cut: string };

/** 250 is "2.5". */
const times = (percent: number): string => String(percent / 100);

export function whyText(words: WhyWords, parts: readonly Part[] | undefined, isCut = false): string[] {
  const why = (parts ?? []).map(({ reason, units, percent, weekday }) =>
    t(words[reason] ?? reason, {
      n: units,
      times: times(percent ?? 100),
      day: weekday === undefined ? '' : weekdayName(weekday),
    }),
  );
  return isCut ? [...why, t(words.cut)] : why;
}
