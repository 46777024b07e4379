/** Points used like money at a till: it needs the member's own yes, to so many, given here. */
import { ApiError, api } from '../lib/api';
import { byId, el, toast } from '../lib/dom';
import { plural, t } from '../lib/lang';
import type { Card, SpendAskEvent, SpendYesAnswer } from '../lib/types';
import { overlay } from './overlay';
import { refusalText } from './worth';

let close: (() => void) | null = null;

/** A question over the page; one at a time. */
function ask(title: string, text: string, done: string, body: Record<string, unknown>): void {
  const yes = el('button', { type: 'button', class: 'button' }, t('card.spend_yes'));
  const no = el('button', { type: 'button', class: 'button-quiet' }, t('card.spend_no'));
  close?.();
  const shut = overlay(title, el('div', { class: 'ask' }, el('h2', {}, title), el('p', {}, text), yes, no), () => {
    if (close === shut) close = null;
  });
  close = shut;
  no.addEventListener('click', shut);
  yes.addEventListener('click', () => {
    yes.disabled = true;
    api.post<SpendYesAnswer>('/api/card/spend', body).then(
      () => {
        shut();
        toast(done);
      },
      (error: unknown) => {
        yes.disabled = false;
        toast(refusalText(error, error instanceof ApiError && error.isOffline ? 'card.code_gone' : 'card.not_done'));
      },
    );
  });
  yes.focus();
}

/** The till has read this card and wants to use points; after `until` it could not any more. */
export function askSpend({ plan, points, worth, shop, until }: SpendAskEvent, now: number): void {
  ask(plural('card.spend_ask', points), t('card.spend_ask_text', { shop, yen: worth }), t('card.spend_agreed'), { plan, points });
  const shut = close;
  window.setTimeout(() => shut?.(), Math.max(0, until - now));
}

/** They were used: there is nothing left to ask. */
export const spendDone = (): void => close?.();

/** The button with which a member says yes before the till asks. */
export function drawSpend({ plan, usable = 0, spend_yen: yen, state }: Card): void {
  const box = byId('count')?.closest('section');
  byId('spend')?.remove();
  if (!box || !yen || usable === 0 || state !== 'active') return;
  const title = t('card.spend');
  const button = el('button', { type: 'button', class: 'button-quiet', id: 'spend' }, title);
  button.addEventListener('click', () => {
    ask(title, plural('card.spend_open', usable, { yen: usable * yen }), t('card.spend_ready'), { plan, all: true });
  });
  box.append(button);
}
