/** Why a grant was more than its visit or sale: "2× on Tuesday +1". */
import { t, weekdayName } from './lang';
import type { Part } from './types';

/** 250 is "2.5". */
const times = (percent: number): string => String(percent / 100);

/** In the words of a surface: `card` or `till`. */
export function whyText(surface: 'card' | 'till', parts: readonly Part[] | undefined, isCut = false): string[] {
  const why = (parts ?? []).map(({ reason, units, percent, weekday }) =>
    t(`${surface}.why_${reason}`, {
      n: units,
      times: times(percent ?? 100),
      day: weekday === undefined ? '' : weekdayName(weekday),
    }),
  );
  return isCut ? [...why, t(`${surface}.why_cut`)] : why;
}
