/** What the account answers by itself, as the server tells it, and as an owner reads and writes it. */

import { t } from '../lib/lang';
import type { Language } from '../lib/types';

export const matches = ['exact', 'contains', 'any', 'sticker', 'image', 'location'] as const;
export const whens = ['always', 'staff', 'away'] as const;
export const actions = ['text', 'balance', 'shops', 'silent'] as const;
export const presses = ['says', 'balance', 'shops', 'rule'] as const;

/** Bit 0 of `days` is Monday; from_min === until_min is the whole day, and after it, over midnight. */
export interface Span {
  days: number;
  from_min: number;
  until_min: number;
}

export interface Button {
  label: string;
  press: (typeof presses)[number];
  says: string;
  rule: number;
}

export interface Rule extends Span {
  id: number; /* 0: not saved yet */
  is_on: boolean;
  match: (typeof matches)[number];
  words: string; /* one a line */
  priority: number;
  language: Language | null;
  hours: (typeof whens)[number];
  action: (typeof actions)[number];
  reply: string;
  buttons: Button[];
}

/** GET /api/admin/keywords */
export interface Keywords {
  rules: Rule[];
  is_staffed: boolean;
  staff: Span[];
}

/** POST /api/admin/keywords/try */
export type Tried = { answer: 'none' | 'balance' } | { answer: 'rule'; rule: number };

export const DAILY = 0x7f;
export const BUTTONS_MAX = 13;
export const SPANS_MAX = 14;
export const REPLY_MAX = 5000; /* UTF-16 units, as LINE counts and JavaScript does */
export const LABEL_MAX = 20;

export const newRule = (): Rule => ({
  id: 0, is_on: true, match: 'exact', words: '', priority: 0, language: null, hours: 'always', days: DAILY, from_min: 0, until_min: 0,
  action: 'text', reply: '', buttons: [],
});

export const hasWords = (match: Rule['match']): boolean => match === 'exact' || match === 'contains' || match === 'sticker';

/** 605 -> "10:05", as an input of type time has it. */
export const clockOf = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** "10:05" -> 605; what is no time is midnight. */
export function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(':').map(Number);
  return Number.isInteger(hours) && Number.isInteger(minutes) ? (hours! * 60 + minutes!) % 1440 : 0;
}

/** "Mon–Fri 10:00–19:00", in the page's language. */
export function spanText(span: Span): string {
  const runs: string[] = [];
  for (let day = 0; day < 7; day++) {
    if (!(span.days >> day & 1)) continue;
    let last = day;
    while (last < 6 && span.days >> (last + 1) & 1) last++;
    runs.push(last > day ? `${t(`admin.day_${day}`)}–${t(`admin.day_${last}`)}` : t(`admin.day_${day}`));
    day = last;
  }
  const days = span.days === DAILY ? t('admin.daily') : runs.join(', ');
  const hours = span.from_min === span.until_min ? t('admin.all_day') : `${clockOf(span.from_min)}–${clockOf(span.until_min)}`;
  return `${days} ${hours}`;
}
