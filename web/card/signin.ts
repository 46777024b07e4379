/**
 * The sign-in page: inside LINE it signs in by itself, elsewhere its link leads to LINE's login.
 *
 * With `data-next` it is the page where a member shows once more who it is, before an act that goes on there.
 * The token of a card that was open for long is too old for that; inside LINE the link then opens the card anew.
 */
import { ApiError, api } from '../lib/api';
import { byId } from '../lib/dom';
import { t } from '../lib/lang';
import { type Liff, type LiffMode, isFromLine, openLiff } from '../lib/liff';
import { forget, mayRepeat } from './guard';
import { hasLeft, prove, setLeft } from './session';

const FAULTS: Record<string, string> = { login_stale: 'card.again_open', login_other: 'card.again_another' };

export async function startSignin(mode: LiffMode, liffId: string): Promise<void> {
  const { body } = document;
  const { next } = body.dataset;
  const left = !next && hasLeft();
  const byHand = body.dataset['state'] === 'failed' || left; // the person decides, not the page
  const isLikely = isFromLine(mode);
  body.dataset['state'] = isLikely && !byHand ? 'checking' : byHand && !left ? 'failed' : 'ready';

  let liff: Liff | null = null;
  const enter = async (): Promise<void> => {
    body.dataset['state'] = 'checking';
    try {
      if (!next && !mayRepeat('signin')) throw new Error('signed in again and again');
      liff ??= await openLiff(mode, liffId);
      if ((await prove(liff, !!next)) === null) {
        forget('signin'); // nothing was tried
        body.dataset['state'] = 'ready';
        return;
      }
      setLeft(false);
      if (next) location.replace(next);
      else location.reload();
    } catch (error) {
      const { word, status } = error instanceof ApiError ? error : { word: '', status: 0 };
      const isOld = status === 401;
      if (isOld) liff?.logout(); // LINE's SDK keeps an ID token after its hour is over
      body.dataset['state'] = 'failed';
      const fault = byId('fault');
      if (fault) fault.textContent = t(FAULTS[word] ?? (isOld ? 'card.login_again' : 'card.login_failed'));
    }
  };

  byId('login')?.addEventListener('click', (event) => {
    if (next || (!liff?.isInClient() && !(isLikely && hasLeft()))) return; // the link itself: LINE's web login
    event.preventDefault();
    setLeft(false);
    forget('signin');
    void enter();
  });
  const guest = byId('guest') as HTMLButtonElement | null;
  if (guest) guest.hidden = false; // without this script nothing would come of it
  guest?.addEventListener('click', () => {
    guest.disabled = true;
    api.post('/line/guest', {}).then(
      () => location.reload(),
      () => {
        guest.disabled = false;
        const fault = byId('fault');
        body.dataset['state'] = 'failed';
        if (fault) fault.textContent = t('card.failed');
      },
    );
  });
  if (isLikely && !byHand) await enter();
}
