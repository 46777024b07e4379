/** The code on the card: swapped whole, never faded, since a camera may look in between. */
import { block, byId, drawing, el, icon, movesLess } from '../lib/dom';
import { t } from '../lib/lang';
import type { Code, Codes } from '../lib/types';
import { grouped } from './codes';

/** What of a code goes into which box; the boxes come from the server with the first code in them. */
export function drawCode(code: Code): void {
  const linear = byId('linear-text');
  const text = grouped(code.linear ?? code.digits);
  byId('qr')?.replaceChildren(drawing(code.qr_svg));
  if (linear && linear.textContent !== text) { // a fixed number stays where it is
    byId('linear')?.replaceChildren(...(code.linear_svg ? [drawing(code.linear_svg)] : []));
    linear.textContent = text;
  }
  const digits = byId('digits');
  if (digits) digits.textContent = grouped(code.digits);
  byId('code-gone')?.remove();
  byId('panel')?.removeAttribute('hidden');
}

/** The code that came with the page: its drawings stand in their boxes, not a second time in the JSON. */
export function firstCodes(): Codes | null {
  const first = block<Codes>('codes');
  const drawn = (id: string): string | undefined => {
    const svg = byId(id)?.querySelector('svg');
    return svg ? new XMLSerializer().serializeToString(svg) : undefined;
  };
  for (const code of first?.codes ?? []) {
    code.qr_svg ??= drawn('qr') ?? '';
    code.linear_svg ??= drawn('linear');
  }
  return first;
}

/** No code that a till would take: say so, instead of showing one that it would refuse. */
export function drawNoCode(retry: () => void): void {
  const panel = byId('panel');
  if (!panel || byId('code-gone')) return;
  const button = el('button', { type: 'button', class: 'button' }, t('card.code_retry'));
  button.addEventListener('click', retry);
  const text = el('p', {}, t('card.code_gone'));
  panel.hidden = true;
  panel.before(el('div', { class: 'panel-note', id: 'code-gone', role: 'status' }, icon('card'), text, button));
}

let running: Animation | undefined;

/** The line below the panel runs out with the code. */
export function runTimer(leftMs: number, stepMs: number): void {
  const line = byId('timer');
  running?.cancel();
  if (!line || movesLess()) return;
  running = line.animate(
    [{ transform: `scaleX(${Math.min(1, leftMs / stepMs)})` }, { transform: 'scaleX(0)' }],
    { duration: Math.max(leftMs, 1), fill: 'forwards' },
  );
}
