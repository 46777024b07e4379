/** The owner's page: who is looking, then the page of the address' "#", today's numbers to begin with. */

import { type JSX, render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';
import { languageOf, loadWords, t } from '../lib/lang';
import type { AdminAnswer } from '../lib/types';
import { Navigation, useAdminPage } from './pages';

const CLAIM = 'stampd-claim';

type Who = { at: 'asking' } | { at: 'guest'; text: string; retry: boolean } | { at: 'owner'; name: string };

/**
 * The owner's link carries its token behind the "#", which no server and no log sees. It is taken out
 * of the address at once and kept for the way through LINE's login and back.
 */
function takeClaim(): string {
  const token = new URLSearchParams(location.hash.slice(1)).get('claim');
  try {
    if (token) {
      sessionStorage.setItem(CLAIM, token);
      history.replaceState(null, '', location.pathname);
    }
    return token ?? sessionStorage.getItem(CLAIM) ?? '';
  } catch {
    return token ?? ''; /* without storage the link is opened once more after the login */
  }
}

function dropClaim(): void {
  try {
    sessionStorage.removeItem(CLAIM);
  } catch {
    /* nothing was kept */
  }
}

async function ask(): Promise<Who> {
  const answer = await api.get<AdminAnswer & { signed_in?: boolean }>('/api/admin');
  if (answer.state === 'owner') return { at: 'owner', name: answer.name };
  const token = takeClaim();
  if (!token) return { at: 'guest', text: answer.signed_in ? 'admin.not_owner' : 'admin.guest_text', retry: answer.signed_in === true };
  if (answer.signed_in === false) return { at: 'guest', text: 'admin.claim_text', retry: false };
  try {
    const owner = await api.post<AdminAnswer>('/api/admin/claim', { token });
    dropClaim();
    return { at: 'owner', name: owner.state === 'owner' ? owner.name : '' };
  } catch (reason) {
    if (!(reason instanceof ApiError) || reason.isOffline || reason.status >= 500) throw reason;
    if (reason.status === 401 && reason.word.startsWith('session')) return { at: 'guest', text: 'admin.claim_text', retry: false };
    dropClaim();
    return { at: 'guest', text: 'admin.claim_failed', retry: true };
  }
}

function Guest({ text, retry }: { text: string; retry: boolean }): JSX.Element {
  return (
    <main class="guest">
      <svg class="guest-art" viewBox="0 0 120 80" aria-hidden="true">
        <path class="ga-line" d="M8 70h104" />
        <rect class="ga-bar" x="18" y="44" width="16" height="26" rx="3" />
        <rect class="ga-bar" x="42" y="30" width="16" height="40" rx="3" />
        <rect class="ga-bar" x="66" y="36" width="16" height="34" rx="3" />
        <rect class="ga-top" x="90" y="12" width="16" height="58" rx="3" />
      </svg>
      <h1 class="day-title">{t('admin.guest_title')}</h1>
      <p>{t(text)}</p>
      <a class="line-button" href={`/line/login?next=/admin${retry ? '&retry=1' : ''}`}>{t('admin.sign_in')}</a>
    </main>
  );
}

function Owner({ name, title, signedOut }: { name: string; title: string; signedOut: () => void }): JSX.Element {
  const { View, id } = useAdminPage();
  const leave = (): void => void api.post('/api/admin/logout', {}).catch(() => undefined).then(signedOut);
  return (
    <>
      <header class="top">
        <strong class="top-shop">{title}</strong>
        <Navigation current={id} />
        <span class="top-name">{name}</span>
        <button type="button" class="top-out" onClick={leave}>{t('admin.sign_out')}</button>
      </header>
      <main class="page"><View signedOut={signedOut} /></main>
    </>
  );
}

function App({ title }: { title: string }): JSX.Element {
  const [who, setWho] = useState<Who>({ at: 'asking' });
  const [round, setRound] = useState(0);
  const again = (): void => setRound((n) => n + 1);
  useEffect(() => {
    let timer = 0;
    ask().then(setWho, () => { timer = window.setTimeout(again, 3000); });
    const claim = (): void => { if (takeClaim()) again(); };
    window.addEventListener('hashchange', claim);
    return () => {
      window.clearTimeout(timer);
      window.removeEventListener('hashchange', claim);
    };
  }, [round]);
  if (who.at === 'owner') return <Owner name={who.name} title={title} signedOut={again} />;
  if (who.at === 'guest') return <Guest text={who.text} retry={who.retry} />;
  return (
    <main class="guest">
      <h1 class="sr">{t('admin.title')}</h1>
      <p class="waiting" role="status"><span class="spinner" aria-hidden="true" />{t('admin.loading')}</p>
    </main>
  );
}

async function begin(root: HTMLElement): Promise<void> {
  takeClaim();
  const language = languageOf([document.documentElement.lang, ...navigator.languages]);
  await loadWords((of) => import(`../lang/admin.${of}.json`), language);
  document.documentElement.lang = language;
  const title = root.dataset['title'] ?? '';
  document.title = title ? `${t('admin.title')} – ${title}` : t('admin.title');
  render(<App title={title} />, root);
}

const root = document.getElementById('app');
if (root) void begin(root);
