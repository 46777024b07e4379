/**
 * What the member was not told yet, under the code: shown once, and then seen, so that no message about
 * it has to be paid for. A person's words and a reward stay news until they are put away by hand.
 */
import { api } from '../lib/api';
import { byId, el } from '../lib/dom';
import { date, plural, t } from '../lib/lang';
import type { News } from '../lib/types';
import { endOf } from './ends';

/** They come on LINE as well: glancing past them on the card is not having read them. */
const KEPT: readonly News['kind'][] = ['staff', 'voucher'];
const SHOWN_MAX = 5;

export interface NewsAbout {
  plan: number;
  balance: number;
}

let shown: News[] = [];
const putAway = new Set<number>();

/** Fetches the news and puts them in front of those on the screen. `now` is asked when they are here. */
export async function showNews(now: () => NewsAbout): Promise<void> {
  const panel = document.querySelector('.panel');
  if (!panel || document.visibilityState !== 'visible') return;
  const { notices } = await api.get<{ notices: News[] }>('/api/notices');
  const fresh = notices.filter(({ id }) => !putAway.has(id) && !shown.some((old) => old.id === id));
  const told = fresh.filter((news) => newsText(news, now()) !== null).slice(0, SHOWN_MAX);
  seen(fresh.filter((news) => newsText(news, now()) === null || (told.includes(news) && !KEPT.includes(news.kind))));
  if (told.length === 0) return;
  shown = [...told, ...shown].slice(0, SHOWN_MAX);
  drawNews(panel, now());
}

function seen(news: readonly News[]): void {
  for (const { id } of news) void api.post(`/api/notices/${id}/seen`, {}).catch(() => undefined); // it comes again
}

function drawNews(panel: Element, now: NewsAbout): void {
  const close = el('button', { type: 'button', class: 'button-quiet' }, t('card.news_close'));
  const status = el('div', { role: 'status' });
  const box = el(
    'section',
    { class: 'box news', id: 'news', 'data-in': 'card', 'aria-labelledby': 'h-news' },
    el('div', { class: 'box-head' }, el('h2', { id: 'h-news' }, t('card.news')), close),
    status,
  );
  close.addEventListener('click', () => {
    seen(shown.filter(({ kind }) => KEPT.includes(kind)));
    for (const { id } of shown) putAway.add(id);
    shown = [];
    box.remove();
    byId('enlarge')?.focus();
  });
  byId('news')?.remove();
  panel.after(box);
  status.append(el('ul', { role: 'list' }, ...shown.map((one) => item(one, now)))); // last: so it is read out
}

function item(news: News, now: NewsAbout): HTMLElement {
  const about = [news.plan !== null && news.plan !== now.plan && news.plan_name, news.shop, date(news.at)];
  return el('li', {}, el('p', {}, newsText(news, now) ?? ''), el('small', {}, about.filter(Boolean).join(' · ')));
}

/** In words; null when there is nothing left to say. */
export function newsText(news: News, now: NewsAbout): string | null {
  const unit = news.unit ?? 'stamp';
  const n = news.amount ?? 0;
  const title = news.reward ?? '';
  if (news.over) return null;
  switch (news.kind) {
    case 'grant':
      return plural(unit === 'stamp' ? 'card.earned_stamp' : 'card.earned_point', n);
    case 'one_more':
      if (news.left === null || (news.plan === now.plan && news.balance !== now.balance)) return null; // of an earlier day
      return plural(unit === 'stamp' ? 'card.next_stamp' : 'card.next_point', news.left, { title });
    case 'voucher':
      return t('card.voucher_new', { title });
    case 'voucher_lapse':
      return t('card.news_voucher_lapse', { title, date: date(news.expires ?? news.at) });
    case 'points_lapse':
      return `${t('card.news_points_lapse')}: ${endOf(unit, n, (news.expires ?? news.at) - 1)}`;
    case 'tier':
      return t('card.news_tier', { title: news.text ?? '' });
    case 'birthday':
      return t('card.news_birthday');
    case 'dormant':
      return t('card.news_dormant');
    case 'gift_taken':
      return t('card.news_gift_taken');
    case 'gift_back':
      return t('card.news_gift_back');
    case 'staff':
      return news.text;
    default:
      return null; // of a server newer than this page
  }
}
