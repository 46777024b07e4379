/** What messages cost: this month's figures, the budget, the rules behind both, and the log of one member. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';
import { date, monthName, number, t, time } from '../lib/lang';
import { Log } from './cost_log';
import { RulesForm } from './cost_rules';
import { type MessagesAnswer, yen } from './cost_types';
import type { AdminPageProps } from './pages';

const REFRESH_MS = 15_000;
/** From this share of the limit on, the owner is warned. */
const NEAR = 0.8;

function Figure({ name, value, more }: { name: string; value: number; more?: string }): JSX.Element {
  return (
    <section class="tile">
      <h2 class="tile-name">{name}</h2>
      <p class="tile-value">{number(value)}</p>
      {more && <p class="tile-more">{more}</p>}
    </section>
  );
}

function Figures({ answer: { counts, policy } }: { answer: MessagesAnswer }): JSX.Element {
  const free = counts.live + counts.reply;
  const all = counts.push + free + counts.merge + counts.kept;
  return (
    <>
      <div class="tiles cost-tiles">
        <Figure name={t('admin.cost_push')} value={counts.push} more={t('admin.cost_opened', { n: counts.opened })} />
        <Figure name={t('admin.cost_free')} value={free} more={t('admin.cost_free_how', { live: counts.live, reply: counts.reply })} />
        <Figure name={t('admin.cost_merge')} value={counts.merge} />
        <Figure name={t('admin.cost_kept')} value={counts.kept} />
        <Figure name={t('admin.cost_failed')} value={counts.failed} />
        <Figure name={t('admin.cost_waiting')} value={counts.waiting} />
      </div>
      <p class="cost-sum">
        {t('admin.cost_sum', { all, all_yen: yen(all, policy), paid: counts.push, paid_yen: yen(counts.push, policy) })}
      </p>
    </>
  );
}

/** How full: by the owner's own limit or LINE's, whichever is nearer. */
function nearest({ budget }: MessagesAnswer): { used: number; most: number } | null {
  const own = budget.most === null ? null : { used: budget.charged + budget.owed, most: budget.most };
  const line = budget.quota === null || budget.used === null ? null : { used: budget.used, most: budget.quota };
  if (!own || !line) return own ?? line;
  return own.most - own.used <= line.most - line.used ? own : line;
}

function Warning({ answer }: { answer: MessagesAnswer }): JSX.Element | null {
  const limit = nearest(answer);
  const end = date(answer.ends - 1);
  if (answer.budget.told === null && answer.policy.as_line) return <p class="sure" role="status">{t('admin.budget_untold')}</p>;
  if (!limit) return null;
  const left = limit.most - limit.used;
  const will = limit.used - answer.budget.charged - answer.budget.owed + answer.budget.forecast;
  const text = left <= 0 ? t('admin.budget_over', { date: end })
    : limit.used >= limit.most * NEAR ? t('admin.budget_near', { n: left })
    : will > limit.most ? t('admin.budget_pace', { date: end }) : null;
  return text === null ? null : <p class="sure" role="status">{text}</p>;
}

function Bar({ answer }: { answer: MessagesAnswer }): JSX.Element | null {
  const limit = nearest(answer);
  if (!limit || limit.most <= 0) return null;
  const share = (n: number): number => Math.min(100, (100 * n) / limit.most);
  const free = 100 - answer.policy.reserve;
  return (
    <svg class="budget-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="budget-all" width="100" height="6" />
      <rect class="budget-reserve" x={free} width={100 - free} height="6" />
      <rect class="budget-used" width={share(limit.used)} height="6" />
      <rect class="budget-pace" x={Math.min(99.4, share(answer.budget.forecast))} width="0.6" height="6" />
    </svg>
  );
}

function Budget({ answer }: { answer: MessagesAnswer }): JSX.Element {
  const { budget, policy } = answer;
  const n = budget.charged + budget.owed;
  const limit = nearest(answer);
  return (
    <section class="panel" aria-labelledby="budget-title">
      <h2 id="budget-title" class="panel-title">{t('admin.budget_title')}</h2>
      <Warning answer={answer} />
      <Bar answer={answer} />
      <ul class="facts">
        <li>{budget.most === null ? t('admin.budget_open', { n }) : t('admin.budget_own', { n, most: budget.most })}</li>
        {limit && policy.reserve > 0 && <li>{t('admin.budget_reserve', { n: Math.floor((limit.most * policy.reserve) / 100) })}</li>}
        <li>{t('admin.budget_forecast', { n: budget.forecast, date: date(answer.ends - 1), yen: yen(budget.forecast, policy) })}</li>
        <li>
          {budget.told === null ? t('admin.budget_line_unknown')
            : budget.quota === null ? t('admin.budget_line_open', { used: budget.used ?? 0, date: date(budget.told), time: time(budget.told) })
            : t('admin.budget_line', { used: budget.used ?? 0, quota: budget.quota, date: date(budget.told), time: time(budget.told) })}
        </li>
      </ul>
    </section>
  );
}

export function CostPage({ signedOut }: AdminPageProps): JSX.Element {
  const [answer, setAnswer] = useState<MessagesAnswer | null>(null);
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    let isGone = false;
    const read = (): void => void api.get<MessagesAnswer>('/api/admin/messages').then(
      (fresh) => {
        if (isGone) return;
        setAnswer(fresh);
        setLost(false);
      },
      (reason) => {
        if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) signedOut();
        else if (!isGone) setLost(true);
      },
    );
    read();
    const timer = window.setInterval(() => { if (document.visibilityState === 'visible') read(); }, REFRESH_MS);
    return () => {
      isGone = true;
      window.clearInterval(timer);
    };
  }, []);
  return (
    <>
      {isLost && <p class="lost" role="status">{t('admin.offline')}</p>}
      <div class="day">
        <h1 class="day-title">{t('admin.cost_title')}</h1>
        {answer && <p class="day-name">{t('admin.cost_month', { year: String(Math.floor(answer.month / 100)), month: monthName(answer.month % 100) })}</p>}
      </div>
      {answer ? (
        <>
          <Figures answer={answer} />
          <div class="columns">
            <div class="cost-left">
              <Budget answer={answer} />
              <Log rules={answer.policy} signedOut={signedOut} />
            </div>
            <RulesForm rules={answer.policy} changed={setAnswer} signedOut={signedOut} />
          </div>
        </>
      ) : <p class="waiting" role="status"><span class="spinner" aria-hidden="true" />{t('admin.loading')}</p>}
    </>
  );
}
