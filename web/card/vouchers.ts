/** The tickets, and the live screen that staff scan to redeem one. */
import { api } from '../lib/api';
import { byId, drawing, el, icon, say } from '../lib/dom';
import { clock, date, t } from '../lib/lang';
import type { Code, Codes, Voucher, VoucherFacts } from '../lib/types';
import { asksOf, worthOf } from '../lib/worth';
import { CodeKeeper, grouped } from './codes';
import { drawnDetails } from './draws';
import { overlay } from './overlay';
import { onCard } from './worth';

/** A live screen is for the counter: it does not stay open. */
const SHOWN_FOR_MS = 5 * 60_000;
const DONE_FOR_MS = 2_500;

let onState: ((id: number, state: string) => void) | null = null;

/** Tells an open live screen what became of its voucher. */
export const voucherBecame = (id: number, state: string): void => onState?.(id, state);

export function drawVouchers(vouchers: readonly Voucher[]): void {
  byId('tickets')?.replaceChildren(...vouchers.map(ticket));
  byId('ready')?.toggleAttribute('data-empty', vouchers.length === 0);
  const tab = document.querySelector('#bar [data-to="rewards"]');
  tab?.querySelector('.badge')?.remove();
  if (vouchers.length > 0) tab?.append(el('b', { class: 'badge' }, String(vouchers.length)));
}

/** The same element that the server writes in write_vouchers of page_card.c. */
function ticket({ id, title, kind, value, expires }: Voucher): HTMLElement {
  const until = t('card.voucher_until', { date: date(expires) });
  const use = el(
    'button',
    { type: 'button', class: 'button', 'aria-label': t('card.voucher_use_label', { title }) },
    t('card.voucher_use'),
  );
  return el(
    'li',
    { class: 'ticket', 'data-voucher': id },
    el('p', { class: 'ticket-title' }, title),
    el('p', { class: 'ticket-until' }, [worthOf(onCard, kind, value), until].filter(Boolean).join(' · ')),
    use,
  );
}

/** One listener for tickets from the server and tickets of ours. */
export function listenToTickets(): void {
  byId('tickets')?.addEventListener('click', (event) => {
    const item = (event.target as Element).closest('button')?.closest('li');
    if (item) openVoucher(Number(item.dataset['voucher']), item.querySelector('.ticket-title')?.textContent ?? '');
  });
}

function openVoucher(id: number, title: string): void {
  const time = el('p', { class: 'show-clock', 'aria-hidden': 'true' }, clock(Date.now()));
  const box = el('div', { class: 'show-qr' });
  const digits = el('p', { class: 'full-text', translate: 'no' });
  const note = el('p', { role: 'status' }, t('card.voucher_show'));
  const done = el('button', { type: 'button', class: 'button-quiet' }, t('card.close'));
  const facts = el('div', { class: 'show-facts' });
  const content = el('div', { class: 'show' }, el('h2', {}, title), facts, time, box, digits, note, done);

  const keeper = new CodeKeeper({
    load: () => api.get<Codes>(`/api/vouchers/${id}/code`),
    show: (code: Code | null) => {
      box.replaceChildren(...(code ? [drawing(code.qr_svg)] : []));
      digits.textContent = code ? grouped(code.digits) : '';
    },
    online: (is) => void (note.textContent = t(is ? 'card.voucher_show' : 'card.code_gone')),
    now: () => Date.now(),
    after: (ms, run) => window.setTimeout(run, ms),
    cancel: (timer) => window.clearTimeout(timer),
  });
  const ticks = window.setInterval(() => void (time.textContent = clock(keeper.serverNow())), 1_000);
  const limit = window.setTimeout(() => close(), SHOWN_FOR_MS);
  const close = overlay(title, content, () => {
    keeper.sleep();
    window.clearInterval(ticks);
    window.clearTimeout(limit);
    onState = null;
  });
  done.addEventListener('click', close);
  onState = (which, state) => {
    if (which !== id) return;
    const text = t(state === 'redeemed' ? 'card.voucher_done' : 'card.voucher_gone');
    keeper.sleep();
    content.replaceChildren(el('h2', {}, title), el('p', { class: 'show-done' }, state === 'redeemed' && icon('tick'), text), done);
    say(text);
    window.setTimeout(close, DONE_FOR_MS);
  };
  keeper.start(null, Date.now());
  void drawFacts(id, facts).catch(() => undefined); // the till asks for the same
  done.focus();
}

/** What it is worth and what it asks for; and the code of whoever gives it, where it has one. */
async function drawFacts(id: number, into: HTMLElement): Promise<void> {
  const { kind, value, redeem, code, draw } = await api.get<VoucherFacts>(`/api/vouchers/${id}`);
  const lines = [worthOf(onCard, kind, value), ...asksOf(onCard, redeem)].filter(Boolean);
  into.replaceChildren(...lines.map((line) => el('p', {}, line)));
  if (code) into.append(el('div', { class: 'show-given' }, drawing(code.svg), el('p', { translate: 'no' }, code.text)));
  if (draw) into.append(drawnDetails(id, t('card.draw_how'), draw));
}
