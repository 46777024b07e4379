/** What points can be swapped for: the list, the question before, and the way back for some minutes. */
import { ApiError, api, newKey } from '../lib/api';
import { byId, el, icon, toast } from '../lib/dom';
import { t } from '../lib/lang';
import type { Offer, Offers, Recent, SwapAnswer } from '../lib/types';
import { asksOf, reasonOf, worthOf } from '../lib/worth';
import { overlay } from './overlay';
import { onCard, refusalText } from './worth';

const isOffline = (error: unknown): boolean => !(error instanceof ApiError) || error.isOffline;

let usable = 0;
let seedHash = '';

/** Shows the catalogue of a plan's card below what is ready; `changed` draws the rest of the card anew. */
export async function showOffers(plan: number, changed: () => void): Promise<void> {
  const answer = await api.get<Offers>(`/api/card/offers?plan=${plan}`);
  const again = (): void => {
    changed();
    void showOffers(plan, changed).catch(() => undefined);
  };
  usable = answer.usable;
  seedHash = answer.seed_hash ?? '';
  byId('offers')?.remove();
  if (answer.offers.length + answer.recent.length === 0) return;
  byId('ready')?.after(
    el(
      'section',
      { class: 'box', id: 'offers', 'data-in': 'rewards', 'aria-labelledby': 'h-offers' },
      el('div', { class: 'box-head' }, el('h2', { id: 'h-offers' }, t('card.swap')), el('p', { class: 'count' }, t('card.swap_usable', { n: usable }))),
      answer.recent.length > 0 && el('ul', { class: 'recent', role: 'list' }, ...answer.recent.map((one) => recentLine(one, again))),
      el('ul', { class: 'offers', role: 'list' }, ...answer.offers.map((offer) => offerLine(offer, again))),
    ),
  );
}

const prizesOf = (offer: Offer): HTMLElement | null =>
  offer.prizes.length === 0
    ? null
    : el(
        'details',
        { class: 'prizes' },
        el('summary', {}, t('card.swap_prizes')),
        el('ul', { role: 'list' }, ...offer.prizes.map(({ title, odds }) => el('li', {}, title, el('span', {}, `${odds / 10_000} %`)))),
        el('p', { class: 'prizes-fair' }, t('card.swap_fair', { hash: seedHash })),
      );

function offerLine(offer: Offer, again: () => void): HTMLElement {
  const may = offer.reason === undefined;
  const button = el(
    'button',
    { type: 'button', class: 'button', disabled: !may, 'aria-label': t('card.swap_label', { title: offer.title }) },
    t('card.swap_get'),
  );
  button.addEventListener('click', () => ask(offer, again));
  return el(
    'li',
    { class: 'offer', 'data-reward': offer.id, 'data-state': may ? 'open' : 'closed' },
    el('p', { class: 'offer-title' }, offer.title),
    el('p', { class: 'offer-price' }, [t('card.reward_point', { n: offer.price }), worthOf(onCard, offer.kind, offer.value)].filter(Boolean).join(' · ')),
    button,
    ...[...asksOf(onCard, offer.issue), ...asksOf(onCard, offer.redeem)].map((line) => el('p', { class: 'offer-asks' }, line)),
    may && offer.left !== null && el('p', { class: 'offer-asks' }, t('card.swap_left', { n: offer.left })),
    offer.reason !== undefined && el('p', { class: 'offer-why' }, reasonOf(onCard, { ...offer, reason: offer.reason })),
    prizesOf(offer),
  );
}

/** Never without a question: a swap takes points. One key for one question, however often it is tapped. */
function ask(offer: Offer, again: () => void): void {
  const key = newKey();
  const yes = el('button', { type: 'button', class: 'button' }, t('card.swap_yes'));
  const no = el('button', { type: 'button', class: 'button-quiet' }, t('card.swap_no'));
  const note = el('p', { role: 'status', class: 'offer-why' });
  const close = overlay(
    t('card.swap_label', { title: offer.title }),
    el(
      'div',
      { class: 'ask' },
      el('p', {}, t('card.swap_ask', { n: offer.price, title: offer.title, left: usable - offer.price })),
      el('p', { class: 'offer-asks' }, t(offer.final ? 'card.swap_final' : 'card.swap_hint')),
      offer.back && el('p', { class: 'offer-asks' }, t('card.swap_back')),
      note,
      yes,
      no,
    ),
  );
  no.addEventListener('click', close);
  yes.addEventListener('click', () => {
    yes.disabled = true;
    api.post<SwapAnswer>('/api/card/swaps', { reward: offer.id }, { key }).then(
      (done) => {
        close();
        toast(t(offer.prizes.length > 0 ? 'card.voucher_new' : 'card.swap_done', { title: done.title }));
        again();
      },
      (error: unknown) => {
        yes.disabled = false; // the same key: what was done already is not done twice
        note.textContent = refusalText(error, isOffline(error) ? 'card.failed' : 'card.no_now');
      },
    );
  });
  no.focus();
}

function recentLine(recent: Recent, again: () => void): HTMLElement {
  const key = newKey();
  const button = el(
    'button',
    { type: 'button', class: 'button-quiet', 'aria-label': t('card.swap_undo_label', { title: recent.title }) },
    t('card.swap_undo'),
  );
  button.addEventListener('click', () => {
    button.disabled = true;
    api.post('/api/card/swaps/undo', { transfer: recent.transfer }, { key }).then(
      () => {
        toast(t('card.swap_undone', { n: recent.amount }));
        again();
      },
      (error: unknown) => {
        button.disabled = false;
        toast(refusalText(error, isOffline(error) ? 'card.failed' : 'card.swap_stays'));
        again();
      },
    );
  });
  return el('li', { class: 'offer', 'data-transfer': recent.transfer }, icon('tick'), el('p', {}, t('card.swap_done', { title: recent.title })), button);
}
