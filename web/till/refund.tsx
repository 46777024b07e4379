/** A sale that is given back: which, how much of it, what that takes from the card, and that it is done. */

import type { JSX } from 'preact';
import { number, t } from '../lib/lang';
import { Ask, DoneButtons, Effects } from './ask';
import { Band } from './band';
import { Failed, Field } from './fields';
import { Icon } from './icons';
import type { Till } from './model';
import { amountOf, BackButton, Pad, timeOrDay } from './parts';
import type { At } from './screens';
import type { RefundAhead } from './types';

const yen = (n: number): string => t('till.yen', { n: number(n) });

/** "6 of 20 points go back, 14 stay", and what else goes with them. */
export function effects({ unit, have, taken, balance, rounds, vouchers_cancelled: vouchers, owed, forgiven }: RefundAhead): string[] {
  const units = { n: amountOf(unit, taken), have: number(have), left: number(balance) };
  return [
    taken === 0 ? t('till.refund_none') : t(rounds > 0 ? 'till.refund_round' : 'till.refund_units', units),
    vouchers > 0 && t('till.refund_vouchers', { n: vouchers }),
    owed > 0 && t('till.refund_owed', { n: amountOf(unit, owed) }),
    forgiven > 0 && t('till.refund_forgiven', { n: amountOf(unit, forgiven) }),
  ].filter((line): line is string => !!line);
}

const saleOf = ({ name, at, sale }: RefundAhead): string => [name ?? t('till.no_name'), timeOrDay(at), yen(sale)].join(' · ');

export function Refund({ till, screen }: { till: Till; screen: At<'refund'> }): JSX.Element {
  return (
    <form class="sheet late" onSubmit={(event) => { event.preventDefault(); void till.refunding.find(); }}>
      <div class="give-top">
        <h1 class="headline">{t('till.refund_title')}</h1>
        <BackButton onClick={() => till.back()} />
      </div>
      <p class="lead">{t('till.refund_text')}</p>
      <Field label={t('till.late_receipt')} hint={t('till.refund_receipt_hint')} type="text" maxLength={32} autocomplete="off"
        autocapitalize="characters" spellcheck={false} autofocus value={screen.receipt}
        onInput={({ currentTarget }) => till.refunding.fill(currentTarget.value)} />
      {screen.failure && <Failed failure={screen.failure} />}
      <button type="submit" class="till-button till-main" disabled={till.state.isBusy || screen.receipt.trim() === ''}>
        {t('till.refund_find')}
      </button>
      <button type="button" class="till-button till-quiet" onClick={() => till.undoing.openToday()}>
        <Icon name="list" />{t('till.refund_list')}
      </button>
    </form>
  );
}

/** How much: nothing typed is all that is left of it. */
export function RefundPart({ till, screen }: { till: Till; screen: At<'refund_part'> }): JSX.Element {
  const { sale, failure } = screen;
  return (
    <section class="sheet spend">
      <div class="give-top">
        <h1 class="give-title">{t('till.refund_how_much')}</h1>
        <BackButton onClick={() => till.back()} />
      </div>
      <p class="lead">{saleOf(sale)}</p>
      {sale.yen < sale.sale && <p class="note">{t('till.refund_left', { done: sale.sale - sale.yen, left: sale.yen })}</p>}
      <output class="amount-sum" aria-label={t('till.refund_how_much')}>
        <span class="amount-yen">{screen.yen === '' ? t('till.refund_all') : ''}</span>
        <span class="amount-points">{yen(screen.yen === '' ? sale.yen : Number(screen.yen))}</span>
      </output>
      {failure && <Failed failure={failure} />}
      <Pad onKey={(key) => till.type(key)} enter={t('till.spend_next')} canEnter={!till.state.isBusy} />
    </section>
  );
}

export function RefundAsk({ till, screen }: { till: Till; screen: At<'refund_ask'> }): JSX.Element {
  const { ahead } = screen;
  return (
    <Ask till={till} icon="undo" title={t('till.refund_ask', { yen: ahead.yen, sale: ahead.sale })} about={saleOf(ahead)}
      lines={effects(ahead)} text={t('till.refund_final')} go={t('till.refund_do', { yen: ahead.yen })} />
  );
}

export function Refunded({ till, screen }: { till: Till; screen: At<'refunded'> }): JSX.Element {
  const { ahead, answer } = screen;
  return (
    <Band tone="warn" icon="undo" word={t('till.refunded')}>
      <p class="band-amount spend-off">{yen(answer.yen)}</p>
      <Effects lines={effects(ahead)} />
      {ahead.name && <p class="band-name">{ahead.name}</p>}
      <DoneButtons till={till} hasCard={false} />
      <p class="band-next">{t('till.next_any_time')}</p>
    </Band>
  );
}
