/** The rewards of a card: how one is used, what points are swapped for, and what a manager cancels. */

import type { JSX } from 'preact';
import { date, number, t } from '../lib/lang';
import type { Offer, Voucher } from '../lib/types';
import { worthOf } from '../lib/worth';
import { Ask, DoneButtons, Effects } from './ask';
import { Band } from './band';
import { Failed } from './fields';
import { Icon } from './icons';
import type { Till } from './model';
import { amountOf, BackButton, timeOrDay } from './parts';
import { problemText } from './problems';
import type { At } from './screens';
import type { CancelAhead } from './types';

const onTill = (name: string): string => `till.${name}`;

/** `cancel`: for those who may. */
export function VoucherList({ vouchers, cancel }: { vouchers: readonly Voucher[]; cancel?: ((voucher: number) => void) | null }): JSX.Element {
  return (
    <ul>
      {vouchers.map((voucher) => (
        <li key={voucher.id}>
          <b>{voucher.title}</b>
          {voucher.expires && <small>{t('till.until', { date: date(voucher.expires) })}</small>}
          {cancel && (
            <button type="button" class="till-button till-quiet" onClick={() => cancel(voucher.id)}>
              <Icon name="cross" />{t('till.cancel_reward')}<span class="sr">{voucher.title}</span>
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Why it cannot be had now. */
function reasonOf({ reason, again, missing }: Offer): string {
  const { title, next } = problemText(reason ?? '', {});
  if (reason === 'not_enough') return t('till.problem_not_enough_next', { missing: missing ?? 0 });
  return again ? `${title}${t('till.comma')}${t('till.again_from', { time: timeOrDay(again) })}` : title || next;
}

function OfferRow({ till, offer, unit }: { till: Till; offer: Offer; unit: 'stamp' | 'point' }): JSX.Element {
  const more = [worthOf(onTill, offer.kind, offer.value), offer.left !== null && t('till.swap_left', { n: offer.left })].filter(Boolean);
  return (
    <li>
      <button type="button" class="offer" disabled={!!offer.reason || till.state.isBusy} onClick={() => till.rewarding.choose(offer)}>
        <span><b>{offer.title}</b>{more.length > 0 && <small>{more.join(' · ')}</small>}</span>
        <span class="offer-price">{amountOf(unit, offer.price)}</span>
      </button>
      {offer.reason && <p class="offer-why"><Icon name="wait" />{reasonOf(offer)}</p>}
    </li>
  );
}

function Offers({ till, screen }: { till: Till; screen: At<'rewards'> }): JSX.Element | null {
  const { from, offers, failure } = screen;
  if (!till.rewarding.sells(from)) return null;
  return (
    <section class="offers" aria-labelledby="offers-title">
      <h2 id="offers-title" class="give-title">{t('till.swap_title')}</h2>
      {failure ? <Failed failure={failure} />
        : !offers ? <p class="lead" role="status"><span class="spinner" aria-hidden="true" /> {t('till.reading')}</p>
        : offers.offers.length === 0 ? <p class="lead">{t('till.swap_none')}</p> : (
          <ul>{offers.offers.map((offer) => <OfferRow key={offer.id} till={till} offer={offer} unit={from.found.card.unit} />)}</ul>
        )}
    </section>
  );
}

export function RewardsScreen({ till, screen }: { till: Till; screen: At<'rewards'> }): JSX.Element {
  const { card, vouchers } = screen.from.found;
  const cancel = till.rewarding.isManager && !till.state.isBusy ? (voucher: number) => void till.rewarding.askCancel(voucher) : null;
  return (
    <section class="sheet rewards">
      <div class="give-top">
        <h1 class="headline">{t('till.rewards')}</h1>
        <BackButton onClick={() => till.back()} />
      </div>
      <p class="lead">{card.name ?? t('till.no_name')} · {t(`till.balance_${card.unit}`, { n: card.balance, goal: card.goal })}</p>
      {vouchers.length > 0 && (
        <section class="vouchers">
          <h2 class="vouchers-title"><Icon name="gift" />{t('till.has_rewards')}</h2>
          <VoucherList vouchers={vouchers} cancel={cancel} />
          <p>{t('till.reward_how')}</p>
        </section>
      )}
      <Offers till={till} screen={screen} />
    </section>
  );
}

export function SwapAsk({ till, screen }: { till: Till; screen: At<'swap_ask'> }): JSX.Element {
  const { offer, from: { from: { found: { card } } } } = screen;
  const units = { n: amountOf(card.unit, offer.price), have: number(card.balance), left: number(card.balance - offer.price) };
  return (
    <Ask till={till} icon="gift" title={t('till.swap_ask', { title: offer.title })} about={card.name ?? t('till.no_name')} isDanger={false}
      lines={[t('till.swap_units', units)]} text={t(offer.final ? 'till.swap_final' : 'till.swap_undo')} go={t('till.swap_do')} />
  );
}

export function Swapped({ till, screen }: { till: Till; screen: At<'swapped'> }): JSX.Element {
  const { answer, from: { found: { card } } } = screen;
  return (
    <Band tone="gift" icon="gift" word={t('till.swapped')}>
      <p class="band-amount">{answer.title}</p>
      <Effects lines={[t('till.swap_units', { n: amountOf(card.unit, answer.amount), have: number(answer.balance + answer.amount), left: number(answer.balance) })]} />
      <p class="band-hint">{t('till.until', { date: date(answer.expires) })}</p>
      <DoneButtons till={till} hasCard />
    </Band>
  );
}

export const cancelLines = ({ unit, units, have, balance, vouchers_cancelled: all }: CancelAhead): string[] => [
  units === 0 ? t('till.cancel_none') : t('till.back_units', { n: amountOf(unit, units), have: number(have), left: number(balance) }),
  ...(all > 1 ? [t('till.cancel_others', { n: all - 1 })] : []),
];

export function CancelAsk({ till, screen: { ahead } }: { till: Till; screen: At<'cancel_ask'> }): JSX.Element {
  return (
    <Ask till={till} icon="cross" title={t('till.cancel_ask', { title: ahead.title })} about={ahead.name ?? t('till.no_name')}
      lines={cancelLines(ahead)} text={t('till.cancel_text')} go={t('till.cancel_do')} />
  );
}

export function Cancelled({ till, screen: { ahead, back } }: { till: Till; screen: At<'cancelled'> }): JSX.Element {
  return (
    <Band tone="warn" icon="cross" word={t('till.cancelled')}>
      <p class="band-more">{ahead.title}</p>
      <Effects lines={cancelLines(ahead)} />
      <DoneButtons till={till} hasCard={back.at === 'rewards'} />
    </Band>
  );
}
