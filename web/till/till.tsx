/** The cashier's page: puts the model, the keyboard, the queue and the screens together. */

import { type JSX, render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { languageOf, loadWords, t } from '../lib/lang';
import { Help, Owing, type Preferences, Settings } from './dialogs';
import { Header } from './header';
import { Released, ReleaseAsk } from './held';
import { Icon } from './icons';
import { Late } from './late';
import { Member, OfflineMember } from './member';
import { Till } from './model';
import { Done, Handed, Problem, spoken, Undone, Unredeemed, VoucherScreen } from './outcome';
import { amountOf, Key } from './parts';
import { Past, PastAsk } from './past';
import { memoryStore, openStore, Queue } from './queue';
import { Entry, Reading, Ready } from './ready';
import { ScannerScreen } from './scanner';
import type { Screen } from './screens';
import { Refund, RefundAsk, Refunded, RefundPart } from './refund';
import { CancelAsk, Cancelled, RewardsScreen, SwapAsk, Swapped } from './rewards';
import { grant } from './server';
import { Enrol, People, Pin } from './sign_in';
import { Spend, Spent } from './spend';
import { isSoundReady, play, unlockSound } from './sound';
import { TodayScreen } from './today';
import type { GrantAnswer } from './types';
import { listenForKeys, Wedge } from './wedge';

const PREFERENCES = 'stampd-till';

const now = (): number => Date.now();

function readPreferences(): Preferences {
  const asked = languageOf([document.documentElement.lang, ...navigator.languages]);
  const plain: Preferences = { medianMs: 50, isQuick: false, language: asked };
  try {
    return { ...plain, ...(JSON.parse(localStorage.getItem(PREFERENCES) ?? '{}') as Partial<Preferences>) };
  } catch {
    return plain; /* storage is off, or holds something else */
  }
}

function keepPreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(PREFERENCES, JSON.stringify(preferences));
  } catch {
    /* then they last as long as the page */
  }
}

// ---------------------------------------------------------------- the page

interface Tools {
  till: Till;
  preferences: Preferences;
  change: (patch: Partial<Preferences>) => void;
  start: () => void;
}

function Shown({ till, preferences, change, start, screen }: Tools & { screen: Screen }): JSX.Element {
  switch (screen.at) {
    case 'loading': return <p class="sheet sheet-centre"><span class="spinner spinner-big" aria-hidden="true" /></p>;
    case 'unreachable': return (
      <section class="sheet sheet-centre" role="status">
        <Icon name="offline" big /><h1 class="headline">{t('till.unreachable')}</h1><p class="lead">{t('till.unreachable_text')}</p>
      </section>
    );
    case 'enrol': return <Enrol till={till} screen={screen} />;
    case 'people': return <People till={till} screen={screen} />;
    case 'pin': return <Pin till={till} screen={screen} />;
    case 'ready': return <Ready till={till} canSound={isSoundReady()} start={start} now={now} />;
    case 'entry': return <Entry till={till} digits={screen.digits} />;
    case 'reading': return <Reading code={screen.code} />;
    case 'member': return <Member till={till} screen={screen} />;
    case 'spend': return <Spend till={till} screen={screen} />;
    case 'spent': return <Spent till={till} screen={screen} />;
    case 'rewards': return <RewardsScreen till={till} screen={screen} />;
    case 'swap_ask': return <SwapAsk till={till} screen={screen} />;
    case 'swapped': return <Swapped till={till} screen={screen} />;
    case 'cancel_ask': return <CancelAsk till={till} screen={screen} />;
    case 'cancelled': return <Cancelled till={till} screen={screen} />;
    case 'release_ask': return <ReleaseAsk till={till} screen={screen} />;
    case 'released': return <Released till={till} screen={screen} />;
    case 'refund': return <Refund till={till} screen={screen} />;
    case 'refund_part': return <RefundPart till={till} screen={screen} />;
    case 'refund_ask': return <RefundAsk till={till} screen={screen} />;
    case 'refunded': return <Refunded till={till} screen={screen} />;
    case 'late': return <Late till={till} screen={screen} />;
    case 'offline': return <OfflineMember till={till} screen={screen} />;
    case 'voucher': return <VoucherScreen till={till} screen={screen} />;
    case 'done': return <Done result={screen.result} />;
    case 'handed': return <Handed title={screen.title} />;
    case 'unredeemed': return <Unredeemed title={screen.title} />;
    case 'undone': return <Undone balance={screen.balance} />;
    case 'problem': return <Problem till={till} screen={screen} />;
    case 'today': return <TodayScreen till={till} asking={screen.asking} />;
    case 'past': return <Past till={till} screen={screen} />;
    case 'past_ask': return <PastAsk till={till} screen={screen} />;
    case 'scanner': return <ScannerScreen till={till} screen={screen} preferences={preferences} change={change} />;
  }
}

/** Ten seconds of second thoughts. Its strip keeps its place when empty, so that no button ever jumps. */
function UndoStrip({ till }: { till: Till }): JSX.Element | null {
  const { undo, info, isBusy } = till.state;
  if (info.state !== 'signed_in') return null;
  return (
    <aside class="strip" aria-label={t('till.undo')}>
      {undo && (
        <div class="undo" key={undo.key}>
          <span class="undo-text">
            <b>{undo.result.amount < 0 ? '−' : '+'}{amountOf(undo.result.unit, Math.abs(undo.result.amount))}</b>{undo.result.name && <span>{undo.result.name}</span>}
          </span>
          <button type="button" class="till-button undo-button" disabled={isBusy} onClick={() => till.undoing.last()}>
            <Icon name="undo" />{t('till.undo')}<Key name="F1" />
          </button>
          <span class="undo-time" aria-hidden="true" />
        </div>
      )}
    </aside>
  );
}

function Page(tools: Tools): JSX.Element {
  const { till, preferences, change } = tools;
  const { screen, overlay, isKana } = till.state;
  const main = useRef<HTMLElement>(null);
  /* A new screen takes the focus, so that Enter never presses a button that is gone; one that begins with a field gives it on. */
  useEffect(() => {
    if (!overlay) (main.current?.querySelector<HTMLElement>('[autofocus]') ?? main.current)?.focus({ preventScroll: true });
  }, [screen.at, overlay]);
  const testSound = (): void => { void unlockSound().then(() => play('ok')); };
  return (
    <>
      <Header till={till} />
      {isKana && <p class="kana" role="status"><Icon name="keys" />{t('till.kana')}</p>}
      <main ref={main} class={`main main-${screen.at}`} tabIndex={-1} key={screen.at}>
        <Shown {...tools} screen={screen} />
      </main>
      <UndoStrip till={till} />
      <p class="sr" role="status">{spoken(screen)}</p>
      {overlay === 'help' && <Help till={till} />}
      {overlay === 'queue' && <Owing till={till} />}
      {overlay === 'settings' && <Settings till={till} preferences={preferences} change={change} testSound={testSound} />}
    </>
  );
}

// ---------------------------------------------------------------- the outside

/** A tablet on a counter must not fall asleep between two customers. */
async function stayAwake(): Promise<void> {
  if (document.visibilityState === 'visible') await navigator.wakeLock?.request('screen').catch(() => undefined);
}

async function newQueue(till: Till): Promise<Queue<GrantAnswer>> {
  const store = await openStore().catch(() => memoryStore());
  return new Queue<GrantAnswer>(store, {
    send: grant,
    changed: () => till.queueChanged(),
    now: () => till.now(),
    /* Two tabs of one till share the store. */
    alone: (work) => (navigator.locks ? navigator.locks.request('stampd-till', work) : work()),
  });
}

function onShortcut(event: KeyboardEvent, till: Till): void {
  const does: Record<string, () => void> = {
    F1: () => till.undoing.last(), F2: () => till.rewarding.open(), F3: () => till.spending.open(), F4: () => till.refunding.open(), Escape: () => till.back(),
  };
  const work = does[event.key];
  if (!work || event.repeat) return;
  event.preventDefault();
  work();
}

/** Enter belongs to a focused button; then the till leaves it alone. */
const hasPressable = (): boolean => document.activeElement?.matches('button, a[href], summary') ?? false;

async function begin(root: HTMLElement): Promise<void> {
  let preferences = readPreferences();
  let isDrawn = false;
  const draw = (): void => {
    if (isDrawn) return;
    isDrawn = true;
    queueMicrotask(() => {
      isDrawn = false;
      Object.assign(wedge.options, { medianMs: preferences.medianMs }, till.listening);
      till.isQuick = preferences.isQuick;
      render(<Page till={till} preferences={preferences} change={change} start={start} />, root);
    });
  };
  const speak = async (): Promise<void> => {
    await loadWords((language) => import(`../lang/till.${language}.json`), preferences.language);
    document.documentElement.lang = preferences.language;
    document.title = t('till.title');
  };
  const change = (patch: Partial<Preferences>): void => {
    preferences = { ...preferences, ...patch };
    keepPreferences(preferences);
    void speak().then(draw);
  };
  const start = (): void => { void Promise.all([unlockSound(), stayAwake()]).then(draw); };

  const till = new Till({ now, after: (ms, work) => void window.setTimeout(work, ms), play }, draw);
  const wedge = new Wedge({
    scan: (scan) => till.scan(scan),
    type: (key) => { if (key !== 'Enter' || !hasPressable()) till.type(key); },
    kana: (isKana) => till.setKana(isKana),
  });

  till.queue = await newQueue(till);
  await speak();
  draw();
  listenForKeys(window, wedge);
  window.addEventListener('keydown', (event) => onShortcut(event, till));
  for (const gesture of ['pointerdown', 'keydown'])
    window.addEventListener(gesture, () => { if (!isSoundReady()) start(); });
  document.addEventListener('visibilitychange', () => void stayAwake());
  window.addEventListener('online', () => till.setOnline(true));
  window.addEventListener('offline', () => till.setOnline(false));
  await till.start();
}

const root = document.getElementById('app');
if (root) void begin(root);
