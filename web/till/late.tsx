/** Credit afterwards: for a sale that was made without the card. */

import type { JSX } from 'preact';
import { t } from '../lib/lang';
import { Icon } from './icons';
import { type LateForm, type Screen, type Till } from './model';
import { problemText } from './outcome';
import { amountOf, BackButton } from './parts';
import { lateReasons } from './server';

type LateScreen = Extract<Screen, { at: 'late' }>;

function Field({ label, hint, ...input }: { label: string; hint?: string } & JSX.IntrinsicElements['input']): JSX.Element {
  return (
    <label class="late-field">
      <span>{label}</span>
      <input {...input} />
      {hint && <small>{hint}</small>}
    </label>
  );
}

function Picks<T extends string | number>({ label, chosen, options, pick }: {
  label: string; chosen: T | null; options: readonly { value: T; text: string }[]; pick: (value: T) => void;
}): JSX.Element {
  return (
    <div role="group" aria-label={label} class="late-field">
      <span>{label}</span>
      <div class="choice-row">
        {options.map(({ value, text }) => (
          <button type="button" key={value} class="unit" aria-pressed={value === chosen} onClick={() => pick(value)}>{text}</button>
        ))}
      </div>
    </div>
  );
}

function Units({ till, screen }: { till: Till; screen: LateScreen }): JSX.Element {
  if (screen.from.found.card.unit === 'point')
    return (
      <Field label={t('till.sale')} type="text" inputMode="numeric" autocomplete="off" value={screen.form.yen}
        onInput={({ currentTarget }) => till.fillLate({ yen: currentTarget.value.normalize('NFKC').replace(/\D/g, '').slice(0, 8) })} />
    );
  return (
    <Picks label={t('till.give_title')} chosen={screen.form.stamps} pick={(stamps) => till.fillLate({ stamps })}
      options={[1, 2, 3].map((value) => ({ value, text: `+${amountOf('stamp', value)}` }))} />
  );
}

function Failed({ failure }: { failure: NonNullable<LateScreen['failure']> }): JSX.Element {
  const { title, more, next } = problemText(failure.word, failure.facts);
  return (
    <p class="note note-warn" role="alert">
      <Icon name="alert" /><span><b>{title}</b>{more && ` – ${more}`}<br />{next}</span>
    </p>
  );
}

export function Late({ till, screen }: { till: Till; screen: LateScreen }): JSX.Element {
  const { form, failure, from } = screen;
  const fill = (patch: Partial<LateForm>): void => till.fillLate(patch);
  const days = till.planOf(from)?.late?.days ?? 0;
  return (
    <form class="sheet late" onSubmit={(event) => { event.preventDefault(); void till.creditLate(); }}>
      <div class="give-top">
        <h1 class="headline">{t('till.late_title')}</h1>
        <BackButton onClick={() => till.back()} />
      </div>
      <p class="lead">{from.found.card.name ?? t('till.no_name')} · {t('till.late_days', { n: days })}</p>
      <div class="late-pair">
        <Field label={t('till.late_receipt')} hint={t('till.late_receipt_hint')} type="text" maxLength={32} autocomplete="off"
          autocapitalize="characters" spellcheck={false} value={form.receipt}
          onInput={({ currentTarget }) => fill({ receipt: currentTarget.value })} />
        <Field label={t('till.late_sold_at')} type="datetime-local" required value={form.soldAt}
          onInput={({ currentTarget }) => fill({ soldAt: currentTarget.value })} />
      </div>
      <Units till={till} screen={screen} />
      <Picks label={t('till.late_reason')} chosen={form.reason} pick={(reason) => fill({ reason })}
        options={lateReasons.map((value) => ({ value, text: t(`till.late_reason_${value}`) }))} />
      {failure && <Failed failure={failure} />}
      <button type="submit" class="till-button till-main" disabled={!till.isLateReady}>
        <Icon name="check" />{t('till.late_do')}
      </button>
    </form>
  );
}
