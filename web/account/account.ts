/** The account page's script: cards of before, and the way back after a lost LINE account. */
import { begunBefore, wantsLogin } from '../lib/again';
import { ApiError, api, newKey } from '../lib/api';
import { block, byId, el, toast } from '../lib/dom';
import { setWords, t } from '../lib/lang';
import type { Language } from '../lib/types';
import { keepBegun, takeBegun } from './begun';

interface Customer {
  id: number;
  number: string;
  points: number;
  plan: string | null;
}

/** GET /api/me/account */
interface Account {
  customers: Customer[];
  recovery: number | null;
  joined: Joined[];
  line: boolean;
  shop: boolean;
}

interface Joined {
  kind: 'merge' | 'rescue' | 'guest';
  at: number;
  undone: boolean;
  /** What the shop wrote down about it. */
  reason: string | null;
}

const JOINED: Record<Joined['kind'], string> = {
  merge: 'account.joined_merge',
  rescue: 'account.joined_rescue',
  guest: 'account.joined_guest',
};

/** What the server may say no with, and we have words for; anything else sends to the shop. */
const PROBLEMS: Record<string, string> = {
  link_unknown: 'account.problem_link_unknown',
  link_taken: 'account.problem_link_taken',
  link_full: 'account.problem_link_full',
  tries_over: 'account.problem_tries_over',
  too_many_requests: 'account.problem_tries_over',
  customer_number: 'account.problem_customer_number',
  customer_birthday: 'account.problem_customer_birthday',
  code_typo: 'account.problem_code_typo',
  code_unknown: 'account.problem_code_unknown',
  code_own: 'account.problem_code_own',
  line_account_none: 'account.problem_line_account_none',
};

/** Long enough to read on coming back from LINE. */
const BACK_SHOWN_MS = 8_000;

const day = (ms: number): string =>
  new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'long' }).format(ms);

function problem(error: unknown): string {
  if (!(error instanceof ApiError) || error.isOffline || error.status >= 500) return t('account.failed');
  return t(PROBLEMS[error.word] ?? 'account.problem_ask_staff');
}

/** Did it only want LINE's login first? Then what was typed stays until the person is back. */
function wasKept(error: unknown, act: string, typed: Record<string, string> = {}): boolean {
  const is = wantsLogin(error, act);
  if (is) keepBegun(act, typed);
  return is;
}

// ------------------------------------------------------------ cards of before

function line(customer: Customer): HTMLElement {
  const about = [customer.plan, customer.points > 0 && t('account.linked_points', { n: customer.points })];
  const button = el('button', { type: 'button', class: 'button-quiet' }, t('account.unlink'));
  const item = el(
    'li',
    { class: 'linked', id: `customer-${customer.id}` },
    el('span', {}, el('b', {}, customer.number), el('small', {}, about.filter(Boolean).join(' · '))),
    button,
  );
  button.addEventListener('click', () => askUnlink(customer, item, button));
  return item;
}

/** The second tap on the same spot must not be the one that unlinks: the question is a row of its own. */
function askUnlink(customer: Customer, item: HTMLElement, button: HTMLButtonElement): void {
  const stay = el('button', { type: 'button', class: 'button' }, t('account.stay'));
  const leave = el('button', { type: 'button', class: 'button-quiet' }, t('account.unlink'));
  const ask = el('div', { class: 'choice' }, el('p', {}, t('account.unlink_ask')), leave, stay);
  button.hidden = true;
  item.append(ask);
  stay.focus();
  stay.addEventListener('click', () => {
    ask.remove();
    button.hidden = false;
    button.focus();
  });
  leave.addEventListener('click', () => {
    api.post('/api/me/unlink', { customer: customer.id }).then(
      () => {
        toast(t('account.unlinked'));
        void load();
      },
      (error: unknown) => wasKept(error, 'unlink', { customer: String(customer.id) }) || toast(problem(error)),
    );
  });
}

function drawJoined(joined: readonly Joined[]): void {
  const box = byId('joined')!;
  box.hidden = joined.length === 0;
  box.querySelector('ul')!.replaceChildren(
    ...joined.map((one) => {
      const about = [day(one.at), one.undone && t('account.joined_undone'), one.reason];
      return el('li', { class: 'linked' }, el('span', {}, t(JOINED[one.kind]), el('small', {}, about.filter(Boolean).join(' · '))));
    }),
  );
}

// ------------------------------------------------------------ forms

/** Sends a form once at a time, under one key until it is answered; what is wrong stands below its fields. */
function listen(id: string, path: string, done: (answer: unknown, form: HTMLFormElement) => void): void {
  const form = byId(id) as HTMLFormElement;
  const said = form.querySelector<HTMLElement>('.problem')!;
  const button = form.querySelector('button')!;
  let key = newKey();
  form.addEventListener('input', () => {
    key = newKey();
    said.hidden = true;
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    button.disabled = true;
    const typed = Object.fromEntries(new FormData(form)) as Record<string, string>;
    api
      .post(path, typed, { key })
      .then(
        (answer) => done(answer, form),
        (error: unknown) => {
          if (wasKept(error, id, typed)) return;
          if (!(error instanceof ApiError && error.isOffline)) key = newKey();
          said.textContent = problem(error);
          said.hidden = false;
        },
      )
      .finally(() => (button.disabled = false));
  });
}

// ------------------------------------------------------------ the way back

function listenToRecovery(): void {
  const button = byId('recovery') as HTMLButtonElement;
  const code = byId('recovery-code')!;
  const until = byId('recovery-until')!;
  button.addEventListener('click', () => {
    button.disabled = true;
    api
      .post<{ code: string; until: number }>('/api/me/recovery-code', {})
      .then(
        (made) => {
          code.textContent = made.code.replace(/(.{4})(?=.)/g, '$1-');
          until.textContent = t('account.recovery_until', { date: day(made.until) });
          code.hidden = until.hidden = false;
          byId('recovery-has')!.hidden = true;
        },
        (error: unknown) => wasKept(error, 'code') || toast(problem(error)),
      )
      .finally(() => (button.disabled = false));
  });
}

// ------------------------------------------------------------ back from LINE's login

/** What was begun stands there as it was left, and waits for its button. */
function goOn(act: string | null): void {
  const typed = takeBegun(act);
  if (act === null) return;
  const form = byId(act);
  if (form instanceof HTMLFormElement) {
    for (const [name, value] of Object.entries(typed)) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = value;
    }
    form.querySelector('button')!.focus();
  } else if (act === 'unlink') byId(`customer-${typed['customer']}`)?.querySelector('button')?.click();
  else byId(act === 'code' ? 'recovery' : 'shop')?.focus();
  toast(t('account.again_done'), BACK_SHOWN_MS);
}

async function load(): Promise<void> {
  try {
    const account = await api.get<Account>('/api/me/account');
    byId('customers')!.replaceChildren(...account.customers.map(line));
    byId('shop')!.hidden = !account.shop;
    drawJoined(account.joined);
    const has = byId('recovery-has')!;
    has.hidden = account.recovery === null || !byId('recovery-code')!.hidden;
    if (account.recovery !== null) has.textContent = t('account.recovery_has', { date: day(account.recovery) });
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) location.replace('/card');
    else toast(t('account.failed'));
  }
}

setWords(document.documentElement.lang as Language, block<Record<string, string>>('words') ?? {});
listen('link', '/api/me/link', (_, form) => {
  form.reset();
  toast(t('account.linked'));
  void load();
});
listen('recover', '/api/me/recover', () => {
  toast(t('account.recovered'));
  location.replace('/card');
});
byId('shop')?.addEventListener('click', () => {
  api.post<{ url: string }>('/api/me/shop-login', {}).then(
    ({ url }) => location.assign(url),
    (error: unknown) => wasKept(error, 'shop') || toast(problem(error)),
  );
});
listenToRecovery();
if (new URLSearchParams(location.search).get('link') === 'failed') toast(t('account.failed'));
void load().then(() => goOn(begunBefore()));
