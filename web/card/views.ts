/** The four views of one page, and what the history and settings views do. */
import { api } from '../lib/api';
import { byId, el, toast } from '../lib/dom';
import { currentLanguage, date, number, t, time } from '../lib/lang';
import type { HistoryEntry, Profile } from '../lib/types';
import { overlay } from './overlay';
import { why } from './why';

const DAY_MS = 86_400_000;

/** Switches by the bar. The address stays: LINE's SDK reads it until it has started. */
export function listenToBar(onShow: (view: string) => void): void {
  const show = (view: string): void => {
    document.body.dataset['view'] = view;
    for (const tab of byId('bar')!.querySelectorAll('button'))
      if (tab.dataset['to'] === view) tab.setAttribute('aria-current', 'page');
      else tab.removeAttribute('aria-current');
    window.scrollTo(0, 0);
    onShow(view);
  };
  byId('bar')?.addEventListener('click', (event) => {
    const to = (event.target as Element).closest('button')?.dataset['to'];
    if (to === undefined || to === document.body.dataset['view']) return;
    history.pushState({ view: to }, '');
    show(to);
  });
  window.addEventListener('popstate', (event) => {
    const state = event.state as { view?: string } | null;
    show(state?.view ?? 'card');
  });
  /* The rich menu's tile for rewards has this number (line/menu_design.h). */
  if (byId('bar') && new URLSearchParams(location.search).get('area') === '3') show('rewards');
}

/** "Today", "Yesterday", or the day. */
function dayName(at: number, now: number): string {
  if (date(at) === date(now)) return t('card.today');
  if (date(at) === date(now - DAY_MS)) return t('card.yesterday');
  return date(at);
}

/** Entries by day, in their order: the newest first. */
export function byDay(history: readonly HistoryEntry[], now: number): { day: string; entries: HistoryEntry[] }[] {
  const days: { day: string; entries: HistoryEntry[] }[] = [];
  for (const entry of history) {
    const day = dayName(entry.at, now);
    if (days[days.length - 1]?.day !== day) days.push({ day, entries: [] });
    days[days.length - 1]!.entries.push(entry);
  }
  return days;
}

export function drawHistory(history: readonly HistoryEntry[], now: number): void {
  byId('history')?.replaceChildren(
    ...(history.length === 0
      ? [el('p', { class: 'none' }, t('card.history_none'))]
      : byDay(history, now).map(({ day, entries }) =>
          el('div', { class: 'day' }, el('h3', {}, day), el('ul', { role: 'list' }, ...entries.map(line))),
        )),
  );
}

export function drawHistoryNote(key: 'card.loading' | 'card.failed'): void {
  const box = byId('history');
  if (box && !box.querySelector('.day')) box.replaceChildren(el('p', { class: 'none' }, t(key)));
}

const KINDS: Record<HistoryEntry['kind'], string> = {
  earn: 'card.history_earn',
  round: 'card.history_round',
  reverse: 'card.history_reverse',
  merge_out: 'card.history_merge_out',
  merge_in: 'card.history_merge_in',
  bring: 'card.history_bring',
  spend: 'card.history_spend',
  expire: 'card.history_expire',
  swap: 'card.history_swap',
  lapse: 'card.history_lapse',
  bonus: 'card.history_bonus',
  gift_out: 'card.history_gift_out',
  gift_in: 'card.history_gift_in',
  refund: 'card.history_refund',
  late: 'card.history_late',
  repay: 'card.history_repay',
  swap_back: 'card.history_swap_back',
};

/** What a bonus was for; an event of the shop's has a title of its own. */
function bonusName(why: string): string {
  if (why === 'join') return t('card.why_joining');
  return why === 'birthday' ? t('card.why_birthday') : why;
}

function line(entry: HistoryEntry): HTMLElement {
  const kind = entry.why === undefined ? t(KINDS[entry.kind]) : bonusName(entry.why);
  const about = [entry.shop, ...why(entry.parts), entry.reversed && t('card.history_undone'), t('card.history_balance', { n: entry.balance })];
  return el(
    'li',
    { class: 'entry', 'data-undone': entry.reversed, 'data-sign': entry.sign },
    el('time', { datetime: new Date(entry.at).toISOString() }, time(entry.at)),
    el('span', {}, kind),
    el('b', {}, `${entry.sign < 0 ? '\u2212' : '+'}${number(entry.amount)}`),
    el('small', {}, about.filter(Boolean).join(' · ')),
  );
}

/** Language and logging out. `onLogout` forgets what this browser keeps of LINE. */
export function listenToMe(onLogout: () => void): void {
  byId('languages')?.addEventListener('click', (event) => {
    const wanted = (event.target as Element).closest('button')?.lang;
    if (!wanted || wanted === currentLanguage()) return;
    api.post<Profile>('/api/profile', { language: wanted }).then(
      () => location.reload(),
      () => toast(t('card.failed')),
    );
  });
  byId('logout')?.addEventListener('click', () => {
    const stay = el('button', { type: 'button', class: 'button' }, t('card.me_stay'));
    const leave = el('button', { type: 'button', class: 'button-quiet' }, t('card.me_logout'));
    const close = overlay(t('card.me_logout'), el('div', { class: 'ask' }, el('p', {}, t('card.me_logout_ask')), leave, stay));
    stay.addEventListener('click', close);
    leave.addEventListener('click', () => {
      api.post('/line/logout', {}).then(onLogout, () => {
        close();
        toast(t('card.failed'));
      });
    });
    stay.focus();
  });
}
