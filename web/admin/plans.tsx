/** The owner's plans: what is in force and was before, what is drafted, and what comes into force by itself. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';
import { plural, t } from '../lib/lang';
import type { AdminPageProps } from './pages';
import { PlanEditor } from './plan_editor';
import { type Change, changeText, type Draft, moment, type Plan, type Plans, type Schedule, sentences } from './plan_types';
import { useAll } from './use_all';
import { useHash } from './use_hash';

export function Changes({ changes }: { changes: readonly Change[] }): JSX.Element {
  return changes.length === 0 ? <p class="panel-none">{t('admin.plan_no_change')}</p>
    : <ul class="plan-changes">{changes.map((change) => <li key={change.path}>{changeText(change)}</li>)}</ul>;
}

function List({ plans }: { plans: readonly Plan[] }): JSX.Element {
  return (
    <section class="panel" aria-labelledby="plans-list">
      <h2 id="plans-list" class="panel-title">{t('admin.plans_in_force')}</h2>
      {plans.length === 0 && <p class="panel-none">{t('admin.plans_none')}</p>}
      <ul class="kinds rules">
        {plans.map((plan) => (
          <li key={plan.id}>
            <a class="kind" href={`#plans/${plan.id}`}>
              <span class="kind-name">{plan.rules.name}</span>
              <span class="kind-when">{t('admin.plan_version', { n: plan.version })}</span>
              <span class="rule-says">{sentences(plan.rules).join(' ')}</span>
              {plan.schedules[0]?.state === 'waiting' && <span class="kind-own">{t('admin.plan_waits', { at: moment(plan.schedules[0].at) })}</span>}
              {plan.drafts.length > 0 && <span class="kind-own">{plural('admin.plan_drafts', plan.drafts.length)}</span>}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Waiting({ schedule, cancel }: { schedule: Schedule; cancel: () => void }): JSX.Element {
  return (
    <section class="panel plan-waits" aria-labelledby="plan-waits">
      <h2 id="plan-waits" class="panel-title">{t('admin.plan_waits', { at: moment(schedule.at) })}</h2>
      <p class="panel-text">{t('admin.plan_waits_text', { name: schedule.name })}</p>
      <Changes changes={schedule.changes} />
      <p><button type="button" class="button-quiet" onClick={cancel}>{t('admin.plan_cancel')}</button></p>
    </section>
  );
}

function Drafts({ plan, remove }: { plan: Plan; remove: (draft: Draft) => void }): JSX.Element {
  return (
    <section class="panel" aria-labelledby="plan-drafts">
      <h2 id="plan-drafts" class="panel-title">{t('admin.plan_drafts_title')}</h2>
      <p class="panel-text">{t('admin.plan_drafts_text')}</p>
      {plan.drafts.length === 0 && <p class="panel-none">{t('admin.plan_drafts_none')}</p>}
      {plan.drafts.map((draft) => (
        <article key={draft.id} class="plan-draft" aria-labelledby={`draft-${draft.id}`}>
          <h3 id={`draft-${draft.id}`} class="plan-draft-name"><a href={`#plans/${plan.id}/${draft.id}`}>{draft.name}</a></h3>
          <p class="kind-when">{t('admin.plan_saved_at', { at: moment(draft.saved) })}</p>
          {draft.base_version !== plan.version && <p class="part-wrong">{t('admin.draft_outdated')}</p>}
          <Changes changes={draft.changes} />
          <button type="button" class="button-quiet" aria-describedby={`draft-${draft.id}`} onClick={() => remove(draft)}>{t('admin.plan_draft_remove')}</button>
        </article>
      ))}
      <p><a class="button rule-new" href={`#plans/${plan.id}/new`}>{t('admin.plan_draft_new')}</a></p>
    </section>
  );
}

function History({ plan }: { plan: Plan }): JSX.Element {
  const ended = plan.schedules.filter((one) => one.state === 'refused');
  return (
    <section class="panel" aria-labelledby="plan-history">
      <h2 id="plan-history" class="panel-title">{t('admin.plan_history')}</h2>
      {ended.map((one) => (
        <p key={one.id} class="part-wrong">{t('admin.plan_refused', { at: moment(one.at), name: one.name })} {t(`admin.${whyOf(one.why)}`)}</p>
      ))}
      <ol class="plan-versions" reversed>
        {plan.versions.map((version) => (
          <li key={version.version}>
            <p><strong>{t('admin.plan_version', { n: version.version })}</strong> {t('admin.plan_from', { at: moment(version.from) })}</p>
            {version.version === 1 ? <p class="panel-none">{t('admin.plan_first')}</p> : <Changes changes={version.changes} />}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What a refusal means, as a key of the words. */
export function whyOf(word: string): string {
  const known = ['plan_takes_away', 'draft_outdated', 'plan_scheduled', 'drafts_full', 'number_in_use', 'draft_unknown', 'schedule_unknown'];
  return known.includes(word) ? word : 'not_done';
}

function PlanPage({ plan, again, signedOut }: { plan: Plan; again: () => void; signedOut: () => void }): JSX.Element {
  const [news, setNews] = useState({ text: '', isBad: false });
  const act = async (path: string, body: unknown, done: string): Promise<void> => {
    try {
      await api.post(path, body);
      setNews({ text: t(done), isBad: false });
      again();
    } catch (reason) {
      if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) return signedOut();
      setNews({ text: t(reason instanceof ApiError && !reason.isOffline ? `admin.${whyOf(reason.word)}` : 'admin.offline'), isBad: true });
    }
  };
  const waiting = plan.schedules.find((one) => one.state === 'waiting');
  return (
    <>
      <a class="back back-always" href="#plans">{t('admin.plans_back')}</a>
      <p class={news.isBad ? 'news news-bad' : 'news'} role="status">{news.text}</p>
      <section class="panel" aria-labelledby="plan-now">
        <h2 id="plan-now" class="panel-title">{t('admin.plan_now', { name: plan.rules.name, n: plan.version })}</h2>
        <ul class="plan-changes">{sentences(plan.rules).map((one) => <li key={one}>{one}</li>)}</ul>
        <details class="behind">
          <summary>{t('admin.plan_whole')}</summary>
          <pre class="plan-json" tabIndex={0} aria-label={t('admin.plan_whole')}>{JSON.stringify(plan.rules, null, 2)}</pre>
        </details>
      </section>
      {waiting && <Waiting schedule={waiting} cancel={() => void act(`/api/admin/plans/${plan.id}/unschedule`, { schedule: waiting.id }, 'admin.plan_cancelled')} />}
      <Drafts plan={plan} remove={(draft) => void act(`/api/admin/plans/${plan.id}/drafts/${draft.id}/remove`, {}, 'admin.plan_draft_removed')} />
      <History plan={plan} />
    </>
  );
}

/** "#plans/1" has that plan open, "#plans/1/7" its draft 7, "#plans/1/new" one that is not there yet. */
export function PlansPage({ signedOut }: AdminPageProps): JSX.Element {
  const { all, isLost, again } = useAll<Plans>('/api/admin/plans', signedOut);
  const [, openPlan = '', openDraft = ''] = useHash();

  const plan = all?.plans.find((one) => String(one.id) === openPlan);
  const draft = plan?.drafts.find((one) => String(one.id) === openDraft);
  return (
    <>
      <h1 class="day-title">{t('admin.plans_title')}</h1>
      {isLost && <p class="lost" role="status">{t('admin.offline')}</p>}
      {!all ? <p class="waiting" role="status"><span class="spinner" aria-hidden="true" />{t('admin.loading')}</p>
        : plan && (draft || openDraft === 'new')
          ? <PlanEditor key={openDraft} plan={plan} draft={draft ?? null} changed={again} signedOut={signedOut} />
          : plan ? <PlanPage key={plan.id} plan={plan} again={again} signedOut={signedOut} /> : <List plans={all.plans} />}
    </>
  );
}
