/**
 * What is true in the demo right now, read from the same places anybody could read it: the server's
 * answers and the two frames of our own origin. Steps tick themselves from this and nothing else.
 */

import { api, ApiError } from '../lib/api';
import type { AdminAnswer, AdminToday, CardAnswer, Code, Codes } from '../lib/types';
import type { TillAnswer, TillToday } from '../till/types';

export interface Facts {
  till: TillAnswer['state'];
  isCardOpen: boolean;
  isCardRead: boolean; /* the till shows a member */
  grants: number;
  redemptions: number;
  vouchers: number; /* the highest voucher number the shopper has ever held; -1: not known */
  isOwner: boolean;
  messages: number; /* sent or saved today; -1: not known */
}

export const NOTHING: Facts = {
  till: 'new', isCardOpen: false, isCardRead: false, grants: -1, redemptions: -1, vouchers: -1, isOwner: false, messages: -1,
};

export const STEPS = ['card', 'till', 'scan', 'stamp', 'voucher', 'owner', 'message', 'redeem'] as const;
export type Step = (typeof STEPS)[number];

/** Which steps these facts prove, against those of the beginning. A number not known proves nothing. */
export function proven(now: Facts, first: Facts): Step[] {
  const grew = (name: 'grants' | 'redemptions' | 'vouchers' | 'messages'): boolean =>
    first[name] >= 0 && now[name] > first[name];
  const is: Record<Step, boolean> = {
    card: now.isCardOpen,
    till: now.till === 'signed_in',
    scan: now.isCardRead || grew('grants'),
    stamp: grew('grants'),
    voucher: grew('vouchers'),
    owner: now.isOwner,
    message: grew('messages'),
    redeem: grew('redemptions'),
  };
  return STEPS.filter((step) => is[step]);
}

/** The numbers of the beginning: the first that could be read of each. */
export function firstOf(first: Facts, now: Facts): Facts {
  const pick = (name: 'grants' | 'redemptions' | 'vouchers' | 'messages'): number => (first[name] >= 0 ? first[name] : now[name]);
  return { ...first, grants: pick('grants'), redemptions: pick('redemptions'), vouchers: pick('vouchers'), messages: pick('messages') };
}

// ---------------------------------------------------------------- the frames

/**
 * The card inside the phone. The phone itself is another origin, but its frames may be counted and
 * walked through; the card in one of them is ours again.
 */
export function cardIn(phone: HTMLIFrameElement | null): Document | null {
  const sim = phone?.contentWindow;
  if (!sim) return null;
  try {
    for (let i = 0; i < sim.length; i++) {
      const page = documentOf(sim[i]);
      if (page?.location.pathname.startsWith('/card')) return page;
    }
  } catch {
    /* the phone is being loaded */
  }
  return null;
}

function documentOf(frame: Window | undefined): Document | null {
  try {
    return frame?.document ?? null;
  } catch {
    return null; /* LINE's login, or another page that is not ours */
  }
}

const digitsIn = (text: string | null | undefined): string => (text ?? '').replace(/\D/g, '');

/** What a scanner held to the phone would read: the voucher on show, else the card's code of this moment. */
export function digitsOn(page: Document): string {
  const shown = page.querySelector('dialog[open] .show .full-text');
  if (shown) return digitsIn(shown.textContent);
  const drawn = page.querySelector<HTMLElement>('[data-digits]')?.dataset['digits'];
  if (drawn) return drawn;
  const codes = JSON.parse(page.querySelector('#codes')?.textContent ?? '{"codes":[]}') as Codes;
  const passed = (page.defaultView?.performance.now() ?? 0);
  const now = codes.now + passed;
  const current: Code | undefined = codes.codes.find((code) => code.from <= now && now < code.until) ?? codes.codes[0];
  return current?.digits ?? digitsIn(page.querySelector('#digits')?.textContent);
}

const tillShowsMember = (till: HTMLIFrameElement | null): boolean =>
  Boolean(till?.contentDocument?.querySelector('.main-member, .main-done'));

// ---------------------------------------------------------------- the server

async function quietly<T>(path: string): Promise<T | null> {
  try {
    return await api.get<T>(path);
  } catch (reason) {
    if (reason instanceof ApiError) return null;
    throw reason;
  }
}

/** Reads everything that may be read now; nobody is asked what they would refuse. */
export async function look(phone: HTMLIFrameElement | null, till: HTMLIFrameElement | null): Promise<Facts> {
  const isCardOpen = cardIn(phone)?.querySelector('#codes, [data-digits]') != null;
  const [tillNow, admin] = await Promise.all([
    quietly<TillAnswer>('/api/till'), quietly<AdminAnswer & { signed_in?: boolean }>('/api/admin'),
  ]);
  const isMember = admin?.state === 'guest' ? admin.signed_in === true : isCardOpen;
  const [today, card, owner] = await Promise.all([
    tillNow?.state === 'signed_in' ? quietly<TillToday>('/api/till/today') : null,
    isMember ? quietly<CardAnswer>('/api/card') : null,
    admin?.state === 'owner' ? quietly<AdminToday>('/api/admin/today') : null,
  ]);
  return {
    till: tillNow?.state ?? 'new',
    isCardOpen,
    isCardRead: tillShowsMember(till),
    grants: today?.totals.grants ?? -1,
    redemptions: today?.totals.redemptions ?? -1,
    vouchers: card ? Math.max(0, ...card.vouchers.map((voucher) => voucher.id)) : -1,
    isOwner: owner !== null,
    messages: owner ? owner.messages.sent + owner.messages.saved : -1,
  };
}
