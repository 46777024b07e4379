/** The page about a member's own data: taking it away, and leaving. */
import { begunBefore, wantsLogin } from '../lib/again';
import { ApiError, api } from '../lib/api';
import { byId, toast } from '../lib/dom';
import { t } from '../lib/lang';
import { type Liff, type LiffMode, openLiff } from '../lib/liff';
import { startSeal } from './seal';
import { setLeft } from './session';

/** Long enough to read on coming back from LINE. */
const BACK_SHOWN_MS = 8_000;

export function startMe(mode: LiffMode, liffId: string): void {
  const liff = openLiff(mode, liffId).catch(() => null); // without LINE there is no token to hand over
  listenToDownload(liff);
  const ask = listenToLeave(liff);
  startSeal();
  const begun = begunBefore();
  if (begun === null) return;
  if (begun === 'leave') ask();
  else byId('download')?.focus();
  toast(t('card.again_done'), BACK_SHOWN_MS);
}

/**
 * LINE's own browser saves no files: there the phone's browser is given a link that works once. It is asked
 * for elsewhere too, for only an answer can say that a login is wanted first.
 */
function listenToDownload(ready: Promise<Liff | null>): void {
  byId('download')?.addEventListener('click', (event) => {
    event.preventDefault();
    void Promise.all([ready, api.post<{ url: string }>('/api/me/export/link', {})]).then(
      ([liff, { url }]) => (liff && /\bLine\//.test(navigator.userAgent) ? liff.openExternal(url) : location.assign(url)),
      (error: unknown) => wantsLogin(error, 'export') || toast(t('card.failed')),
    );
  });
}

/** Gives back what asks whether one is sure. */
function listenToLeave(ready: Promise<Liff | null>): () => void {
  const [open, sure, gone] = ['leave', 'sure', 'gone'].map(byId) as [HTMLButtonElement, HTMLElement, HTMLButtonElement];
  const understood = byId('understood') as HTMLInputElement;

  const show = (is: boolean): void => {
    sure.hidden = !is;
    open.hidden = is;
    open.setAttribute('aria-expanded', String(is));
    understood.checked = false;
    gone.disabled = true;
    (is ? sure : open).focus();
  };
  open.addEventListener('click', () => show(true));
  byId('stay')?.addEventListener('click', () => show(false));
  understood.addEventListener('change', () => (gone.disabled = !understood.checked));
  gone.addEventListener('click', () => {
    gone.disabled = true;
    sure.querySelectorAll<HTMLElement>('.alarm').forEach((said) => (said.hidden = true));
    void leave(ready, gone);
  });
  return () => show(true);
}

/** A token that our server does not take for one is no reason to stay. */
async function tell(token: string | null): Promise<boolean> {
  try {
    const body = { confirm: (byId('gone') as HTMLButtonElement).value, access_token: token };
    return (await api.post<{ told: boolean }>('/api/me/leave', body, { timeoutMs: 20_000 })).told;
  } catch (error) {
    if (token === null || !(error instanceof ApiError) || error.status !== 400) throw error;
    return tell(null);
  }
}

async function leave(ready: Promise<Liff | null>, button: HTMLButtonElement): Promise<void> {
  const liff = await ready;
  try {
    const told = await tell(liff?.accessToken() ?? null);
    liff?.logout();
    setLeft(true); // and not signed in again by opening the card
    byId('here')!.hidden = true;
    byId(told ? 'told' : 'untold')!.hidden = false;
    byId('left')!.hidden = false;
    byId('left')!.focus();
  } catch (error) {
    if (wantsLogin(error, 'leave')) return;
    const said = error instanceof ApiError && byId(error.word); // a sentence of its own
    (said || byId('failed')!).hidden = false;
    button.disabled = false;
  }
}
