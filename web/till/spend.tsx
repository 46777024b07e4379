/** Points used like money: how many, the member's yes, and what to take off the bill. */

import type { JSX } from 'preact';
import { number, t } from '../lib/lang';
import { Failed } from './fields';
import { Icon } from './icons';
import type { Till } from './model';
import { amountOf, BackButton, balanceOf, Key, Pad } from './parts';
import { problemText } from './problems';
import type { At, SpendForm } from './screens';

/** On a card that has been read: that its points can be used, or why not. */
export function SpendOffer({ till, screen }: { till: Till; screen: At<'member'> }): JSX.Element | null {
  const { spend } = screen.found;
  if (!spend) return null;
  if (spend.most === 0)
    return spend.reason === 'points_short' ? null : (
      <p class="note note-warn spend-why"><Icon name="wait" /><span>{problemText(spend.reason ?? '', {}).next}</span></p>
    );
  return (
    <p class="member-more">
      <button type="button" class="till-button spend-offer" disabled={till.state.isBusy} onClick={() => till.spending.open()}>
        <span>{t('till.spend')}<small>{t('till.spend_most', { n: spend.most, yen: spend.worth })}</small></span><Key name="F3" />
      </button>
    </p>
  );
}

function Line({ till, form, name, label, text }: {
  till: Till; form: SpendForm; name: SpendForm['field']; label: string; text: string;
}): JSX.Element {
  return (
    <button type="button" class="spend-line" aria-pressed={form.field === name} onClick={() => till.spending.fill({ field: name })}>
      <span>{label}</span><b>{text}</b>
    </button>
  );
}

function Asking({ till, points }: { till: Till; points: number }): JSX.Element {
  return (
    <section class="sheet sheet-centre" role="status">
      <span class="spinner spinner-big" aria-hidden="true" />
      <h1 class="headline">{t('till.spend_asking')}</h1>
      <p class="amount-points">{amountOf('point', points)}</p>
      <p class="lead">{t('till.spend_asking_text')}</p>
      <div class="band-buttons"><BackButton onClick={() => till.back()} /></div>
    </section>
  );
}

export function Spend({ till, screen }: { till: Till; screen: At<'spend'> }): JSX.Element {
  const { form, failure, isAsking, from } = screen;
  const { card, spend } = from.found;
  const points = Number(form.points);
  const sale = Number(form.sale);
  const most = till.spending.mostOf(screen);
  const isSale = form.field === 'sale';
  if (isAsking) return <Asking till={till} points={points} />;
  return (
    <section class="sheet spend">
      <div class="give-top">
        <h1 class="give-title">{t(isSale ? 'till.sale_title' : 'till.spend_title')}</h1>
        <BackButton onClick={() => till.back()} />
      </div>
      <p class="lead">{card.name ?? t('till.no_name')} · {balanceOf('point', card.balance, card.goal)}</p>
      <div class="spend-lines">
        {spend!.percent < 100 && (
          <Line till={till} form={form} name="sale" label={t('till.sale')} text={t('till.yen', { n: number(sale) })} />
        )}
        <Line till={till} form={form} name="points" label={amountOf('point', points)} text={t('till.spend_off', { n: number(points * spend!.yen) })} />
      </div>
      {failure && <Failed failure={failure} />}
      <button type="button" class="till-button till-quiet" disabled={most === 0}
        onClick={() => till.spending.fill({ field: 'points', points: String(most) })}>
        {t('till.spend_all', { n: most })}
      </button>
      <Pad onKey={(key) => till.type(key)} enter={t(isSale ? 'till.spend_next' : 'till.spend_go')}
        canEnter={(isSale ? sale : points) > 0 && !till.state.isBusy} />
    </section>
  );
}

export function Spent({ till, screen }: { till: Till; screen: At<'spent'> }): JSX.Element {
  const { points, worth, balance, from } = screen;
  const { card, may } = from.found;
  return (
    <section class="band band-ok">
      <Icon name="check" big />
      <h1 class="band-word">{t('till.spent')}</h1>
      <p class="band-amount spend-off">{t('till.spend_off', { n: number(worth) })}</p>
      <p class="band-more">−{amountOf('point', points)}{t('till.comma')}{t('till.now', { balance: balanceOf('point', balance, card.goal) })}</p>
      {card.name && <p class="band-name">{card.name}</p>}
      <div class="band-buttons">
        {may.grant && (
          <button type="button" class="till-button till-main" onClick={() => till.confirm()}>
            {t('till.spent_give')}<Key name="Enter" />
          </button>
        )}
        <BackButton onClick={() => till.back()} label={t('till.close')} />
      </div>
      <p class="band-next">{t('till.next_any_time')}</p>
    </section>
  );
}
