/** The card's question about terms: asked below the code, and never in its way. */
import { api } from '../lib/api';
import { byId, toast } from '../lib/dom';
import { t } from '../lib/lang';

export function listenToTerms(): void {
  const box = byId('terms');
  const button = box?.querySelector('button');
  button?.addEventListener('click', () => {
    button.disabled = true;
    api.post('/api/terms/accept', { version: Number(box!.dataset['version']) }).then(
      () => {
        box!.remove();
        toast(t('card.terms_thanks'));
      },
      () => {
        button.disabled = false;
        toast(t('card.failed'));
      },
    );
  });
}
