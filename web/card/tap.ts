/** Somebody guesses at this card's codes: tills take none until its member says "it is me". */
import { api } from '../lib/api';
import { byId, el, toast } from '../lib/dom';
import { t } from '../lib/lang';

export function drawGuard(plan: number, is: boolean): void {
  const shown = byId('guard');
  const panel = byId('panel');
  if (!is) shown?.remove();
  if (!is || shown || !panel) return;
  const button = el('button', { type: 'button', class: 'button' }, t('card.guard_tap'));
  const box = el('div', { class: 'panel-note', id: 'guard', role: 'alert' }, el('p', {}, t('card.guard')), button);
  button.addEventListener('click', () => {
    button.disabled = true;
    void api.post('/api/card/confirm', { plan }).then(
      () => {
        box.remove();
        toast(t('card.guard_done'));
      },
      () => {
        button.disabled = false;
        toast(t('card.failed'));
      },
    );
  });
  panel.before(box);
}
