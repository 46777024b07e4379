/** When what was earned ends, with what that means for a visit today. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../lib/api';
import { date, monthName, t } from '../lib/lang';
import { ChoiceField, DayField, Folded, NumberField } from './fields';
import { dateOf, dayOf, type Expiry, expiryKinds, expirySays, partOf, withPart, type Write } from './plan_part_types';
import type { PlanFile } from './plan_types';

/** POST /api/admin/plans/:plan/example */
interface Example {
  last: string | null; /* the last day that it is there: "2027-03-31" */
  first: string | null; /* the first day that it can be used, unless at once */
  over: boolean;
}

const PAUSE_MS = 400;
const NOTED = ['anniversary', 'first_use', 'last_use'];

const dayText = (day: string): string => date(new Date(`${day}T00:00`).getTime());

function exampleText(example: Example, rules: PlanFile, kind: string): string {
  if (example.over) return t('admin.expiry_over');
  return [
    example.last ? t(`admin.expiry_ends_${rules.unit}`, { date: dayText(example.last) }) : t(`admin.expiry_never_${rules.unit}`),
    NOTED.includes(kind) ? t(`admin.expiry_note_${kind}`) : '',
    example.first ? t('admin.expiry_first', { date: dayText(example.first) }) : '',
  ].filter(Boolean).join(' ');
}

/** Asked of the server, whose rule it is; rules that it would refuse are no example. */
function ExampleLine({ plan, rules, text, kind }: { plan: number; rules: PlanFile; text: string; kind: string }): JSX.Element {
  const [example, setExample] = useState<Example | null>(null);
  useEffect(() => {
    let isOver = false;
    const timer = window.setTimeout(() => {
      api.post<Example>(`/api/admin/plans/${plan}/example`, { rules: text }).then(
        (answer) => { if (!isOver) setExample(answer); },
        () => { if (!isOver) setExample(null); },
      );
    }, PAUSE_MS);
    return () => {
      isOver = true;
      window.clearTimeout(timer);
    };
  }, [plan, text]);
  return <p class="plan-example" role="status">{example ? exampleText(example, rules, kind) : ''}</p>;
}

/** One length, in days or in months. */
function Length({ expiry, put }: { expiry: Expiry; put: (some: Expiry) => void }): JSX.Element {
  const isDays = expiry.days !== undefined;
  const set = (n: number | undefined, days: boolean): void => put(days ? { days: n, months: undefined } : { days: undefined, months: n });
  return (
    <div class="pair">
      <NumberField path={isDays ? 'expiry.days' : 'expiry.months'} label={t('admin.expiry_length')} value={isDays ? expiry.days : expiry.months} min={1} isNeeded change={(n) => set(n, isDays && n !== undefined)} />
      <ChoiceField path="expiry.unit" label={t('admin.expiry_length_in')} value={isDays ? 'days' : 'months'} all={['months', 'days'] as const}
        word={(one) => t(`admin.expiry_in_${one}`)} change={(one) => set(expiry.days ?? expiry.months ?? 1, one === 'days')} />
    </div>
  );
}

const months = Array.from({ length: 12 }, (_, i) => String(i + 1));

/** What the chosen kind needs to know, and nothing else. */
function KindFields({ expiry, put }: { expiry: Expiry; put: (some: Expiry) => void }): JSX.Element | null {
  switch (expiry.kind) {
    case 'after':
    case 'first_use':
    case 'last_use':
      return <Length expiry={expiry} put={put} />;
    case 'month_end':
      return <NumberField path="expiry.months" label={t('admin.expiry_months_on')} about={t('admin.expiry_months_on_about')} value={expiry.months ?? 0} change={(n) => put({ months: n })} />;
    case 'fiscal_year':
      return (
        <div class="pair">
          <ChoiceField path="expiry.month" label={t('admin.expiry_month')} value={String(expiry.month ?? 3)} all={months} word={(one) => monthName(Number(one))} change={(one) => put({ month: Number(one) })} />
          <NumberField path="expiry.years" label={t('admin.expiry_years')} about={t('admin.expiry_years_about')} value={expiry.years ?? 0} change={(n) => put({ years: n || undefined })} />
        </div>
      );
    case 'anniversary':
      return <NumberField path="expiry.years" label={t('admin.expiry_years')} about={t('admin.expiry_years_about')} value={expiry.years ?? 0} change={(n) => put({ years: n || undefined })} />;
    case 'fixed':
      return <DayField path="expiry.date" label={t('admin.expiry_date')} value={dayOf(expiry.date)} change={(day) => put({ date: dateOf(day) })} />;
    default:
      return null;
  }
}

/** Another kind keeps nothing of the lengths of the one before. */
const ofKind = (kind: Expiry['kind']): Expiry => ({
  kind, days: undefined, years: undefined, date: undefined,
  months: kind === 'after' || kind === 'first_use' || kind === 'last_use' ? 12 : undefined,
  month: kind === 'fiscal_year' ? 3 : undefined,
});

export function ExpiryPart({ plan, rules, text, write }: { plan: number; rules: PlanFile; text: string; write: Write }): JSX.Element {
  const expiry = partOf(rules, 'expiry');
  const kind = expiry.kind ?? 'none';
  const put = (some: Expiry): void => write(withPart(rules, 'expiry', some));
  return (
    <Folded label={t('admin.plan_part_expiry')} says={expirySays(expiry)}>
      <ChoiceField path="expiry.kind" label={t('admin.expiry_kind')} value={kind} all={expiryKinds} word={(one) => t(`admin.expiry_kind_${one}`)}
        change={(one) => put({ ...ofKind(one), remind_days: one === 'none' ? undefined : expiry.remind_days, pending_days: one === 'last_use' ? undefined : expiry.pending_days })} />
      <KindFields expiry={expiry} put={put} />
      <div class="pair">
        {kind !== 'none' && <NumberField path="expiry.remind_days" label={t('admin.expiry_remind')} about={t('admin.expiry_remind_about')} value={expiry.remind_days} change={(n) => put({ remind_days: n || undefined })} />}
        {rules.unit === 'point' && rules.goal === 0 && kind !== 'last_use' && (
          <NumberField path="expiry.pending_days" label={t('admin.expiry_pending')} about={t('admin.expiry_pending_about')} value={expiry.pending_days} change={(n) => put({ pending_days: n || undefined })} />
        )}
      </div>
      <ExampleLine plan={plan} rules={rules} text={text} kind={kind} />
    </Folded>
  );
}
