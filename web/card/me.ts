/** The page about a member's own data: taking it away, and leaving. */
import { ApiError, api } from '../lib/api';
import { byId } from '../lib/dom';
import { type Liff, type LiffMode, openLiff } from '../lib/liff';
import { startSeal } from './seal';
import { setLeft } from './session';

export function startMe(mode: LiffMode, liffId: string): void {
  const liff = openLiff(mode, liffId).catch(() => null); // without LINE there is no token to hand over
  listenToDownload(liff);
  listenToLeave(liff);
  startSeal();
}

/** LINE's own browser saves no files: there the phone's browser is given a link that works once. */
function listenToDownload(ready: Promise<Liff | null>): void {
  byId('download')?.addEventListener('click', (event) => {
    if (!/\bLine\//.test(navigator.userAgent)) return; // the link itself
    event.preventDefault();
    void Promise.all([ready, api.post<{ url: string }>('/api/me/export/link', {})]).then(
      ([liff, { url }]) => (liff ? liff.openExternal(url) : location.assign(url)),
      () => undefined,
    );
  });
}

function listenToLeave(ready: Promise<Liff | null>): void {
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
    for (const id of ['failed', 'owner']) byId(id)!.hidden = true;
    void leave(ready, gone);
  });
}

/** A token that our server does not take for one is no reason to stay. */
async function tell(token: string | null): Promise<boolean> {
  try {
    const body = { confirm: 'leave', access_token: token };
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
    byId(error instanceof ApiError && error.word === 'still_owner' ? 'owner' : 'failed')!.hidden = false;
    button.disabled = false;
  }
}
