/** How it went, and what stands in the way. */

import type { JSX } from 'preact';
import { date, number, t } from '../lib/lang';
import { asksOf, worthOf } from '../lib/worth';
import { Band } from './band';
import { Icon } from './icons';
import type { Till } from './model';
import type { At, Result, Screen } from './screens';
import { why } from './why';
import { amountOf, BackButton, balanceOf, Key, Pad, Stamps } from './parts';
import { effects } from './refund';
import { cancelLines } from './rewards';
import { lookOf, problemText } from './problems';


export function Done({ result }: { result: Result }): JSX.Element {
  const { amount, balance, goal, name, unit, vouchers } = result;
  const isQueued = balance === null;
  const isGoal = vouchers.length > 0;
  const reasons = why(result.parts, result.cut);
  return (
    <Band tone={isQueued ? 'warn' : isGoal ? 'gift' : 'ok'} icon={isQueued ? 'tray' : isGoal ? 'gift' : 'check'}
      word={isQueued ? t('till.done_queued') : isGoal ? t('till.done_goal') : t('till.done')}>
      {amount > 0 && <p class="band-amount">+{amountOf(unit, amount)}</p>}
      {reasons.length > 0 && <ul class="band-why">{reasons.map((text) => <li key={text}>{text}</li>)}</ul>}
      {isGoal && <ul class="band-list">{vouchers.map((voucher) => <li key={voucher.id}>{voucher.title}</li>)}</ul>}
      {isQueued ? <p class="band-hint">{t('till.done_queued_text')}</p>
        : <p class="band-more">{t('till.now', { balance: balanceOf(unit, balance, goal) })}</p>}
      {!isQueued && !isGoal && unit === 'stamp' && <Stamps balance={balance} goal={goal} plus={amount} />}
      {name && <p class="band-name">{name}</p>}
      {reasons.length === 0 && <p class="band-next">{t('till.next_any_time')}</p>}
    </Band>
  );
}

export function Handed({ title }: { title: string }): JSX.Element {
  return (
    <Band tone="gift" icon="gift" word={t('till.handed')}>
      <p class="band-amount">{title}</p>
      <p class="band-next">{t('till.next_any_time')}</p>
    </Band>
  );
}

export function Unredeemed({ title }: { title: string }): JSX.Element {
  return (
    <Band tone="warn" icon="undo" word={t('till.unredeemed')}>
      <p class="band-amount">{title}</p>
      <p class="band-more">{t('till.unredeemed_text')}</p>
      <p class="band-next">{t('till.next_any_time')}</p>
    </Band>
  );
}

export function Undone({ balance }: { balance: number | null }): JSX.Element {
  return (
    <Band tone="warn" icon="undo" word={t('till.undone')}>
      <p class="band-more">{balance === null ? t('till.undone_queued') : t('till.undone_balance', { n: balance })}</p>
      <p class="band-next">{t('till.next_any_time')}</p>
    </Band>
  );
}

const onTill = (name: string): string => `till.${name}`;

/** What the reward asks for stands on the screen; what this till can tell is not there stands in amber. */
function Asks({ voucher }: { voucher: At<'voucher'>['found']['voucher'] }): JSX.Element {
  const lines = [worthOf(onTill, voucher.kind, voucher.value), ...asksOf(onTill, voucher.redeem)].filter(Boolean);
  const reason = voucher.reason && problemText(voucher.reason, { ...voucher });
  return (
    <>
      {lines.length > 0 && <ul class="hand-over-asks">{lines.map((line) => <li key={line}>{line}</li>)}</ul>}
      {reason && (
        <p class="note note-warn" role="status">
          <Icon name="wait" />{[reason.title, reason.more].filter(Boolean).join(t('till.comma'))}
        </p>
      )}
    </>
  );
}

export function VoucherScreen({ till, screen }: { till: Till; screen: At<'voucher'> }): JSX.Element {
  const { voucher } = screen.found;
  const needsSale = !!voucher.redeem?.min_yen;
  return (
    <section class="hand-over">
      <div class="hand-over-card">
        <Icon name="gift" big />
        <p class="eyebrow">{voucher.plan_name}{voucher.name && ` · ${voucher.name}`}</p>
        <h1 class="hand-over-word">{t('till.hand_over')}</h1>
        <p class="hand-over-title">{voucher.title}</p>
        <Asks voucher={voucher} />
        <p class="lead">{t('till.until', { date: date(voucher.expires) })}</p>
      </div>
      {needsSale && (
        <div class="amount">
          <output class="amount-sum" aria-label={t('till.voucher_sale')}>
            <span class="amount-yen">{screen.yen ? t('till.yen', { n: Number(screen.yen) }) : t('till.voucher_sale')}</span>
          </output>
          <Pad onKey={(key) => till.type(key)} enter={t('till.handed_over')} canEnter={till.rewarding.canHandOver} />
        </div>
      )}
      <div class="hand-over-buttons">
        {!needsSale && (
          <button type="button" class="till-button till-main" disabled={!till.rewarding.canHandOver} onClick={() => till.confirm()}>
            <Icon name="check" />{t('till.handed_over')}<Key name="Enter" />
          </button>
        )}
        <BackButton label={t('till.not_now')} onClick={() => till.back()} />
        {till.rewarding.isManager && (
          <button type="button" class="till-button till-quiet" disabled={till.state.isBusy} onClick={() => void till.rewarding.askCancel(voucher.id)}>
            <Icon name="cross" />{t('till.cancel_reward')}
          </button>
        )}
      </div>
    </section>
  );
}

export function Problem({ till, screen }: { till: Till; screen: At<'problem'> }): JSX.Element {
  const { tone, icon } = lookOf(screen.word);
  const { title, more, next } = problemText(screen.word, screen.facts);
  return (
    <Band tone={tone} icon={icon} word={title}>
      {more && <p class="band-more">{more}</p>}
      <p class="band-hint">{next}</p>
      <div class="band-buttons">
        {screen.again && (
          <button type="button" class="till-button till-main" onClick={() => till.confirm()}>
            {t('till.try_again')}<Key name="Enter" />
          </button>
        )}
        <BackButton onClick={() => till.back()} />
        {screen.word === 'code_unreadable' && (
          <button type="button" class="till-button till-quiet" onClick={() => till.show({ at: 'entry', digits: '' })}>
            <Icon name="keys" />{t('till.type_number')}
          </button>
        )}
      </div>
    </Band>
  );
}

/** One line for those who hear the page. */
export function spoken(screen: Screen): string {
  switch (screen.at) {
    case 'ready': return t('till.scan_card');
    case 'member': {
      const { card, may } = screen.found;
      const balance = balanceOf(card.unit, card.balance, card.goal);
      const { title, more } = may.grant ? { title: '', more: '' } : problemText(may.reason, { ...may });
      return [card.name ?? t('till.no_name'), balance, title, more].filter(Boolean).join(t('till.comma'));
    }
    case 'rewards': return t('till.rewards');
    case 'swap_ask': return t('till.swap_ask', { title: screen.offer.title });
    case 'swapped': return `${t('till.swapped')}${t('till.comma')}${screen.answer.title}`;
    case 'cancel_ask': return [t('till.cancel_ask', { title: screen.ahead.title }), ...cancelLines(screen.ahead)].join(t('till.comma'));
    case 'cancelled': return `${t('till.cancelled')}${t('till.comma')}${screen.ahead.title}`;
    case 'release_ask': return t('till.release_ask');
    case 'released': return t('till.released');
    case 'refund': return t('till.refund_title');
    case 'refund_part': return t('till.refund_how_much');
    case 'refund_ask': return [t('till.refund_ask', { yen: screen.ahead.yen, sale: screen.ahead.sale }), ...effects(screen.ahead)].join(t('till.comma'));
    case 'refunded': return [t('till.refunded'), t('till.yen', { n: number(screen.answer.yen) }), ...effects(screen.ahead)].join(t('till.comma'));
    case 'spend': return screen.isAsking ? t('till.spend_asking') : t('till.spend_title');
    case 'spent': return `${t('till.spent')}${t('till.comma')}${t('till.spend_off', { n: number(screen.worth) })}`;
    case 'late': return t('till.late_title');
    case 'offline': return t('till.offline_title');
    case 'voucher': return `${t('till.hand_over')}${t('till.comma')}${screen.found.voucher.title}`;
    case 'done': {
      const { amount, balance, goal, unit } = screen.result;
      const more = balance === null ? t('till.done_queued') : t('till.now', { balance: balanceOf(unit, balance, goal) });
      return [`+${amountOf(unit, amount)}`, ...why(screen.result.parts, screen.result.cut), more].join(t('till.comma'));
    }
    case 'handed': return `${t('till.handed')}${t('till.comma')}${screen.title}`;
    case 'unredeemed': return `${t('till.unredeemed')}${t('till.comma')}${screen.title}`;
    case 'undone': return t('till.undone');
    case 'problem': {
      const { title, more, next } = problemText(screen.word, screen.facts);
      return [title, more, next].filter(Boolean).join(t('till.comma'));
    }
    default: return '';
  }
}
