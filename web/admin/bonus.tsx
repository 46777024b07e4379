/** A bonus for an event of a plan, to many members at once: chosen, counted before it is given, given, and told of. */

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';
import { plural, t } from '../lib/lang';
import { type BonusEvent, type BonusPlan, codesOf, type Given, Giving, type Line, lookAtAll, type Wanted } from './bonus_run';
import type { AdminPageProps } from './pages';

const SHOWN_MAX = 50; /* lines with a problem; the rest is a number */
const ERRORS: Record<string, string> = {
  bonus_given: 'admin.bonus_why_given',
  card_unknown: 'admin.bonus_why_unknown',
  code_unreadable: 'admin.bonus_why_unreadable',
  code_ambiguous: 'admin.bonus_why_ambiguous',
  card_blocked: 'admin.bonus_why_blocked',
  card_merged: 'admin.bonus_why_merged',
  own_card: 'admin.bonus_why_own',
  plan_over: 'admin.bonus_why_over',
  too_much: 'admin.bonus_why_too_much',
  twice: 'admin.bonus_why_twice',
};

interface Choice {
  plan: BonusPlan;
  event: BonusEvent;
}

const units = (plan: BonusPlan, n: number): string => plural(plan.unit === 'stamp' ? 'admin.bonus_stamp' : 'admin.bonus_point', n);

function Problems({ lines, title }: { lines: readonly Line[]; title: string }): JSX.Element | null {
  if (lines.length === 0) return null;
  return (
    <details class="behind" open={lines.length <= 5}>
      <summary>{title}</summary>
      <ul class="plan-changes bonus-problems">
        {lines.slice(0, SHOWN_MAX).map((one, i) => (
          <li key={i}>
            {one.line > 0 ? t('admin.bonus_line', { n: one.line }) : t('admin.bonus_member', { n: String(one.member) })}{' '}
            {t(ERRORS[one.error ?? ''] ?? 'admin.bonus_why_else', { word: one.error ?? '' })}
          </li>
        ))}
      </ul>
      {lines.length > SHOWN_MAX && <p class="part-about">{t('admin.bonus_more', { n: lines.length - SHOWN_MAX })}</p>}
    </details>
  );
}

function What({ plans, chosen, choose }: { plans: readonly BonusPlan[]; chosen: Choice | null; choose: (one: Choice) => void }): JSX.Element {
  return (
    <fieldset class="part">
      <legend class="part-name">{t('admin.bonus_what')}</legend>
      {plans.flatMap((plan) => plan.events.map((event) => (
        <label key={`${plan.plan}/${event.event}`} class="check">
          <input type="radio" name="bonus-what" checked={chosen?.plan === plan && chosen.event === event} onChange={() => choose({ plan, event })} />
          <span>{t('admin.bonus_event', { title: event.title, plan: plan.name, units: units(plan, event.units), once: t(`admin.bonus_once_${event.once}`) })}</span>
        </label>
      )))}
    </fieldset>
  );
}

/** A list that is typed, pasted or read from a file; or everybody of a level. */
function Who({ plan, list, level, change }: {
  plan: BonusPlan; list: string; level: number | null; change: (list: string, level: number | null) => void;
}): JSX.Element {
  const read = async (file: File | undefined): Promise<void> => {
    if (file) change(await file.text(), null);
  };
  return (
    <fieldset class="part">
      <legend class="part-name">{t('admin.bonus_who')}</legend>
      <label class="check"><input type="radio" name="bonus-who" checked={level === null} onChange={() => change(list, null)} /><span>{t('admin.bonus_list')}</span></label>
      <label class="check"><input type="radio" name="bonus-who" checked={level === -1} onChange={() => change(list, -1)} /><span>{t('admin.bonus_all')}</span></label>
      {plan.levels.map((name, i) => (
        <label key={name} class="check">
          <input type="radio" name="bonus-who" checked={level === i} onChange={() => change(list, i)} />
          <span>{name === '' ? t('admin.bonus_level_none') : t('admin.bonus_level', { name })}</span>
        </label>
      ))}
      {level === null && (
        <>
          <label class="part-about" for="bonus-codes">{t('admin.bonus_codes')}</label>
          <textarea id="bonus-codes" class="field" rows={5} value={list} onInput={(event) => change(event.currentTarget.value, null)} />
          <label class="part-about" for="bonus-file">{t('admin.bonus_file')}</label>
          <input id="bonus-file" type="file" accept=".csv,.txt,text/csv,text/plain" onChange={(event) => void read(event.currentTarget.files?.[0])} />
        </>
      )}
    </fieldset>
  );
}

function Sum({ choice, lines, give }: { choice: Choice; lines: readonly Line[]; give: () => void }): JSX.Element {
  const [isSure, setSure] = useState(false);
  const ready = lines.filter((one) => one.error === undefined).length;
  return (
    <section class="panel" aria-labelledby="bonus-sum">
      <h2 id="bonus-sum" class="panel-title">{t('admin.bonus_sum')}</h2>
      <p class="panel-text bonus-total">
        <strong>{plural('admin.bonus_members', ready)}</strong>
        {` · ${t('admin.bonus_each', { units: units(choice.plan, choice.event.units) })} · ${t('admin.bonus_total', { units: units(choice.plan, ready * choice.event.units) })}`}
      </p>
      <Problems lines={lines.filter((one) => one.error !== undefined)} title={plural('admin.bonus_not', lines.length - ready)} />
      {ready > 0 && (isSure ? (
        <div class="deed-row sure" role="group" aria-label={t('admin.bonus_give')}>
          <p>{t('admin.bonus_sure')}</p>
          <button type="button" class="button" onClick={give}>{t('admin.bonus_yes')}</button>
          <button type="button" class="button-quiet" autoFocus onClick={() => setSure(false)}>{t('admin.bonus_no')}</button>
        </div>
      ) : <p><button type="button" class="button" onClick={() => setSure(true)}>{t('admin.bonus_give')}</button></p>)}
    </section>
  );
}

function Result({ state, all, isRunning, goOn }: { state: Given; all: number; isRunning: boolean; goOn: () => void }): JSX.Element {
  return (
    <section class="panel" aria-labelledby="bonus-result">
      <h2 id="bonus-result" class="panel-title">{t(state.left.length > 0 ? 'admin.bonus_giving' : 'admin.bonus_done')}</h2>
      <progress class="bonus-progress" aria-labelledby="bonus-result" max={all} value={all - state.left.length} />
      <p class="panel-text" role="status">{plural('admin.bonus_given', state.given)}</p>
      <Problems lines={state.refused} title={plural('admin.bonus_not', state.refused.length)} />
      {!isRunning && state.left.length > 0 && <p><button type="button" class="button" onClick={goOn}>{t('admin.bonus_go_on', { n: state.left.length })}</button></p>}
    </section>
  );
}

export function BonusPage({ signedOut }: AdminPageProps): JSX.Element {
  const [plans, setPlans] = useState<BonusPlan[] | null>(null);
  const [choice, setChoice] = useState<Choice | null>(null);
  const [list, setList] = useState('');
  const [level, setLevel] = useState<number | null>(null);
  const [lines, setLines] = useState<Line[] | null>(null);
  const [state, setState] = useState<Given | null>(null);
  const [news, setNews] = useState('');
  const [isBusy, setBusy] = useState(false);
  const giving = useRef<Giving | null>(null);
  const turn = useRef(0); /* a look or a giving of before ends when it changes */
  useEffect(() => () => { turn.current += 1; }, []);

  const failed = (reason: unknown): void => {
    if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) return signedOut();
    setNews(t('admin.offline'));
  };
  useEffect(() => {
    api.get<{ plans: BonusPlan[] }>('/api/admin/bonuses').then((answer) => setPlans(answer.plans), failed);
  }, []);
  const anew = (): void => {
    turn.current += 1;
    giving.current = null;
    setLines(null);
    setState(null);
    setNews('');
    setBusy(false);
  };
  const guarded = async (work: (isMine: () => boolean) => Promise<void>): Promise<void> => {
    const mine = turn.current;
    setBusy(true);
    setNews('');
    try {
      await work(() => mine === turn.current);
    } catch (reason) {
      if (mine === turn.current) failed(reason);
    } finally {
      if (mine === turn.current) setBusy(false);
    }
  };
  const look = (): void => {
    if (!choice) return;
    const codes = level === null ? codesOf(list) : [];
    anew();
    if (level === null && codes.length === 0) return setNews(t('admin.bonus_nobody'));
    const wanted: Wanted = { plan: choice.plan.plan, event: choice.event.event, codes, level: level ?? -1 };
    void guarded(async (isMine) => {
      const found = await lookAtAll(wanted, (n) => {
        if (isMine()) setNews(plural('admin.bonus_looked', n));
        return isMine();
      });
      if (!found) return;
      setNews('');
      setLines(found);
    });
  };
  const give = (): void => {
    if (!choice || !lines) return;
    const run = giving.current ??= new Giving(choice.event.event, lines);
    setState(run.state);
    void guarded((isMine) => run.run((now) => {
      if (isMine()) setState(now);
      return isMine();
    }));
  };

  const hasEvents = plans?.some((plan) => plan.events.length > 0);
  return (
    <>
      <h1 class="day-title">{t('admin.bonus_title')}</h1>
      {plans === null ? <p class="panel-none" role="status">{news || t('admin.loading')}</p>
        : !hasEvents ? <p class="panel-none">{t('admin.bonus_none')}</p> : (
          <>
            <section class="panel" aria-label={t('admin.bonus_title')}>
              <form class="parts rule-form" onSubmit={(event) => { event.preventDefault(); look(); }}>
                <What plans={plans} chosen={choice} choose={(one) => { anew(); setChoice(one); if (level !== null && level >= one.plan.levels.length) setLevel(null); }} />
                {choice && <Who plan={choice.plan} list={list} level={level} change={(text, which) => { anew(); setList(text); setLevel(which); }} />}
                <div class="deeds">
                  <div class="deed-row"><button type="submit" class="button-quiet" disabled={!choice || isBusy}>{t('admin.bonus_look')}</button></div>
                  <p class="news" role="status">{news}</p>
                </div>
              </form>
            </section>
            {choice && lines && !state && <Sum choice={choice} lines={lines} give={give} />}
            {state && lines && <Result state={state} all={lines.filter((one) => one.error === undefined).length} isRunning={isBusy} goOn={give} />}
          </>
        )}
    </>
  );
}
