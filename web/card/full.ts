/** The full screen: the linear code turned along the long side, the QR beside it; a tap closes it. */
import { drawing, el } from '../lib/dom';
import { t } from '../lib/lang';
import type { Code } from '../lib/types';
import { grouped } from './codes';
import { overlay } from './overlay';

const HINT_AFTER_MS = 60_000;
const HINT_OPENED = 3;
const HINT_WITHIN_MS = 120_000;

let redraw: ((code: Code | null) => void) | null = null;
let opened: number[] = [];

/** A new code while the full screen is open. */
export const updateFull = (code: Code | null): void => redraw?.(code);

export function openFull(code: Code): void {
  const linear = el('div', {});
  const qr = el('div', { class: 'full-qr' });
  const digits = el('p', { class: 'full-text', translate: 'no' });
  const pages = [
    el('div', { class: 'full-page' }, el('div', { class: 'full-turn' }, linear)),
    el('div', { class: 'full-page' }, qr, digits),
  ];
  const strip = el('div', { class: 'full-strip', tabindex: 0, role: 'group', 'aria-label': t('card.code') }, ...pages);
  const tabs = [t('card.code_linear'), t('card.code_qr')].map((name, i) => {
    const tab = el('button', { type: 'button', 'aria-pressed': i === 0 ? 'true' : 'false' }, name);
    tab.addEventListener('click', () => strip.scrollTo({ left: i * strip.clientWidth }));
    return tab;
  });
  const done = el('button', { type: 'button' }, t('card.close'));
  const hint = el('p', { class: 'full-hint', role: 'status' });
  const content = el('div', { class: 'full' }, strip, hint, el('div', { class: 'full-bar' }, ...tabs, done));

  let drawn = '';
  const draw = (now: Code | null): void => {
    if (!now) return close();
    const text = grouped(now.linear ?? now.digits);
    if (text !== drawn) { // a fixed number stays where it is
      const line = el('p', { class: 'full-text', translate: 'no' }, text);
      linear.replaceChildren(...(now.linear_svg ? [drawing(now.linear_svg)] : []), line);
      drawn = text;
    }
    qr.replaceChildren(drawing(now.qr_svg));
    digits.textContent = grouped(now.digits);
  };
  strip.addEventListener('scroll', () => {
    const at = Math.round(strip.scrollLeft / Math.max(strip.clientWidth, 1));
    tabs.forEach((tab, i) => tab.setAttribute('aria-pressed', i === at ? 'true' : 'false'));
  });

  // The web cannot make the screen brighter; it can say so when reading seems to fail.
  const bright = (): void => void (hint.textContent = t('card.code_bright'));
  const now = Date.now();
  opened = [...opened.filter((at) => now - at < HINT_WITHIN_MS), now];
  const timer = window.setTimeout(bright, opened.length >= HINT_OPENED ? 0 : HINT_AFTER_MS);

  const close = overlay(t('card.code'), content, () => {
    window.clearTimeout(timer);
    redraw = null;
  });
  strip.addEventListener('click', close);
  done.addEventListener('click', close);
  redraw = draw;
  draw(code);
  done.focus();
}
