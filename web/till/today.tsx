/** Everything this till has given today; a mistake is taken back here, after one question that says what it does. */

import type { JSX } from 'preact';
import { number, t, time } from '../lib/lang';
import { Effects } from './ask';
import { Icon } from './icons';
import type { Till } from './model';
import { amountOf, BackButton, Key } from './parts';
import { effectsOf } from './past';
import { problemText } from './problems';
import { receipts, saveReceipts } from './receipts';
import type { Asking, LineOf } from './screens';
import type { RedeemedItem, TodayItem } from './server';
import { leftOf } from './taking_back';
import type { TillToday } from './types';

/** What is undone here, and how. */
interface Undoing {
  title: string;
  text: string;
  what: string;
  about: string;
  effects: readonly string[];
  run: (() => void) | null; /* null: only a part can go back */
  refund: (() => void) | null;
}

/** Something can be done about it. */
export const canAsk = (item: TodayItem): boolean => item.may_reverse || leftOf(item) > 0;

/** What taking it back whole does, or why it cannot be. */
function effectsIn(item: TodayItem, { ahead, failure }: Asking): string[] {
  if (failure) return Object.values(problemText(failure.word, failure.facts)).filter(Boolean);
  return item.may_reverse ? effectsOf(item, ahead) : [];
}

function undoingOf(till: Till, asking: Asking): Undoing | null {
  const { today } = till.state;
  const { of } = asking;
  if ('voucher' in of) {
    const item = today?.redeemed.find(({ voucher, undone }) => voucher === of.voucher && !undone);
    return item ? {
      title: t('till.unredeem_ask'), text: t('till.unredeem_text'), what: item.title, effects: effectsOf(item, null),
      about: `${item.name ?? t('till.no_name')} · ${time(item.at)}`, run: () => void till.undoing.unredeem(item.voucher), refund: null,
    } : null;
  }
  const item = today?.items.find(({ transfer }) => transfer === of.transfer);
  const mayReverse = !!item?.may_reverse && !asking.failure;
  return item ? {
    title: t(mayReverse ? 'till.reverse_ask' : item.refunded ? 'till.refund_ask_more' : 'till.refund_title'), text: t(leftOf(item) > 0 ? 'till.reverse_or_refund' : 'till.reverse_text'), what: signed(item),
    about: `${item.name ?? t('till.no_name')} · ${time(item.at)}`, effects: effectsIn(item, asking),
    run: mayReverse ? () => void till.undoing.reverse(item) : null,
    refund: leftOf(item) > 0 ? () => void till.refunding.openSale({ transfer: item.transfer }) : null,
  } : null;
}

const signed = (item: TodayItem): string => `${item.sign < 0 ? '−' : '+'}${amountOf(item.unit, item.amount)}`;

function Confirm({ till, undoing }: { till: Till; undoing: Undoing }): JSX.Element {
  return (
    <section class="sheet sheet-centre" role="alertdialog" aria-labelledby="ask-title">
      <Icon name="undo" big />
      <h1 id="ask-title" class="headline">{undoing.title}</h1>
      <p class="ask-what"><b>{undoing.what}</b> {undoing.about}</p>
      {undoing.effects.length > 0 && <Effects lines={undoing.effects} />}
      <p class="lead">{undoing.text}</p>
      <div class="band-buttons">
        {undoing.run && (
          <button type="button" class="till-button till-danger" disabled={till.state.isBusy} onClick={undoing.run}>
            <Icon name="undo" />{t('till.reverse')}
          </button>
        )}
        {undoing.refund && (
          <button type="button" class="till-button till-main" disabled={till.state.isBusy} onClick={undoing.refund}>{t('till.refund_part')}</button>
        )}
        <BackButton onClick={() => till.back()} />
      </div>
    </section>
  );
}

/** One line of the day: units that moved, or a voucher that was handed over. */
interface DayLine {
  key: string;
  at: number;
  what: string;
  name: string;
  staff: string;
  state: string;
  isGone: boolean;
  asks: LineOf | null;
}

/** What a line is, beside a grant; and what became of it. */
export function stateOf(item: TodayItem): string {
  if (item.reversed) return t('till.is_reversed');
  if (item.refunded) return t(leftOf(item) > 0 ? 'till.is_refunded_part' : 'till.is_refunded');
  return item.kind === 'earn' || item.kind === 'late' ? '' : t(`till.is_${item.kind}`);
}

function lineOfItem(item: TodayItem): DayLine {
  return {
    key: `t${item.transfer}`, at: item.at, what: signed(item), name: item.name ?? t('till.no_name'), staff: item.staff, state: stateOf(item),
    isGone: item.reversed, asks: canAsk(item) ? { transfer: item.transfer } : null,
  };
}

function lineOfRedeemed(item: RedeemedItem): DayLine {
  return {
    key: `v${item.voucher}-${item.at}-${item.undone}`, at: item.at, what: item.title, name: item.name ?? t('till.no_name'), staff: item.staff,
    state: t(item.undone ? 'till.is_reversed' : 'till.is_redeemed'), isGone: item.undone, asks: item.undone ? null : { voucher: item.voucher },
  };
}

/** Newest first. */
const linesOf = (today: TillToday): DayLine[] =>
  [...today.items.map(lineOfItem), ...today.redeemed.map(lineOfRedeemed)].sort((a, b) => b.at - a.at);

function Row({ line, till }: { line: DayLine; till: Till }): JSX.Element {
  const { asks } = line;
  return (
    <tr class={line.isGone ? 'row-gone' : undefined}>
      <td>{time(line.at)}</td>
      <td><b>{line.what}</b></td>
      <td>{line.name}{line.state && <small class="tag">{line.state}</small>}</td>
      <td class="wide-only">{line.staff}</td>
      <td class="row-button">
        {asks && (
          <button type="button" class="till-button till-quiet" disabled={till.state.isBusy} onClick={() => void till.undoing.ask(asks)}>
            <Icon name="undo" /><span class="wide-only">{t('till.reverse')}</span>
            <span class="sr">{t('till.reverse_of', { name: line.name, time: time(line.at) })}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

/** Of whoever answers for the book: what this till was told, to be held against it. */
function ReceiptsButton({ till }: { till: Till }): JSX.Element | null {
  const { info } = till.state;
  const n = receipts().length;
  if (info.state !== 'signed_in' || info.staff.role === 'cashier' || n === 0) return null;
  return (
    <button type="button" class="till-button till-quiet" onClick={() => saveReceipts(info.shop, info.till)}>
      {t('till.receipts_save', { n: number(n) })}
    </button>
  );
}

export function TodayScreen({ till, asking }: { till: Till; asking: Asking | null }): JSX.Element {
  const { today } = till.state;
  const undoing = asking && undoingOf(till, asking);
  if (undoing) return <Confirm till={till} undoing={undoing} />;
  const lines = today ? linesOf(today) : [];
  const totals = today?.totals ?? { grants: 0, reversals: 0, redemptions: 0 };
  return (
    <section class="today">
      <div class="today-top">
        <h1 class="headline">{t('till.today_title')}</h1>
        <div class="band-buttons">
          {till.refunding.isOffered && (
            <button type="button" class="till-button till-quiet" onClick={() => till.refunding.open()}>
              <Icon name="undo" />{t('till.refund_by_receipt')}<Key name="F4" />
            </button>
          )}
          {till.looking.isOffered && (
            <button type="button" class="till-button till-quiet" disabled={till.state.isBusy} onClick={() => void till.looking.open(null)}>
              <Icon name="list" />{t('till.past')}
            </button>
          )}
          <ReceiptsButton till={till} />
          <BackButton onClick={() => till.back()} />
        </div>
      </div>
      <dl class="totals">
        {(['grants', 'redemptions', 'reversals'] as const).map((name) => (
          <div key={name}><dt>{t(`till.total_${name}`)}</dt><dd>{number(totals[name])}</dd></div>
        ))}
      </dl>
      {!today ? <p class="lead" role="status">{t(till.state.isOnline ? 'till.reading' : 'till.offline')}</p>
        : lines.length === 0 ? <p class="lead">{t('till.recent_none')}</p> : (
          <div class="table-scroll" tabIndex={0} role="region" aria-label={t('till.today_title')}>
            <table class="today-table">
              <thead><tr>
                <th scope="col">{t('till.col_time')}</th><th scope="col">{t('till.col_amount')}</th>
                <th scope="col">{t('till.col_member')}</th><th scope="col" class="wide-only">{t('till.col_staff')}</th>
                <th scope="col"><span class="sr">{t('till.reverse')}</span></th>
              </tr></thead>
              <tbody>{lines.map((line) => <Row key={line.key} line={line} till={till} />)}</tbody>
            </table>
          </div>
        )}
    </section>
  );
}
