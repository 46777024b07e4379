/** The parts of a plan file that are objects of their own, as they are written, and in a few words. */

import { daysOf } from '../lib/worth';
import { monthName, number, plural, t } from '../lib/lang';
import { tidy } from '../lib/tidy';
import { clockOf } from './keyword_types';
import { type PlanFile, units } from './plan_types';

export const expiryKinds = ['none', 'after', 'month_end', 'fiscal_year', 'fixed', 'anniversary', 'first_use', 'last_use'] as const;

type Num = number | undefined;

export interface Expiry {
  kind?: (typeof expiryKinds)[number];
  days?: Num;
  months?: Num;
  years?: Num;
  month?: Num; /* 1 to 12 */
  date?: Num; /* 20270331 */
  pending_days?: Num;
  remind_days?: Num;
}

/** All that it names has to hold. */
export interface Factor {
  percent?: Num;
  weekdays?: string[] | undefined; /* "tue" */
  from_hour?: Num;
  until_hour?: Num;
  tier?: Num;
  from?: Num;
  until?: Num;
}

export const capped = ['member', 'staff', 'till'] as const;

export interface Cap {
  grants?: Num;
  units?: Num;
}

/** Of code and category it has one. */
export interface Item {
  code?: string | undefined;
  category?: string | undefined;
  earns?: boolean | undefined;
  yen_per_point?: Num;
  units_each?: Num;
}

export const onces = ['ever', 'year', 'month', 'day'] as const;

export interface EventRule {
  name?: string;
  title?: string;
  units?: Num;
  once?: (typeof onces)[number];
}

export interface Earn {
  visit_stamps?: Num;
  tax_percent?: Num;
  combine?: 'highest' | 'multiply' | undefined;
  max_percent?: Num;
  join?: { units?: Num; when?: 'issue' | 'visit' | undefined } | undefined;
  birthday?: { units?: Num } | undefined;
  at_shop?: { cool_down_min?: Num; per_day_max?: Num } | undefined;
  caps?: Partial<Record<(typeof capped)[number], Cap>> | undefined;
  factors?: Factor[] | undefined;
  items?: Item[] | undefined;
  others?: 'earn' | 'nothing' | undefined;
  events?: EventRule[] | undefined;
}

export const tierBys = ['visits', 'yen', 'earned', 'rounds'] as const;

/** Of a level's rich menus; the usual one is not written. */
export const looks = ['bronze', 'silver', 'gold', 'black'] as const;

export interface Step {
  name?: string;
  from?: Num;
  goal?: Num;
  menu?: (typeof looks)[number] | undefined;
}

export interface Tier {
  by?: (typeof tierBys)[number];
  months?: Num;
  keep_months?: Num;
  grace_days?: Num;
  falls?: 'one' | 'all';
  name?: string;
  steps?: Step[];
}

export interface Spend {
  yen?: Num;
  step?: Num;
  least?: Num;
  per_day?: Num;
  percent?: Num;
}

export const shorts = ['refuse', 'forgive', 'owe'] as const;

export interface Refund {
  short?: (typeof shorts)[number];
  days?: Num;
  yen?: Num;
}

export interface Late {
  days?: Num;
  cashier_max?: Num;
  numbers?: 'lasting' | 'daily';
}

export interface Gift {
  day_max?: Num;
  min?: Num;
  days?: Num;
}

/* What stands in every file, and what the cards of few plans have: a number that stays. */
export const roundings = ['down', 'nearest', 'up'] as const;
export const linears = ['code128', 'jan13', 'number'] as const;
export const numberTypes = ['jan13', 'code128', 'nw7', 'code39'] as const;
export const ratios = ['2', '2.5', '3'] as const;
const checks = ['none', 'm10w31', 'm10w21-split', 'm10w21-lump', '7dr', '7dsr', '7dsr-7', 'm11w2-7', 'm11w2-7-to-9'] as const;
type NumberCheck = (typeof checks)[number] | 'mod16' | 'mod43';

export interface FixedNumber {
  type?: (typeof numberTypes)[number];
  prefix?: string;
  length?: Num;
  check?: NumberCheck;
  frame?: string | undefined;
  ratio?: (typeof ratios)[number] | undefined;
  per_day?: Num;
}

export interface PlanParts {
  number: FixedNumber;
  expiry: Expiry;
  earn: Earn;
  tier: Tier;
  spend: Spend;
  refund: Refund;
  late: Late;
  gift: Gift;
}

export type Write = (some: Partial<PlanFile>) => void;

/** Whoever writes the file by hand may have written anything: what is no such part is shown as an empty one. */
export function partOf<Name extends keyof PlanParts>(rules: PlanFile, name: Name): PlanParts[Name] {
  const part = rules[name];
  return (typeof part === 'object' && part !== null && !Array.isArray(part) ? part : {}) as PlanParts[Name];
}

/** The objects of a list, for the same reason. */
export const listOf = <T extends object>(list: readonly T[] | undefined): T[] =>
  (Array.isArray(list) ? list : []).filter((one) => typeof one === 'object' && one !== null);

/** A part with some of it changed; one that says nothing goes. */
export function withPart<Name extends keyof PlanParts>(rules: PlanFile, name: Name, some: Partial<PlanParts[Name]>): Partial<PlanFile> {
  const part = tidy({ ...partOf(rules, name), ...some });
  return { [name]: Object.keys(part).length > 0 ? part : undefined };
}

/* ---------------------------------------------------------------- numbers on cards */

/** As they are called on tills, in every language. */
export const typeNames: Record<(typeof numberTypes)[number], string> = { jan13: 'JAN-13', code128: 'Code 128', nw7: 'NW-7', code39: 'Code 39' };

/** Check digits that fit; a JAN has its own. */
export const checksOf = (type: (typeof numberTypes)[number]): readonly NumberCheck[] =>
  type === 'jan13' ? ['m10w31'] : [...checks, ...(type === 'nw7' ? ['mod16'] as const : type === 'code39' ? ['mod43'] as const : [])];

const formats: Record<(typeof numberTypes)[number], FixedNumber> = {
  jan13: { prefix: '28', length: 13, check: 'm10w31' },
  code128: { prefix: '20', length: 12, check: 'm10w31' },
  nw7: { prefix: '20', length: 10, check: '7dr', frame: 'AA', ratio: '2.5' },
  code39: { prefix: '20', length: 10, check: 'mod43', ratio: '2.5' },
};

/** A format of another kind begins with what is usual of that one; how often it earns stays. */
export const formatOf = (type: (typeof numberTypes)[number], { per_day: perDay }: FixedNumber): FixedNumber => ({ type, ...formats[type], per_day: perDay ?? 0 });

/* ---------------------------------------------------------------- days */

const HALF_HOUR = 30;

/** Every half hour from Baker Island to Kiribati, and what the plan has. */
export const zonesWith = (zone: number): number[] =>
  [...new Set([...Array.from({ length: 53 }, (_, i) => -720 + i * HALF_HOUR), zone])].sort((a, b) => a - b);

const PLACES = [540, 480, 420]; /* where LINE is at home */

/** "UTC+9:00 (Japan)". */
export function zoneText(zone: number): string {
  const offset = `UTC${zone < 0 ? '−' : '+'}${clockOf(Math.abs(zone))}`;
  return PLACES.includes(zone) ? t('admin.zone_place', { zone: offset, place: t(`admin.zone_${zone}`) }) : offset;
}

/** 20270331 as "2027-03-31", and back. */
export const dayOf = (date: Num): string => (date ? String(date).replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3') : '');
export const dateOf = (day: string): Num => Number(day.replaceAll('-', '')) || undefined;

/** As the file names them, Monday first. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const bitsOf = (weekdays: readonly string[] | undefined): number =>
  (Array.isArray(weekdays) ? weekdays : []).reduce((bits, day) => bits | 1 << WEEKDAYS.indexOf(day as (typeof WEEKDAYS)[number]), 0);

/* ---------------------------------------------------------------- in a few words */

const off = (): string => t('admin.part_off');
const join = (...words: (string | false | undefined)[]): string => words.filter(Boolean).join(' · ');

const lengthText = ({ days, months, years }: Expiry): string | undefined =>
  days ? plural('admin.part_days', days) : months ? plural('admin.part_months', months) : years ? plural('admin.part_years', years) : undefined;

export function expirySays(expiry: Expiry): string {
  if (!expiry.kind || expiry.kind === 'none') return t('admin.expiry_kind_none');
  return join(t(`admin.expiry_kind_${expiry.kind}`), lengthText(expiry), expiry.month ? monthName(expiry.month) : '', dayOf(expiry.date));
}

/** "×2 Tue 9:00–11:00". */
export function factorSays(factor: Factor, tiers: readonly Step[]): string {
  const { percent = 100, from_hour: from, until_hour: until, tier } = factor;
  const days = [dayOf(factor.from), dayOf(factor.until)];
  return [
    `×${String(percent / 100)}`,
    factor.weekdays ? daysOf(bitsOf(factor.weekdays)) : '',
    from === undefined || until === undefined ? '' : `${clockOf(from * 60)}–${clockOf(until * 60)}`,
    tier ? tiers[tier - 1]?.name ?? String(tier) : '',
    days.some(Boolean) ? days.join('–') : '',
  ].filter(Boolean).join(' ');
}

export const earnSays = ({ earn, tier }: { earn: Earn; tier: Tier }): string => {
  const factors = listOf(earn.factors);
  return factors.length > 0 ? factors.map((one) => factorSays(one, listOf(tier.steps))).join(', ') : off();
};

export const capsSays = (earn: Earn): string => {
  const words = capped.filter((who) => earn.caps?.[who]).map((who) => t(`admin.cap_${who}`));
  return words.length > 0 || earn.at_shop ? join(...words, earn.at_shop && t('admin.cap_shop')) : off();
};

export const bonusSays = (earn: Earn, unit: PlanFile['unit']): string =>
  join(earn.join?.units ? `${t('admin.bonus_join')} ${units(unit, earn.join.units)}` : '', earn.birthday?.units ? `${t('admin.bonus_birthday')} ${units(unit, earn.birthday.units)}` : '') || off();

export const itemsSay = (earn: Earn): string => listOf(earn.items).map((item) => item.code ?? item.category ?? '').filter(Boolean).join(', ') || off();

export const eventsSay = (earn: Earn): string => listOf(earn.events).map((event) => event.title ?? '').filter(Boolean).join(', ') || off();

export const tierSays = (tier: Tier): string => listOf(tier.steps).map((step) => step.name ?? '').filter(Boolean).join(' → ') || off();

export const spendSays = (spend: Spend): string => (spend.yen ? t('admin.spend_says', { yen: spend.yen }) : off());

export const refundSays = (refund: Refund): string => t(`admin.refund_short_${refund.short ?? 'refuse'}`);

export const lateSays = (late: Late): string => (late.days ? plural('admin.part_days', late.days) : off());

export const numberSays = ({ type, prefix = '' }: FixedNumber): string => (type ? `${typeNames[type] ?? type} ${prefix}…` : '');

export const giftSays = (gift: Gift): string => (gift.day_max ? t('admin.gift_says', { n: number(gift.day_max) }) : off());
