/** How a prize was drawn, for its winner: also long after it was used, or has ended. */
import { api } from '../lib/api';
import { byId, el } from '../lib/dom';
import { date, number, t } from '../lib/lang';
import type { Draw, Draws, VoucherFacts } from '../lib/types';
import type { Counted } from './draw';

const KEPT = 'stampd.draws';

/** The promise as this phone saw it first, so that it cannot be another one later. */
function promiseOf(voucher: number, draw: Draw): string | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Record<string, string>;
    const seen = kept[voucher] ?? null;
    if (seen === null) localStorage.setItem(KEPT, JSON.stringify({ ...kept, [voucher]: draw.seed_hash }));
    return seen;
  } catch {
    return null; // storage is closed to us, or holds something else
  }
}

const STATES: Record<Counted, string> = { open: 'card.draw_open', matches: 'card.draw_matches', differs: 'card.draw_differs' };

/** "0 – 499,999: Mug", with the stretch that the number fell into marked. */
function stretches({ prizes, drawn }: Draw): HTMLElement {
  let from = 0;
  return el(
    'ul',
    { role: 'list' },
    ...prizes.map(({ title, odds }, i) => {
      const line = t('card.draw_stretch', { from: number(from), until: number(from + odds - 1), title });
      from += odds;
      return el('li', {}, i === drawn ? el('b', {}, line) : line);
    }),
  );
}

/** The facts, and this phone's own count of them. */
export async function drawnFacts(voucher: number, draw: Draw): Promise<HTMLElement> {
  const status = el('p', { role: 'status', class: 'drawn-count' });
  const box = el(
    'div',
    { class: 'drawn-facts' },
    el('p', {}, t('card.draw_roll', { n: number(draw.roll), title: draw.prizes[draw.drawn]?.title ?? '' })),
    stretches(draw),
    draw.won !== draw.drawn && el('p', {}, t('card.draw_stood_in', { title: draw.prizes[draw.won]?.title ?? '' })),
    status,
    el('p', { class: 'prizes-fair' }, t('card.swap_fair', { hash: draw.seed_hash })),
  );
  const { countAgain } = await import('./draw');
  const counted = await countAgain(draw, promiseOf(voucher, draw));
  status.dataset['state'] = counted;
  status.textContent = t(STATES[counted], { code: `${draw.transfer}-${draw.nth}` });
  return box;
}

/** Closed until somebody wants to know; only then it is asked for and counted. */
export function drawnDetails(voucher: number, summary: string, known?: Draw): HTMLElement {
  const details = el('details', { class: 'prizes drawn' }, el('summary', {}, summary));
  const open = async (): Promise<void> => {
    const draw = known ?? (await api.get<VoucherFacts>(`/api/vouchers/${voucher}`)).draw;
    details.querySelector('.drawn-facts')?.remove();
    if (draw) details.append(await drawnFacts(voucher, draw));
  };
  details.addEventListener('toggle', () => {
    if (!details.open) return;
    open().catch(() => details.append(el('p', { class: 'drawn-facts' }, t('card.failed'))));
  });
  return details;
}

const ENDED: Record<string, string> = { redeemed: 'card.draw_redeemed', expired: 'card.draw_expired', cancelled: 'card.draw_cancelled' };

/** Below all rewards, for whoever has drawn: each with the day, and what became of it. */
export async function showDraws(): Promise<void> {
  const { draws } = await api.get<Draws>('/api/me/draws');
  byId('draws')?.remove();
  if (draws.length === 0) return;
  const section = el(
    'section',
    { class: 'box', id: 'draws', 'data-in': 'rewards', 'aria-labelledby': 'h-draws' },
    el('h2', { id: 'h-draws' }, t('card.draws')),
    ...draws.map(({ voucher, title, state, at }) => {
      const ended = ENDED[state];
      return drawnDetails(voucher, [title, date(at), ended && t(ended)].filter(Boolean).join(' · '));
    }),
  );
  (byId('offers') ?? byId('ready'))?.after(section);
}
