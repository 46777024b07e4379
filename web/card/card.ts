/** The card page's script: keeps what the server has drawn fresh, and adds the rest. */
import { ApiError, api } from '../lib/api';
import { block, byId, el, movesLess, toast } from '../lib/dom';
import { plural, setWords, t, time } from '../lib/lang';
import { type Liff, type LiffMode, openLiff } from '../lib/liff';
import { listen } from '../lib/sse';
import type { CardAnswer, Codes, GrantEvent, Language, ReverseEvent, Reward, SoonEvent, SpendAskEvent, SpendEvent, Unit, VoucherEvent } from '../lib/types';
import { CodeKeeper } from './codes';
import { drawEnds } from './ends';
import { showDraws } from './draws';
import { openFull, updateFull } from './full';
import { forget, mayRepeat } from './guard';
import { keep, recall } from './kept';
import { drawLevel } from './level';
import { startMe } from './me';
import { showNews } from './news';
import { showOffers } from './offers';
import { drawCode, drawNoCode, firstCodes, runTimer } from './panel';
import { drawOwed, drawProgress } from './progress';
import { startSeal } from './seal';
import { prove, setLeft } from './session';
import { startSignin } from './signin';
import { askSpend, drawSpend, spendDone } from './spend';
import { drawGuard } from './tap';
import { listenToTerms } from './terms';
import { drawVouchers, listenToTickets, voucherBecame } from './vouchers';
import { drawHistory, drawHistoryNote, listenToBar, listenToMe } from './views';
import { why } from './why';
import { showWishes } from './wishes';

const { dataset } = document.body;
const mode = (dataset['liff'] ?? '') as LiffMode;
const liffId = dataset['liffId'] ?? '';
/** How long a full card stays in view before its stamps are counted anew. */
const GOAL_SHOWN_MS = 2_600;

const SOON_SHOWN_MS = 6000;

const earned = (unit: Unit, n: number): string =>
  plural(unit === 'stamp' ? 'card.earned_stamp' : 'card.earned_point', n);

/** Below the code, which a reader may be looking at. */
function celebrate(): void {
  if (movesLess()) return; // the words must do, as they do without a network
  const canvas = el('canvas', { class: 'confetti', 'aria-hidden': 'true' });
  const top = Math.min(Math.max(byId('panel')?.parentElement?.getBoundingClientRect().bottom ?? 0, 0), innerHeight);
  void import('./confetti').then(({ confetti }) => confetti(canvas, top), () => undefined);
}

function startCard(): void {
  const plan = Number(dataset['plan']);
  const unit = dataset['unit'] as Unit;
  const pageNow = Number(dataset['now']);
  const arrivedAt = performance.timeOrigin + (navigation()?.responseStart ?? 0);
  let balance = Number(dataset['balance']);
  let goal = Number(dataset['goal']);
  let rewards: Reward[] = [];
  let contactAt = Date.now();
  let busyUntil = 0;
  let liff: Liff | null = null;

  // ------------------------------------------------------------ the code

  const keeper = new CodeKeeper({
    load: () => watched(api.get<Codes>(`/api/card/codes?plan=${plan}`)),
    show: (code) => {
      if (code) {
        if (byId('code-gone') || byId('linear-text')?.dataset['digits'] !== code.digits) drawCode(code);
        byId('linear-text')!.dataset['digits'] = code.digits;
        runTimer(code.until - keeper.serverNow(), code.until - code.from);
      } else {
        drawNoCode(() => keeper.wake());
      }
      updateFull(code);
    },
    online: (is) => showOffline(!is),
    now: () => Date.now(),
    after: (ms, run) => window.setTimeout(run, ms),
    cancel: (timer) => window.clearTimeout(timer),
  });

  if (byId('panel')) {
    const kept = recall(plan, pageNow);
    keeper.start(kept ? null : firstCodes(), arrivedAt); // a restored page's codes are long over
    if (kept) ({ balance, goal } = kept);
    byId('panel')!.addEventListener('click', () => {
      const code = keeper.current();
      if (code && !getSelection()?.toString()) openFull(code);
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') keeper.sleep();
      else keeper.wake();
    });
    window.addEventListener('online', () => keeper.wake());
    window.addEventListener('pageshow', (event) => event.persisted && keeper.wake());
  }

  // ------------------------------------------------------------ state

  /** Every answer is a sign of life; a 401 means that the session is over. */
  async function watched<T>(answer: Promise<T>): Promise<T> {
    try {
      const value = await answer;
      contactAt = Date.now();
      showOffline(false);
      return value;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401 && mayRepeat('session')) location.reload();
      if (error instanceof ApiError && error.isOffline) showOffline(true);
      throw error;
    }
  }

  function showOffline(is: boolean): void {
    const chip = byId('offline');
    if (!chip || chip.hidden !== is) return;
    chip.hidden = !is;
    chip.textContent = is ? t('card.offline', { time: time(contactAt) }) : '';
  }

  const load = async (): Promise<void> => {
    drawHistoryNote('card.loading');
    try {
      const answer = await watched(api.get<CardAnswer>(`/api/card?plan=${plan}`));
      forget('session');
      take(answer);
    } catch {
      drawHistoryNote('card.failed');
    }
  };

  function take(answer: CardAnswer): void {
    const { card } = answer;
    rewards = card.rewards;
    if ((card.state === 'blocked') === (byId('panel') !== null) && mayRepeat('state')) return location.reload();
    if (Date.now() >= busyUntil) {
      const gained = card.balance - balance;
      drawProgress(card, rewards, gained > 0 ? balance : card.balance);
      if (gained > 0) toast(earned(unit, gained));
      ({ balance, goal } = card);
    }
    drawOwed(unit, card.owed);
    drawVouchers(answer.vouchers);
    drawEnds(unit, answer);
    drawLevel(answer.level);
    drawHistory(answer.history, answer.now);
    drawGuard(plan, answer.guarded);
    drawSpend(card);
    if (answer.friend) document.querySelector('.friend')?.remove();
    keep(plan, { now: answer.now, balance: card.balance, goal: card.goal });
  }

  // ------------------------------------------------------------ live

  function granted(grant: GrantEvent): void {
    if (grant.notice !== null) void api.post(`/api/notices/${grant.notice}/seen`, {}).catch(() => undefined);
    if (grant.plan !== plan) return toast(earned(grant.unit, grant.amount));

    const isGoal = balance + grant.amount >= grant.goal && grant.balance < balance + grant.amount;
    goal = grant.goal;
    if (isGoal) {
      drawProgress({ unit, balance: goal, goal }, rewards, balance);
      toast(t('card.goal'), GOAL_SHOWN_MS);
      celebrate();
      busyUntil = Date.now() + GOAL_SHOWN_MS;
      window.setTimeout(() => drawProgress({ unit, balance, goal }, rewards), GOAL_SHOWN_MS);
    } else {
      drawProgress({ unit, balance: grant.balance, goal }, rewards, balance);
      const won = grant.vouchers[0];
      toast(won ? t('card.voucher_new', { title: won.title }) : [earned(unit, grant.amount), ...why(grant.parts, grant.cut)].join(' · '));
    }
    balance = grant.balance;
    void load(); // the vouchers' days and the history
  }

  function spent(spend: SpendEvent): void {
    spendDone();
    toast(plural('card.spent', spend.points, { yen: spend.worth }));
    if (spend.plan !== plan) return;
    ({ balance, goal } = spend);
    drawProgress({ unit, balance, goal }, rewards);
    void load();
  }

  const offers = (): void =>
    void showOffers(plan, () => void load())
      .then(showDraws)
      .catch(() => undefined); // the ladder is there
  listenToTickets();
  listenToTerms();
  listenToBar((view) => {
    if (view !== 'card') void load();
    if (view === 'rewards') offers();
    if (view === 'me') showWishes().catch(() => toast(t('card.failed')));
  });
  listenToMe(() => {
    liff?.logout();
    setLeft(true);
    location.replace('/card');
  });
  const news = (): void => void showNews(() => ({ plan, balance })).catch(() => undefined); // they stay news
  void load().then(news);
  document.addEventListener('visibilitychange', news);
  listen(
    '/api/events',
    {
      grant: (data) => granted(data as GrantEvent),
      voucher: (data) => {
        const { id, state } = data as VoucherEvent;
        if (state !== 'swapped') voucherBecame(id, state);
        if (state === 'issued') toast(t('card.voucher_again'));
        void load();
        if (document.body.dataset['view'] === 'rewards') offers();
      },
      guard: (data) => {
        if ((data as { plan: number }).plan === plan) drawGuard(plan, true);
      },
      spend: (data) => spent(data as SpendEvent),
      spend_ask: (data) => askSpend(data as SpendAskEvent, keeper.serverNow()),
      balance: (data) => {
        if ((data as { plan: number }).plan === plan) void load();
      },
      soon: (data) => {
        const { plan: of, last, again } = data as SoonEvent;
        if (of === plan) toast(t('card.soon', { last: time(last), again: time(again) }), SOON_SHOWN_MS);
      },
      reverse: (data) => {
        const reversed = data as ReverseEvent;
        if (reversed.plan === plan) balance = reversed.balance;
        toast(t('card.reversed'));
        void load();
      },
    },
    { poll: () => void load() },
  );

  // ------------------------------------------------------------ LINE, after the card is painted

  const confirm = async (): Promise<void> => {
    liff = await openLiff(mode, liffId);
    const answer = await prove(liff);
    if (answer?.changed && mayRepeat('member')) return location.reload(); // another person's phone now
    if ((await liff.friendship()) === true) document.querySelector('.friend')?.remove();
  };
  const soon = window.requestIdleCallback ?? ((run: () => void) => window.setTimeout(run, 200));
  soon(() => void confirm().catch(() => undefined)); // without LINE the card still works
}

const navigation = (): PerformanceNavigationTiming | undefined =>
  performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming | undefined;

setWords(document.documentElement.lang as Language, block<Record<string, string>>('words') ?? {});
if (dataset['page'] === 'card') startCard();
else if (dataset['page'] === 'me') startMe(mode, liffId);
else if (dataset['page'] === 'history') startSeal();
else void startSignin(mode, liffId);
