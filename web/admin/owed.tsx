/** What the shop owes: outstanding by plan and month, what lapsed, what will; and whether it all adds up. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';
import { number, t } from '../lib/lang';
import type { AdminPageProps } from './pages';

interface Month {
  month: number;
  issued: number;
  returned: number;
  redeemed: number;
  lapsed: number;
  forfeited: number;
  moved: number;
  reversed: number;
  closing: number;
  lapsed_since: number;
}

interface Plan {
  plan: number;
  name: string;
  yen: number | null;
  outstanding: number;
  cards: number;
  accounts: number;
  sound: boolean;
  vouchers: number;
  ended: number;
  endless: number;
  months: Month[];
  forecast: { month: number; units: number }[];
}

const columns = ['issued', 'returned', 'redeemed', 'lapsed', 'forfeited', 'moved', 'reversed', 'closing'] as const;

/** 202604 as 2026-04, in every language. */
const monthText = (month: number): string => `${Math.floor(month / 100)}-${String(month % 100).padStart(2, '0')}`;

const breakage = (m: Month): string => (m.issued > 0 ? `${((100 * m.lapsed_since) / m.issued).toFixed(1)} %` : '–');

function Months({ plan }: { plan: Plan }): JSX.Element {
  const title = `owed-months-${plan.plan}`;
  return (
    <>
      <h3 id={title} class="panel-title">{t('admin.owed_months')}</h3>
      <div class="table-scroll" tabIndex={0} role="group" aria-labelledby={title}>
        <table class="figures owed-table">
          <thead><tr>
            <th scope="col">{t('admin.owed_month')}</th>
            {columns.map((name) => <th key={name} scope="col">{t(`admin.owed_${name}`)}</th>)}
            <th scope="col">{t('admin.owed_breakage')}</th>
          </tr></thead>
          <tbody>
            {plan.months.map((m) => (
              <tr key={m.month}>
                <th scope="row">{monthText(m.month)}</th>
                {columns.map((name) => <td key={name}>{number(m[name])}</td>)}
                <td>{breakage(m)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Forecast({ plan }: { plan: Plan }): JSX.Element {
  const title = `owed-forecast-${plan.plan}`;
  return (
    <>
      <h3 id={title} class="panel-title">{t('admin.owed_forecast')}</h3>
      {plan.forecast.length > 0 && (
        <div class="table-scroll" tabIndex={0} role="group" aria-labelledby={title}>
          <table class="figures owed-table">
            <thead><tr><th scope="col">{t('admin.owed_month')}</th><th scope="col">{t('admin.owed_units')}</th></tr></thead>
            <tbody>
              {plan.forecast.map(({ month, units }) => (
                <tr key={month}><th scope="row">{monthText(month)}</th><td>{number(units)}</td></tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p class="panel-text">
        {t('admin.owed_endless', { n: plan.endless })}
        {plan.ended > 0 && ` · ${t('admin.owed_ended', { n: plan.ended })}`}
      </p>
    </>
  );
}

function Owed({ plan }: { plan: Plan }): JSX.Element {
  const title = `owed-${plan.plan}`;
  return (
    <section class="panel" aria-labelledby={title}>
      <h2 id={title} class="panel-title">{plan.name}</h2>
      <p class="panel-text"><strong>{t('admin.owed_now', { n: plan.outstanding })}</strong>
        {plan.yen !== null && ` · ${t('admin.owed_worth', { yen: plan.yen * plan.outstanding })}`}
        {` · ${t('admin.owed_vouchers', { n: plan.vouchers })}`}
      </p>
      <p class="panel-text owed-sum" data-sound={plan.sound} role={plan.sound ? undefined : 'alert'}>
        {plan.sound ? t('admin.owed_sound')
          : t('admin.owed_unsound', { n: plan.outstanding, cards: plan.cards, accounts: plan.accounts })}
      </p>
      <Months plan={plan} />
      <Forecast plan={plan} />
    </section>
  );
}

export function OwedPage({ signedOut }: AdminPageProps): JSX.Element {
  const [plans, setPlans] = useState<Plan[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isGone = false;
    setFailed(false);
    api.get<{ plans: Plan[] }>('/api/admin/liability', { timeoutMs: 60_000 }).then(
      (answer) => { if (!isGone) setPlans(answer.plans); },
      (reason) => {
        if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) signedOut();
        else if (!isGone) setFailed(true);
      },
    );
    return () => { isGone = true; };
  }, [round]);
  return (
    <>
      <h1 class="day-title">{t('admin.owed_title')}</h1>
      {failed ? (
        <p class="panel-none" role="status">{t('admin.owed_failed')}{' '}
          <button type="button" class="top-out" onClick={() => setRound(round + 1)}>{t('admin.owed_again')}</button>
        </p>
      ) : plans === null ? <p class="panel-none" role="status">{t('admin.loading')}</p>
        : plans.length === 0 ? <p class="panel-none">{t('admin.owed_none')}</p>
        : plans.map((plan) => <Owed key={plan.plan} plan={plan} />)}
    </>
  );
}
