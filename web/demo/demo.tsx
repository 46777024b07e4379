/** The demo: a phone, a till and the owner's page side by side, and a strip that leads through a visit. */

import { type JSX, render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../lib/api';
import { languageOf, loadWords, t } from '../lib/lang';
import { type Demo, pressEnter, scan, setUpTill } from './hands';
import { cardIn, digitsOn, type Facts, firstOf, look, NOTHING, proven, type Step, STEPS } from './look';

const LOOK_MS = 1500;
const TABLET = { width: 912, height: 700 }; /* the till's screen, shown smaller */
const PEOPLE = [1, 2, 3] as const;

type Pane = 'phone' | 'till' | 'owner';
const PANE_OF: Record<Step, Pane> = {
  card: 'phone', till: 'till', scan: 'till', stamp: 'till', voucher: 'phone', owner: 'owner', message: 'phone', redeem: 'phone',
};

const Tick = (): JSX.Element => (
  <svg class="tick" viewBox="0 0 16 16" aria-hidden="true"><path d="M3 8.500l3.500 3.500L13 4.500" /></svg>
);

// ---------------------------------------------------------------- the strip

function Strip({ done, current, choose }: { done: ReadonlySet<Step>; current: Step | null; choose: (step: Step) => void }): JSX.Element {
  return (
    <ol class="strip">
      {STEPS.map((step, i) => {
        const state = done.has(step) ? 'done' : step === current ? 'current' : 'open';
        return (
          <li key={step} class={`step step-${state}`} aria-current={step === current ? 'step' : undefined} data-step={step} data-state={state}>
            <button type="button" class="step-button" onClick={() => choose(step)}>
              <span class="step-number">{state === 'done' ? <Tick /> : i + 1}</span>
              <span>{t(`demo.step_${step}`)}</span>
              {state === 'done' && <span class="sr">{t('demo.is_done')}</span>}
            </button>
          </li>
        );
      })}
    </ol>
  );
}

function Guide({ step, act, isBusy }: { step: Step | null; act: Partial<Record<Step, () => void>>; isBusy: boolean }): JSX.Element {
  const work = step && act[step];
  return (
    <div class="guide" role="status">
      <p class="guide-text">{step ? t(`demo.do_${step}`) : t('demo.all_done')}</p>
      {work && <button type="button" class="button guide-button" disabled={isBusy} onClick={work}>{t(`demo.act_${step}`)}</button>}
    </div>
  );
}

// ---------------------------------------------------------------- the panes

/** The till's page at its own size, drawn as small as the pane asks for. */
function Tablet({ frame }: { frame: { current: HTMLIFrameElement | null } }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = box;
    if (!current) return undefined;
    const fit = (): void => {
      const inside = current.clientWidth;
      const isSmall = inside < 480; /* a phone: the till's own narrow layout reads better than a picture of the wide one */
      const scale = isSmall ? 1 : inside / TABLET.width;
      current.style.setProperty('--tablet-scale', String(scale));
      current.style.height = isSmall ? '44rem' : `${Math.round(TABLET.height * scale)}px`;
      current.classList.toggle('tablet-as-is', isSmall);
    };
    const observer = new ResizeObserver(fit);
    observer.observe(current);
    fit();
    return () => observer.disconnect();
  }, []);
  return <div ref={box} class="tablet"><iframe ref={frame} class="tablet-page" src="/till" title={t('demo.till')} allow="screen-wake-lock" /></div>;
}

function People({ person, choose }: { person: number; choose: (person: number) => void }): JSX.Element {
  return (
    <div class="people" role="group" aria-label={t('demo.person')}>
      {PEOPLE.map((number) => (
        <button type="button" key={number} class="choice" aria-pressed={number === person} onClick={() => choose(number)}>
          {t(`demo.person_${number}`)}
        </button>
      ))}
    </div>
  );
}

function More({ sim, person }: { sim: string; person: number }): JSX.Element {
  return (
    <details class="more">
      <summary>{t('demo.more')}</summary>
      <ul>
        <li>{t('demo.more_block')}</li>
        <li>
          {t('demo.more_break')}{' '}
          <a href={`${sim}/phone?person=${person}`} target="_blank" rel="noopener">{t('demo.more_break_link')}</a>
        </li>
        <li>{t('demo.more_stale')}</li>
        <li>{t('demo.more_wrong')}</li>
        <li>{t('demo.more_undo')}</li>
      </ul>
    </details>
  );
}

// ---------------------------------------------------------------- the page

/** Looks again and again; `first` keeps the numbers of the beginning. */
function useFacts(phone: { current: HTMLIFrameElement | null }, till: { current: HTMLIFrameElement | null }, person: number):
  { facts: Facts; done: ReadonlySet<Step> } {
  const [state, setState] = useState<{ facts: Facts; done: ReadonlySet<Step> }>({ facts: NOTHING, done: new Set() });
  const first = useRef<Facts>(NOTHING);
  useEffect(() => {
    first.current = { ...first.current, vouchers: -1 }; /* another person holds other vouchers */
    let isGone = false;
    let timer = 0;
    const again = async (): Promise<void> => {
      const facts = await look(phone.current, till.current).catch(() => NOTHING);
      if (isGone) return;
      first.current = firstOf(first.current, facts);
      setState(({ done }) => ({ facts, done: new Set([...done, ...proven(facts, first.current)]) }));
      timer = window.setTimeout(() => void again(), LOOK_MS);
    };
    void again();
    return () => {
      isGone = true;
      window.clearTimeout(timer);
    };
  }, [person]);
  return state;
}

function Page({ demo, title }: { demo: Demo; title: string }): JSX.Element {
  const phone = useRef<HTMLIFrameElement>(null);
  const till = useRef<HTMLIFrameElement>(null);
  const owner = useRef<HTMLIFrameElement>(null);
  const [pane, setPane] = useState<Pane>('phone');
  const [person, setPerson] = useState(1);
  const [isBusy, setBusy] = useState(false);
  const [note, setNote] = useState('');
  const { facts, done } = useFacts(phone, till, person);
  const [chosen, setChosen] = useState<Step | null>(null);
  const next = STEPS.find((step) => !done.has(step)) ?? null;
  const current = chosen && !done.has(chosen) ? chosen : next;

  useEffect(() => { if (current) setPane(PANE_OF[current]); }, [current]);

  const atTill = (work: (window: Window) => void | Promise<void>) => (): void => {
    const window = till.current?.contentWindow;
    if (!window || isBusy) return;
    setPane('till');
    setBusy(true);
    setNote('');
    void Promise.resolve(window).then(work).catch(() => setNote(t('demo.failed'))).finally(() => setBusy(false));
  };
  const scanPhone = atTill((window) => {
    const page = cardIn(phone.current);
    const digits = page ? digitsOn(page) : '';
    if (facts.till !== 'signed_in') setNote(t('demo.till_first'));
    else if (!digits) setNote(t('demo.card_first'));
    else scan(window, digits);
  });
  const setUp = atTill((window) => setUpTill(window, demo));
  const becomeOwner = (): void => {
    const page = owner.current?.contentWindow;
    if (!page) return;
    setPane('owner');
    setNote(facts.isCardOpen ? '' : t('demo.owner_login'));
    page.location.replace(new URL(demo.seed.owner_link, location.href).href); /* allowed whatever page is in the frame */
  };
  const act = { till: setUp, scan: scanPhone, stamp: atTill(pressEnter), owner: becomeOwner, redeem: scanPhone };
  const paneClass = (name: Pane): string => (name === pane ? `pane pane-${name} pane-shown` : `pane pane-${name}`);

  return (
    <>
      <header class="head">
        <p class="badge">{t('demo.badge')}</p>
        <h1 class="head-title">{title}</h1>
        <p class="head-text">{t('demo.made_up')}</p>
      </header>
      <nav class="lead" aria-label={t('demo.steps')}>
        <Strip done={done} current={current} choose={(step) => { setChosen(step); setPane(PANE_OF[step]); }} />
        <Guide step={current} act={act} isBusy={isBusy} />
        {note && <p class="note" role="alert">{note}</p>}
      </nav>
      <nav class="tabs" aria-label={t('demo.panes')}>
        {(['phone', 'till', 'owner'] as const).map((name) => (
          <button type="button" key={name} class="tab" aria-pressed={name === pane} onClick={() => setPane(name)}>{t(`demo.${name}`)}</button>
        ))}
      </nav>
      <main class="panes">
        <section class={paneClass('phone')} aria-labelledby="phone-title">
          <h2 id="phone-title" class="pane-title">{t('demo.phone')}</h2>
          <People person={person} choose={setPerson} />
          <iframe ref={phone} class="phone" src={`${demo.sim}/phone?person=${person}`} key={person} title={t('demo.phone')}
            allow="camera; clipboard-write; screen-wake-lock" />
        </section>
        <section class={paneClass('till')} aria-labelledby="till-title">
          <h2 id="till-title" class="pane-title">{t('demo.till')}</h2>
          <Tablet frame={till} />
          <div class="counter">
            <button type="button" class="button scan-button" disabled={isBusy} onClick={scanPhone}>
              <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                <path d="M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M8 8.500v7M11 8.500v7M13.500 8.500v7M16 8.500v7" />
              </svg>
              {t('demo.scan')}
            </button>
            <button type="button" class="button-quiet" disabled={isBusy || facts.till === 'signed_in'} onClick={setUp}>{t('demo.fill_in')}</button>
            <button type="button" class="button-quiet" disabled={isBusy} onClick={atTill(pressEnter)}>Enter ↵</button>
          </div>
          <More sim={demo.sim} person={person} />
        </section>
        <section class={paneClass('owner')} aria-labelledby="owner-title">
          <h2 id="owner-title" class="pane-title">{t('demo.owner')}</h2>
          <div class="people">
            <button type="button" class="choice" disabled={facts.isOwner} onClick={becomeOwner}>{t('demo.act_owner')}</button>
          </div>
          <iframe ref={owner} class="owner-page" src="/admin" title={t('demo.owner')} />
        </section>
      </main>
    </>
  );
}

async function begin(root: HTMLElement): Promise<void> {
  const language = languageOf([document.documentElement.lang, ...navigator.languages]);
  await loadWords((of) => import(`../lang/demo.${of}.json`), language);
  document.documentElement.lang = language;
  const title = root.dataset['title'] || t('demo.title');
  document.title = `${t('demo.badge')} – ${title}`;
  render(<Page demo={await api.get<Demo>('/api/demo')} title={title} />, root);
}

const root = document.getElementById('app');
if (root) void begin(root);
