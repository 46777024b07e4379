/** What a draft would have meant, over every visit there was; and then into force with it, now or at a time. */

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, ApiError, newKey } from '../lib/api';
import { number, plural, t } from '../lib/lang';
import { addRehearsal, type Draft, type Loss, lossText, type Outcome, type Plan, type Rehearsal } from './plan_types';
import { whyOf } from './plans';

interface Row {
  name: string;
  was: number;
  is: number;
}

function Figures({ rehearsal, unit }: { rehearsal: Rehearsal; unit: 'stamp' | 'point' }): JSX.Element {
  const { was, is } = rehearsal;
  const rows: Row[] = [
    { name: t('admin.reh_visits'), was: was.visits, is: is.visits },
    ...Object.keys(was.refused).map((why) => ({ name: t(`admin.reh_refused_${why}`), was: was.refused[why] ?? 0, is: is.refused[why] ?? 0 })),
    { name: t(`admin.reh_units_${unit}`), was: was.units, is: is.units },
    { name: t('admin.reh_yen'), was: was.yen, is: is.yen },
    { name: t('admin.reh_lapsed'), was: was.lapsed, is: is.lapsed },
    { name: t('admin.reh_rounds'), was: was.rounds, is: is.rounds },
    { name: t('admin.reh_vouchers'), was: was.vouchers, is: is.vouchers },
  ].filter((row, i) => i === 0 || row.was !== 0 || row.is !== 0);
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label={t('admin.reh_title')}>
      <table class="figures">
        <thead><tr><th scope="col"><span class="sr">{t('admin.reh_what')}</span></th><th scope="col">{t('admin.reh_was')}</th><th scope="col">{t('admin.reh_is')}</th></tr></thead>
        <tbody>{rows.map((row) => <tr key={row.name}><th scope="row">{row.name}</th><td>{number(row.was)}</td><td>{number(row.is)}</td></tr>)}</tbody>
      </table>
    </div>
  );
}

function Top({ title, top }: { title: string; top: readonly Outcome[] }): JSX.Element | null {
  if (top.length === 0) return null;
  return (
    <details class="behind">
      <summary>{title}</summary>
      <ul class="plan-changes">
        {top.map((one) => (
          <li key={one.card}>{t('admin.reh_outcome', { member: String(one.member), vouchers_was: one.vouchers[0], vouchers_is: one.vouchers[1], units_was: one.units[0], units_is: one.units[1] })}</li>
        ))}
      </ul>
    </details>
  );
}

/** What the book does not tell: a rehearsal is no more than it is. */
function Doubts({ rehearsal }: { rehearsal: Rehearsal }): JSX.Element | null {
  const { transfers = 0, ...why } = rehearsal.doubted;
  if (transfers === 0) return null;
  return (
    <>
      <p class="plan-note">{t('admin.reh_doubted', { n: number(transfers), of: number(rehearsal.transfers) })}</p>
      <ul class="plan-changes">
        {Object.entries(why).filter(([, n]) => n > 0).map(([name, n]) => <li key={name}>{t(`admin.reh_doubt_${name}`, { n: number(n) })}</li>)}
      </ul>
    </>
  );
}

function Result({ rehearsal, plan, draft }: { rehearsal: Rehearsal; plan: Plan; draft: Draft }): JSX.Element {
  return (
    <>
      <ul class="plan-outcomes">
        <li><strong>{number(rehearsal.gain.cards)}</strong> {t('admin.reh_gain')}</li>
        <li><strong>{number(rehearsal.loss.cards)}</strong> {t('admin.reh_loss')}</li>
        <li><strong>{number(rehearsal.same)}</strong> {t('admin.reh_same')}</li>
      </ul>
      {draft.rules.goal < plan.rules.goal && rehearsal.fill_at_once > 0 && <p class="plan-note">{plural('admin.reh_fill', rehearsal.fill_at_once)}</p>}
      {rehearsal.end_earlier > 0 && <p class="plan-note">{t('admin.reh_earlier')}</p>}
      <Figures rehearsal={rehearsal} unit={plan.rules.unit} />
      <Top title={t('admin.reh_top_gain')} top={rehearsal.gain.top} />
      <Top title={t('admin.reh_top_loss')} top={rehearsal.loss.top} />
      <Doubts rehearsal={rehearsal} />
    </>
  );
}

/** All the pieces, one after the other, until it is over or the page goes away. */
function useRehearsal(plan: Plan, draft: Draft, signedOut: () => void): { rehearsal: Rehearsal | null; isRunning: boolean; news: string; run: () => void } {
  const [rehearsal, setRehearsal] = useState<Rehearsal | null>(null);
  const [isRunning, setRunning] = useState(false);
  const [news, setNews] = useState('');
  const turn = useRef(0);
  useEffect(() => () => { turn.current += 1; }, []);

  const go = async (): Promise<void> => {
    const mine = ++turn.current;
    let all: Rehearsal | null = null;
    setRunning(true);
    setNews('');
    setRehearsal(null);
    try {
      do {
        const piece: Rehearsal = await api.post<Rehearsal>(`/api/admin/plans/${plan.id}/rehearse`, { draft: draft.id, after: all?.after ?? 0 });
        if (mine !== turn.current) return;
        all = all ? addRehearsal(all, piece) : piece;
        setRehearsal(all);
      } while (!all.over);
    } catch (reason) {
      if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) return signedOut();
      setNews(t(reason instanceof ApiError && !reason.isOffline ? `admin.${whyOf(reason.word)}` : 'admin.offline'));
    } finally {
      if (mine === turn.current) setRunning(false);
    }
  };
  return { rehearsal, isRunning, news, run: () => void go() };
}

function Accept({ losses, accepted, change }: { losses: readonly Loss[]; accepted: readonly string[]; change: (kinds: string[]) => void }): JSX.Element {
  const kinds = [...new Set(losses.map((loss) => loss.kind))];
  return (
    <fieldset class="part plan-losses">
      <legend class="part-name">{t('admin.plan_losses')}</legend>
      <p class="part-about">{t('admin.plan_losses_about')}</p>
      {kinds.map((kind) => (
        <label key={kind} class="check">
          <input type="checkbox" checked={accepted.includes(kind)}
            onChange={() => change(accepted.includes(kind) ? accepted.filter((one) => one !== kind) : [...accepted, kind])} />
          <span>{losses.filter((loss) => loss.kind === kind).map(lossText).join(' ')}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Into({ plan, draft, losses, changed, signedOut }: {
  plan: Plan; draft: Draft; losses: readonly Loss[]; changed: () => void; signedOut: () => void;
}): JSX.Element {
  const [accepted, setAccepted] = useState<string[]>([]);
  const [when, setWhen] = useState('');
  const [isSure, setSure] = useState(false);
  const [news, setNews] = useState('');
  const key = useRef(newKey());
  const isReady = losses.every((loss) => accepted.includes(loss.kind));
  const at = when ? new Date(when).getTime() : 0;

  const send = async (path: string, body: object): Promise<void> => {
    try {
      await api.post(`/api/admin/plans/${plan.id}/${path}`, { draft: draft.id, accept: accepted, ...body }, { key: key.current });
      changed();
      location.hash = `#plans/${plan.id}`;
    } catch (reason) {
      if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) return signedOut();
      setSure(false);
      if (!(reason instanceof ApiError) || reason.isOffline) return setNews(t('admin.offline'));
      key.current = newKey();
      setNews(t(reason.facts['field'] === 'at' ? 'admin.plan_at_wrong' : `admin.${whyOf(reason.word)}`));
    }
  };
  return (
    <form class="parts" onSubmit={(event) => { event.preventDefault(); void send('schedule', { at }); }}>
      {losses.length > 0 && <Accept losses={losses} accepted={accepted} change={(kinds) => { setAccepted(kinds); setSure(false); }} />}
      <div class="part">
        <label class="part-name" for="plan-at">{t('admin.plan_at')}</label>
        <input id="plan-at" class="field plan-when" type="datetime-local" value={when} aria-describedby="plan-at-about" onInput={(event) => { setNews(''); setWhen(event.currentTarget.value); }} />
        <p id="plan-at-about" class="part-about">{t('admin.plan_at_about')}</p>
      </div>
      <div class="deeds">
        <div class="deed-row">
          <button type="submit" class="button-quiet" disabled={!isReady || !(at > 0)}>{t('admin.plan_schedule')}</button>
          {!isSure && <button type="button" class="button" disabled={!isReady} onClick={() => setSure(true)}>{t('admin.plan_publish')}</button>}
        </div>
        {isSure && (
          <div class="deed-row sure" role="group" aria-label={t('admin.plan_publish')}>
            <p>{t('admin.plan_sure')}</p>
            <button type="button" class="button" onClick={() => void send('publish', {})}>{t('admin.plan_publish_yes')}</button>
            <button type="button" class="button-quiet" autoFocus onClick={() => setSure(false)}>{t('admin.plan_publish_no')}</button>
          </div>
        )}
        <p class="news news-bad" role="status">{news}</p>
      </div>
    </form>
  );
}

export function PlanPublish({ plan, draft, changed, signedOut }: { plan: Plan; draft: Draft; changed: () => void; signedOut: () => void }): JSX.Element {
  const { rehearsal, isRunning, news, run } = useRehearsal(plan, draft, signedOut);
  const isWaiting = plan.schedules.some((one) => one.state === 'waiting');
  return (
    <section class="panel" aria-labelledby="plan-rehearse">
      <h2 id="plan-rehearse" class="panel-title">{t('admin.reh_title')}</h2>
      <p class="panel-text">{t('admin.reh_text')}</p>
      <p><button type="button" class="button-quiet" disabled={isRunning} onClick={run}>{t('admin.reh_run')}</button></p>
      <p class={news ? 'news news-bad' : 'news'} role="status">
        {news || (rehearsal ? t(isRunning ? 'admin.reh_running' : 'admin.reh_done', { cards: rehearsal.cards, transfers: rehearsal.transfers }) : '')}
      </p>
      {rehearsal && <Result rehearsal={rehearsal} plan={plan} draft={draft} />}
      {rehearsal?.over && !isWaiting && draft.base_version === plan.version
        && <Into plan={plan} draft={draft} losses={rehearsal.losses} changed={changed} signedOut={signedOut} />}
      {isWaiting && <p class="plan-note">{t('admin.plan_scheduled')}</p>}
    </section>
  );
}
