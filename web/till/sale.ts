/** A sale as the cashier types it: its yen, and of which how many are of the plan's kinds of goods. */

import type { GrantLine, Give } from './queue';
import type { TillPlan } from './types';

/** Of one kind of goods; pieces are told where each of them counts. */
export interface Share {
  yen: string;
  pieces: number;
}

export interface SaleForm {
  yen: string;
  parts: Readonly<Record<string, Share>>;
  field: string | null; /* the kind that is being typed; null: the whole sale */
  byGoods: boolean; /* of stamps: what was bought says how many, not the cashier */
}

export const emptySale: SaleForm = { yen: '', parts: {}, field: null, byGoods: false };

const YEN_DIGITS = 8;

export const typedYen = (digits: string): string => digits.replace(/^0+/, '').slice(0, YEN_DIGITS);

/** What is being typed. */
export const typingIn = ({ yen, parts, field }: SaleForm): string => (field === null ? yen : (parts[field]?.yen ?? ''));

export function retyped<T extends SaleForm>(form: T, change: (digits: string) => string): T {
  const digits = typedYen(change(typingIn(form)));
  if (form.field === null) return { ...form, yen: digits };
  return { ...form, parts: { ...form.parts, [form.field]: { pieces: form.parts[form.field]?.pieces ?? 1, yen: digits } } };
}

/** A kind is picked; picked again it has one piece more where pieces count, and else is left for the sale. */
export function picked<T extends SaleForm>(form: T, name: string, countsPieces: boolean): T {
  const part = form.parts[name];
  if (form.field !== name) return { ...form, field: name };
  if (!countsPieces || !part) return { ...form, field: null };
  return { ...form, parts: { ...form.parts, [name]: { ...part, pieces: part.pieces + 1 } } };
}

/** Yen of the sale that are of no kind; below 0: the kinds are more than the sale. */
export const restOf = ({ yen, parts }: SaleForm): number =>
  Object.values(parts).reduce((rest, part) => rest - Number(part.yen), Number(yen));

/** No kind of the plan is called so. */
function otherName(plan: TillPlan): string {
  let name = 'other';
  while (plan.categories?.some((category) => category.name === name)) name += '-';
  return name;
}

function linesOf(form: SaleForm, plan: TillPlan): GrantLine[] {
  const rest = restOf(form);
  const kinds = Object.entries(form.parts).filter(([, { yen }]) => Number(yen) > 0)
    .map(([category, { yen, pieces }]) => ({ category, quantity: pieces, yen: Number(yen) }));
  return rest > 0 && kinds.length > 0 ? [...kinds, { category: otherName(plan), quantity: 1, yen: rest }] : kinds;
}

/** What is sent; null: there is no sale yet, its kinds are more than it, or nothing in it gives stamps. */
export function giveOf(form: SaleForm, plan: TillPlan): Give | null {
  const yen = Number(form.yen);
  if (yen < 1 || restOf(form) < 0) return null;
  const lines = linesOf(form, plan);
  if (plan.unit === 'stamp' && lines.length === 0) return null;
  return { yen, ...(lines.length > 0 && { lines }) };
}
