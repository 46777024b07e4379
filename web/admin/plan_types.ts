/** Plans as the server tells them, their rules in the page's words, and a rehearsal put together from its pieces. */

import { date, number, plural, t, time } from '../lib/lang';

export interface Reward {
  at: number;
  title: string;
  valid_days: number;
}

/** A plan file: these rules have fields of their own on the page, all others are shown as they are. */
export interface PlanFile {
  name: string;
  unit: 'stamp' | 'point';
  goal: number;
  rewards: Reward[];
  cool_down_min: number;
  per_day_max: number;
  yen_per_point: number;
  rounding: 'down' | 'nearest' | 'up';
  utc_offset_min: number;
  day_cut_hour: number | undefined; /* of a field that was emptied */
  notify_grants: boolean;
  linear: 'code128' | 'jan13' | 'number';
  jan_prefix: number | undefined;
  [part: string]: unknown;
}

export interface Change {
  path: string;
  was?: unknown;
  is?: unknown;
}

export interface Version {
  version: number;
  from: number;
  changes: Change[];
}

export interface Draft {
  id: number;
  name: string;
  saved: number;
  base_version: number;
  changes: Change[];
  rules: PlanFile;
}

export interface Schedule {
  id: number;
  name: string;
  at: number;
  state: 'waiting' | 'done' | 'cancelled' | 'refused';
  version: number;
  why: string;
  changes: Change[];
}

export interface Plan {
  id: number;
  version: number;
  rules: PlanFile;
  versions: Version[];
  drafts: Draft[];
  schedules: Schedule[];
}

/** GET /api/admin/plans */
export interface Plans {
  plans: Plan[];
}

export interface Loss {
  kind: 'goal_raised' | 'reward_removed' | 'reward_later' | 'worth_less';
  title: string;
  was: number;
  is: number;
  cards: number;
}

export interface Outcome {
  card: number;
  member: number;
  vouchers: [number, number];
  units: [number, number];
  balance: [number, number];
  weight: number;
}

interface Outcomes {
  cards: number;
  top: Outcome[];
}

interface Sums {
  visits: number;
  units: number;
  rounds: number;
  vouchers: number;
  lapsed: number;
  yen: number;
  refused: Record<string, number>;
  rewards: { title: string; at: number; n: number }[];
}

/** One piece of POST /api/admin/plans/:plan/rehearse, or all of them put together. */
export interface Rehearsal {
  cards: number;
  transfers: number;
  same: number;
  after: number;
  over: boolean;
  gain: Outcomes;
  loss: Outcomes;
  was: Sums;
  is: Sums;
  end_earlier: number;
  end_later: number;
  fill_at_once: number;
  under_way: number;
  doubted: Record<string, number>; /* transfers that could not be judged for certain, and why */
  changes: Change[];
  losses: Loss[];
}

const TOP = 10;

const addOutcomes = (a: Outcomes, b: Outcomes): Outcomes => ({
  cards: a.cards + b.cards,
  top: [...a.top, ...b.top].sort((one, other) => Math.abs(other.weight) - Math.abs(one.weight)).slice(0, TOP),
});

const addSums = (a: Sums, b: Sums): Sums => ({
  visits: a.visits + b.visits,
  units: a.units + b.units,
  rounds: a.rounds + b.rounds,
  vouchers: a.vouchers + b.vouchers,
  lapsed: a.lapsed + b.lapsed,
  yen: a.yen + b.yen,
  refused: Object.fromEntries(Object.entries(a.refused).map(([why, n]) => [why, n + (b.refused[why] ?? 0)])),
  rewards: a.rewards.map((reward, i) => ({ ...reward, n: reward.n + (b.rewards[i]?.n ?? 0) })),
});

/** What came so far and the next piece. What changes and what is lost holds for all of them: the first tells it. */
export const addRehearsal = (a: Rehearsal, b: Rehearsal): Rehearsal => ({
  ...a,
  after: b.after,
  over: b.over,
  cards: a.cards + b.cards,
  transfers: a.transfers + b.transfers,
  same: a.same + b.same,
  gain: addOutcomes(a.gain, b.gain),
  loss: addOutcomes(a.loss, b.loss),
  was: addSums(a.was, b.was),
  is: addSums(a.is, b.is),
  end_earlier: a.end_earlier + b.end_earlier,
  end_later: a.end_later + b.end_later,
  fill_at_once: a.fill_at_once + b.fill_at_once,
  under_way: a.under_way + b.under_way,
  doubted: Object.fromEntries(Object.entries(a.doubted).map(([why, n]) => [why, n + (b.doubted[why] ?? 0)])),
});

/* ---------------------------------------------------------------- in words */

export const units = (unit: PlanFile['unit'], n: number): string => plural(`admin.plan_${unit}s`, n);

export const moment = (at: number): string => `${date(at)} ${time(at)}`;

/** The plain rules, a sentence each. */
export function sentences(rules: PlanFile): string[] {
  const said = rules.rewards.map((reward) =>
    t('admin.plan_says_reward', { at: units(rules.unit, reward.at), title: reward.title, days: reward.valid_days }));
  if (rules.goal > 0) said.push(t('admin.plan_says_goal', { goal: units(rules.unit, rules.goal) }));
  if (rules.unit === 'point') said.push(t('admin.plan_says_yen', { yen: rules.yen_per_point }));
  said.push(rules.cool_down_min > 0 ? t('admin.plan_says_wait', { minutes: rules.cool_down_min }) : t('admin.plan_says_no_wait'));
  if (rules.per_day_max > 0) said.push(t('admin.plan_says_per_day', { n: rules.per_day_max }));
  return said;
}

/** Rules that are one value, by their path. The others keep the path itself: an owner finds it in the plan file. */
const NAMED = ['name', 'goal', 'cool_down_min', 'per_day_max', 'yen_per_point', 'rounding', 'day_cut_hour', 'utc_offset_min', 'notify_grants', 'linear', 'jan_prefix'];
const PARTS = ['earn', 'expiry', 'spend', 'tier', 'number', 'catalogue', 'late', 'gift', 'refund'];

export function ruleName(path: string): string {
  const [first = '', place = '', field = ''] = path.split('.');
  if (NAMED.includes(path)) return t(`admin.plan_rule_${path}`);
  if (first === 'rewards') return t(`admin.plan_reward_${field || 'at'}`, { n: Number(place) + 1 });
  if (PARTS.includes(first)) return t('admin.plan_rule_part', { part: t(`admin.plan_part_${first}`), rule: path.slice(first.length + 1) });
  return path;
}

const value = (one: unknown): string =>
  typeof one === 'number' ? number(one) : typeof one === 'string' ? one : JSON.stringify(one);

/** "The goal: 10 → 8". */
export function changeText({ path, was, is }: Change): string {
  const rule = ruleName(path);
  if (was === undefined) return t('admin.plan_change_new', { rule, is: value(is) });
  if (is === undefined) return t('admin.plan_change_gone', { rule, was: value(was) });
  return t('admin.plan_change', { rule, was: value(was), is: value(is) });
}

/** What somebody loses, as a sentence with how many it concerns. */
export const lossText = (loss: Loss): string =>
  `${t(`admin.plan_loss_${loss.kind}`, { title: loss.title, was: loss.was, is: loss.is })} ${plural('admin.plan_loss_cards', loss.cards)}`;
