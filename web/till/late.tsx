/** Credit afterwards: for a sale that was made without the card. */

import type { JSX } from 'preact';
import { t } from '../lib/lang';
import { Failed, Field, Picks } from './fields';
import { Icon } from './icons';
import type { Till } from './model';
import { amountOf, BackButton } from './parts';
import type { At, LateForm } from './screens';
import { lateReasons } from './server';

type LateScreen = At<'late'>;

function Units({ till, screen }: { till: Till; screen: LateScreen }): JSX.Element {
  if (screen.from.found.card.unit === 'point')
    return (
      <Field label={t('till.sale')} type="text" inputMode="numeric" autocomplete="off" value={screen.form.yen}
        onInput={({ currentTarget }) => till.late.fill({ yen: currentTarget.value.normalize('NFKC').replace(/\D/g, '').slice(0, 8) })} />
    );
  return (
    <Picks label={t('till.give_title')} chosen={screen.form.stamps} pick={(stamps) => till.late.fill({ stamps })}
      options={[1, 2, 3].map((value) => ({ value, text: `+${amountOf('stamp', value)}` }))} />
  );
}

export function Late({ till, screen }: { till: Till; screen: LateScreen }): JSX.Element {
  const { form, failure, from } = screen;
  const fill = (patch: Partial<LateForm>): void => till.late.fill(patch);
  const days = till.giving.planOf(from)?.late?.days ?? 0;
  return (
    <form class="sheet late" onSubmit={(event) => { event.preventDefault(); void till.late.credit(); }}>
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
      <button type="submit" class="till-button till-main" disabled={!till.late.isReady}>
        <Icon name="check" />{t('till.late_do')}
      </button>
    </form>
  );
}
