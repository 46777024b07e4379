/** The script of both pages of gifts: giving one, and taking one. */
import { ApiError, api, newKey } from '../lib/api';
import { block, byId, el, toast } from '../lib/dom';
import { number, setWords, t } from '../lib/lang';
import type { Language, Unit } from '../lib/types';
import { day, problemText } from './problem';

interface Plan {
  plan: number;
  name: string;
  unit: Unit;
  min: number;
  room: number; /* what can be given now */
}

interface Gift {
  id: number;
  name: string;
  unit: Unit;
  amount: number;
  state: 'open' | 'accepted' | 'returned';
  at: number;
  until: number;
  url?: string; /* of an open one */
}

/** GET /api/gifts */
interface Gifts {
  plans: Plan[];
  gifts: Gift[];
}

const amountOf = (unit: Unit, n: number): string => t(`gift.unit_${unit}`, { n: number(n) });

/** Sends under one key until an answer comes: pressed again without one, it counts once only. */
function once<T>(send: (key: string) => Promise<T>): () => Promise<T> {
  let key = newKey();
  return async () => {
    try {
      return await send(key);
    } catch (error) {
      if (!(error instanceof ApiError && error.isOffline)) key = newKey();
      throw error;
    }
  };
}

// ------------------------------------------------------------ giving

let plans: Plan[] = [];

function drawRoom(form: HTMLFormElement): void {
  const select = form.elements.namedItem('plan') as HTMLSelectElement;
  const chosen = plans.find((each) => String(each.plan) === select.value);
  const may = chosen !== undefined && chosen.room > 0;
  byId('room')!.textContent = may ? t('gift.room', { min: number(chosen.min), max: number(chosen.room) }) : t('gift.room_none');
  form.querySelector('button')!.disabled = !may;
}

function drawPlans(form: HTMLFormElement): void {
  const select = form.elements.namedItem('plan') as HTMLSelectElement;
  const wanted = select.value || new URLSearchParams(location.search).get('plan');
  byId('none')!.hidden = plans.length > 0;
  form.hidden = plans.length === 0;
  byId('plans')!.hidden = plans.length < 2;
  select.replaceChildren(...plans.map((each) => el('option', { value: String(each.plan) }, each.name)));
  if (plans.some((each) => String(each.plan) === wanted)) select.value = wanted!;
  drawRoom(form);
}

function askTakeBack(gift: Gift, item: HTMLElement, row: HTMLElement): void {
  const keep = el('button', { type: 'button', class: 'button' }, t('gift.keep'));
  const back = el('button', { type: 'button', class: 'button-quiet' }, t('gift.take_back'));
  const ask = el('div', { class: 'choice' }, el('p', {}, t('gift.take_back_ask')), back, keep);
  const send = once((key) => api.post(`/api/gifts/${gift.id}/take-back`, {}, { key }));
  row.hidden = true;
  item.append(ask);
  keep.focus();
  keep.addEventListener('click', () => {
    ask.remove();
    row.hidden = false;
    row.querySelector('button')!.focus();
  });
  back.addEventListener('click', () => {
    back.disabled = true;
    send().then(
      () => {
        toast(t('gift.taken_back'));
        void load();
      },
      (error: unknown) => {
        back.disabled = false;
        toast(problemText(error));
        void load();
      },
    );
  });
}

function buttons(gift: Gift, item: HTMLElement): HTMLElement {
  const text = t('gift.share_text', { what: amountOf(gift.unit, gift.amount), card: gift.name, date: day(gift.until), url: gift.url! });
  const copy = el('button', { type: 'button', class: 'button-quiet' }, t('gift.copy'));
  const back = el('button', { type: 'button', class: 'button-quiet' }, t('gift.take_back'));
  const row = el(
    'div',
    { class: 'choice' },
    el('a', { class: 'button', href: `https://line.me/R/share?text=${encodeURIComponent(text)}`, target: '_blank', rel: 'noopener' }, t('gift.send')),
    copy,
    back,
  );
  copy.addEventListener('click', () => {
    navigator.clipboard.writeText(gift.url!).then(() => toast(t('gift.copied')), () => window.prompt(t('gift.copy'), gift.url));
  });
  back.addEventListener('click', () => askTakeBack(gift, item, row));
  return row;
}

function line(gift: Gift): HTMLElement {
  const about = t(`gift.${gift.state}`, { date: day(gift.state === 'open' ? gift.until : gift.at) });
  const item = el('li', { class: 'given' }, el('span', {}, el('b', {}, amountOf(gift.unit, gift.amount)), el('small', {}, `${gift.name} · ${about}`)));
  if (gift.url !== undefined) item.append(buttons(gift, item));
  return item;
}

async function load(): Promise<void> {
  try {
    const answer = await api.get<Gifts>('/api/gifts');
    ({ plans } = answer);
    drawPlans(byId('give') as HTMLFormElement);
    const mine = byId('mine')!;
    mine.hidden = answer.gifts.length === 0;
    mine.querySelector('ul')!.replaceChildren(...answer.gifts.map(line));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) location.replace('/card');
    else toast(t('gift.failed'));
  }
}

function startGive(): void {
  const form = byId('give') as HTMLFormElement;
  const said = form.querySelector<HTMLElement>('.problem')!;
  const button = form.querySelector('button')!;
  let send = once(post);

  function post(key: string): Promise<unknown> {
    const data = new FormData(form);
    const amount = Number(String(data.get('amount')).normalize('NFKC').replace(/[,\s]/g, ''));
    const name = String(data.get('name')).trim();
    return api.post('/api/gifts', { plan: Number(data.get('plan')), amount, ...(name && { name }) }, { key });
  }

  form.addEventListener('input', () => {
    send = once(post);
    said.hidden = true;
    drawRoom(form);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    button.disabled = true;
    send()
      .then(
        () => {
          form.reset();
          toast(t('gift.made'));
          return load().then(() => byId('mine')!.querySelector<HTMLElement>('a')?.focus());
        },
        (error: unknown) => {
          said.textContent = problemText(error);
          said.hidden = false;
        },
      )
      .finally(() => drawRoom(form));
  });
  void load();
}

// ------------------------------------------------------------ taking

function startTake(): void {
  const button = byId('take') as HTMLButtonElement | null;
  if (!button) return;
  const said = document.querySelector<HTMLElement>('.problem')!;
  const { token, unit } = button.dataset;
  const send = once((key) => api.post<{ balance: number; rewards: number }>('/api/gifts/accept', { token }, { key }));
  button.addEventListener('click', () => {
    button.disabled = true;
    said.hidden = true;
    send().then(
      ({ balance, rewards }) => {
        byId('taken-balance')!.textContent = t('gift.took_balance', { what: amountOf(unit as Unit, balance) });
        byId('taken-reward')!.textContent = t('gift.took_reward');
        byId('taken-reward')!.hidden = rewards === 0;
        byId('gift')!.hidden = true;
        byId('taken')!.hidden = false;
        byId('taken')!.focus();
      },
      (error: unknown) => {
        said.textContent = problemText(error);
        said.hidden = false;
        button.disabled = !(error instanceof ApiError && error.isOffline);
      },
    );
  });
}

setWords(document.documentElement.lang as Language, block<Record<string, string>>('words') ?? {});
if (document.body.dataset['page'] === 'give') startGive();
else startTake();
