/** What a reward is worth and what it asks for. `word` gives the key of a word on the surface that asks. */
import { currentLanguage, date, plural, t, time } from './lang';
import type { RewardKind, RewardWhen } from './types';

export type Word = (name: string) => string;

/** "¥500 off"; nothing for a reward that says it all in its title. */
export const worthOf = (word: Word, kind: RewardKind, value: number): string =>
  kind === 'plain' ? '' : t(word(`worth_${kind}`), { n: value });

const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const locale = (): string => (currentLanguage() === 'en' ? 'en-GB' : currentLanguage());

const dayName = (day: number): string =>
  new Intl.DateTimeFormat(locale(), { weekday: 'short', timeZone: 'UTC' }).format(MONDAY + day * DAY_MS);

/** "Mon–Fri", "Mon, Wed"; nothing for all of them. Bit 0 is Monday. */
export function daysOf(days: number): string {
  const runs: [number, number][] = [];
  for (let day = 0; day < 7; day++) {
    if (!((days >> day) & 1)) continue;
    const last = runs[runs.length - 1];
    if (last && last[1] === day - 1) last[1] = day;
    else runs.push([day, day]);
  }
  if (runs.length === 1 && runs[0]![1] - runs[0]![0] === 6) return '';
  return runs.map(([from, to]) => (from === to ? dayName(from) : `${dayName(from)}–${dayName(to)}`)).join(', ');
}

const minutes = (min: number): string => `${Math.floor(min / 60)}:${String(min % 60).padStart(2, '0')}`;

function hoursOf(when: RewardWhen): string {
  const { days, from_min: from = 0, until_min: until = 0 } = when;
  if (days === undefined) return '';
  return [daysOf(days), from === until ? '' : `${minutes(from)}–${minutes(until)}`].filter(Boolean).join(' ');
}

/** One line for each thing it asks for. */
export function asksOf(word: Word, when: RewardWhen | null): string[] {
  if (!when) return [];
  return [
    when.shops && t(word('asks_shops'), { names: when.shops.join(', ') }),
    hoursOf(when) && t(word('asks_hours'), { hours: hoursOf(when) }),
    when.from && t(word('asks_from'), { date: date(when.from) }),
    when.until && t(word('asks_until'), { date: date(when.until - 1) }),
    when.wait_days && plural(word('asks_wait'), when.wait_days),
    when.min_yen && t(word('asks_yen'), { n: when.min_yen }),
    when.new_days && plural(word('asks_new'), when.new_days),
    when.tier && t(word('asks_tier'), { name: when.tier }),
  ].filter((line): line is string => !!line);
}

/** Today's time, or the day with it. */
const moment = (at: number): string =>
  new Date(at).toDateString() === new Date().toDateString() ? time(at) : `${date(at)} ${time(at)}`;

/** Why a reward cannot be had, or points cannot be used, and what would help. */
export function reasonOf(word: Word, why: { reason: string; again?: number; at?: number; missing?: number; least?: number; have?: number }): string {
  const at = why.again ?? why.at;
  return t(word(`no_${why.reason}`), { time: at === undefined ? '' : moment(at), n: why.missing ?? why.least ?? why.have ?? 0 });
}
