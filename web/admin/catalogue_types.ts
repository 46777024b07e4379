/** What points are swapped for, as the server tells it and takes it, and in the words of the page. */

import { date, number, plural, t } from '../lib/lang';
import type { RewardKind, RewardWhen } from '../lib/types';
import { tidy } from '../lib/tidy';
import { asksOf, worthOf } from '../lib/worth';
import { clockOf, DAILY, minutesOf, type Span } from './keyword_types';

/** Conditions as the file has them; what is left out is not asked for. */
export interface When {
  shops?: number[] | undefined;
  days?: string | undefined; /* "mon-fri" */
  hours?: string | undefined; /* "14:00-17:00" */
  from?: string | undefined; /* "2026-12-01" */
  until?: string | undefined;
  wait_days?: number | undefined;
  min_yen?: number | undefined;
  new_days?: number | undefined;
  tier?: number | undefined;
}

export interface Stock {
  all?: number | undefined;
  a_day?: number | undefined;
  a_member?: number | undefined;
}

export const kinds = ['plain', 'yen_off', 'percent', 'free_item', 'cash_back', 'gift'] as const satisfies readonly RewardKind[];

/** One reward of the file: of `at`, `price` and `odds` it has one. */
export interface Article {
  at?: number | undefined;
  price?: number | undefined;
  odds?: number | undefined; /* of a prize: parts of ODDS_ALL */
  key?: string | undefined;
  title: string;
  kind?: RewardKind | undefined;
  value?: number | undefined;
  cost_yen?: number | undefined;
  valid_days?: number | undefined;
  issue?: When | undefined;
  redeem?: When | undefined;
  stock?: Stock | undefined;
  codes?: boolean | undefined;
  on_expiry?: 'lost' | 'back' | undefined; /* the points of a voucher that ends unused */
  prizes?: Article[] | undefined;
}

export interface Count {
  key: string;
  issued: number;
  today: number;
  cost: number; /* thousandths of a yen; of a lottery on average */
  left?: number;
  codes?: number;
}

export interface Catalogue {
  plan: number;
  name: string;
  unit: 'stamp' | 'point';
  catalogue: number; /* 0: none */
  places: { at: number; title: string; valid_days: number }[];
  tiers: string[];
  rewards: Article[];
  counts: Count[];
}

export interface Shop {
  id: number;
  name: string;
}

/** GET /api/admin/catalogues */
export interface Catalogues {
  few: number; /* codes: from here on there are few */
  shops: Shop[];
  plans: Catalogue[];
}

/** POST /api/admin/plans/:plan/codes */
export interface CodesRead {
  rows: number;
  left: number;
  wrong: number;
  faults: { line: number; why: string }[];
}

export const ODDS_ALL = 1_000_000;
export const PRIZES_MAX = 8;
export const SHOPS_MAX = 8;
const KEY_MAX = 24;

/* ---------------------------------------------------------------- conditions */

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** "mon-wed,sun" as bits, Monday first; without any, every day. */
function daysOfText(text: string | undefined): number {
  let days = 0;
  for (const run of (text ?? 'daily').split(',')) {
    const [first = '', last = first] = run.split('-');
    const from = DAYS.indexOf(first), until = DAYS.indexOf(last);
    if (from < 0 || until < 0) return run === 'daily' ? DAILY : 0;
    for (let day = from; ; day = (day + 1) % 7) {
      days |= 1 << day;
      if (day === until) break;
    }
  }
  return days;
}

export function spanOf(when: When): Span {
  const [from = '0:00', until = '0:00'] = (when.hours ?? 'all day').split('-');
  return { days: daysOfText(when.days), from_min: minutesOf(from), until_min: minutesOf(until) };
}

/** The span as the file has it; a span that always holds is no condition. No day at all is the server's to refuse. */
export function withSpan(when: When, { days, from_min, until_min }: Span): When {
  const isAllDay = from_min === until_min;
  return {
    ...when,
    days: days === DAILY && isAllDay ? undefined : days === DAILY ? 'daily' : DAYS.filter((_, day) => days >> day & 1).join(',') || 'none',
    hours: isAllDay ? undefined : `${clockOf(from_min)}-${clockOf(until_min)}`,
  };
}

const dayMs = (day: string): number => new Date(`${day}T00:00`).getTime();

const word = (name: string): string => `admin.${name}`;

/** One line for each thing that is asked for, as customers read them. */
export function whenLines(when: When | undefined, shops: readonly Shop[], tiers: readonly string[]): string[] {
  if (!when) return [];
  const { shops: ids, tier } = when;
  const facts: RewardWhen = {
    ...(ids?.length && { shops: ids.map((id) => shops.find((shop) => shop.id === id)?.name ?? String(id)) }),
    ...((when.days || when.hours) && spanOf(when)),
    ...(when.from && { from: dayMs(when.from) }),
    ...(when.until && { until: dayMs(when.until) + 1 }),
    ...(when.wait_days && { wait_days: when.wait_days }),
    ...(when.min_yen && { min_yen: when.min_yen }),
    ...(when.new_days && { new_days: when.new_days }),
    ...(tier && { tier: tiers[tier - 1] ?? String(tier) }),
  };
  return asksOf(word, facts);
}

export const stockLines = ({ all, a_day, a_member }: Stock): string[] => [
  all ? t('admin.article_says_all', { n: all }) : '',
  a_day ? t('admin.article_says_a_day', { n: a_day }) : '',
  a_member ? t('admin.article_says_a_member', { n: a_member }) : '',
].filter(Boolean);

/* ---------------------------------------------------------------- in words */

export const worth = (article: Article): string => worthOf(word, article.kind ?? 'plain', article.value ?? 0);

/** "1 %", with as many places as the odds have. */
export const chance = (odds: number): string => `${String(odds / (ODDS_ALL / 100))} %`;

/** How many were given, how many are left, and what one costs. */
export function countLines(article: Article, count: Count | undefined): string[] {
  if (!count) return [];
  const yen = Math.round(count.cost / 10) / 100;
  return [
    plural('admin.article_given', count.issued),
    count.left === undefined || count.left === count.codes ? '' : plural('admin.article_left', count.left),
    count.codes === undefined ? '' : plural('admin.article_codes_left', count.codes),
    yen === 0 ? '' : t(article.prizes ? 'admin.article_cost_mean' : 'admin.article_cost', { yen: Number.isInteger(yen) ? number(yen) : String(yen) }),
  ].filter(Boolean);
}

/** Behind the address' "#": a key, the place that it is at, or "+" for one that is not there yet. */
export const nameOf = (article: Article): string => article.key ?? `@${article.at ?? 0}`;

export const until = (day: string): string => date(dayMs(day));

/* ---------------------------------------------------------------- as it is sent */

const letters = (title: string): string =>
  title.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, KEY_MAX - 3).replace(/-$/, '');

/** A key that nothing else has: of the title's letters, or of chance where it has none of ours. */
function keyFor(title: string, taken: Set<string>): string {
  const first = letters(title) || `r-${crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36)}`;
  let key = first;
  for (let n = 2; taken.has(key); n++) key = `${first}-${n}`;
  taken.add(key);
  return key;
}

/** The list with this article in the place of the one that was (-1: behind them all), ready to be sent. */
export function listWith(rewards: readonly Article[], at: number, article: Article): Article[] {
  const others = rewards.filter((_, i) => i !== at);
  const taken = new Set(others.flatMap((one) => [one, ...(one.prizes ?? [])]).map((one) => one.key ?? ''));
  const keyed = (one: Article): Article => (one.at ? one : { ...one, key: one.key || keyFor(one.title, taken) });
  const whole = tidy({ ...keyed(article), ...(article.prizes && { prizes: article.prizes.map(keyed) }) });
  return at < 0 ? [...rewards, whole] : rewards.map((one, i) => (i === at ? whole : one));
}

export const fileOf = (rewards: readonly Article[]): string => JSON.stringify({ rewards });
