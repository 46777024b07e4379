/** Everything this till has given today; a mistake is taken back here, after one question. */

import type { JSX } from 'preact';
import { number, t, time } from '../lib/lang';
import type { TillToday } from '../lib/types';
import { Icon } from './icons';
import type { Asking, Till } from './model';
import { amountOf, BackButton } from './parts';
import type { RedeemedItem, TodayItem } from './server';

/** What is undone here, and how. */
interface Undoing {
  title: string;
  text: string;
  what: string;
  about: string;
  run: () => void;
}

function undoingOf(till: Till, asking: Asking): Undoing | null {
  const { today } = till.state;
  if ('voucher' in asking) {
    const item = today?.redeemed.find(({ voucher, undone }) => voucher === asking.voucher && !undone);
    return item ? {
      title: t('till.unredeem_ask'), text: t('till.unredeem_text'), what: item.title,
      about: `${item.name ?? t('till.no_name')} · ${time(item.at)}`, run: () => void till.unredeem(item.voucher),
    } : null;
  }
  const item = today?.items.find(({ transfer }) => transfer === asking.transfer);
  return item ? {
    title: t('till.reverse_ask'), text: t('till.reverse_text'), what: signed(item),
    about: `${item.name ?? t('till.no_name')} · ${time(item.at)}`, run: () => void till.reverse(item.transfer),
  } : null;
}

const signed = (item: TodayItem): string => `${item.sign < 0 ? '−' : '+'}${amountOf(item.unit, item.amount)}`;

function Confirm({ till, undoing }: { till: Till; undoing: Undoing }): JSX.Element {
  return (
    <section class="sheet sheet-centre" role="alertdialog" aria-labelledby="ask-title">
      <Icon name="undo" big />
      <h1 id="ask-title" class="headline">{undoing.title}</h1>
      <p class="ask-what"><b>{undoing.what}</b> {undoing.about}</p>
      <p class="lead">{undoing.text}</p>
      <div class="band-buttons">
        <button type="button" class="till-button till-danger" disabled={till.state.isBusy} onClick={undoing.run}>
          <Icon name="undo" />{t('till.reverse')}
        </button>
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
  asking: Asking | null;
}

function lineOfItem(item: TodayItem): DayLine {
  const state = item.reversed ? t('till.is_reversed') : item.kind === 'reverse' ? t('till.is_reverse') : item.kind === 'spend' ? t('till.is_spend') : '';
  return {
    key: `t${item.transfer}`, at: item.at, what: signed(item), name: item.name ?? t('till.no_name'), staff: item.staff, state,
    isGone: item.reversed, asking: item.may_reverse ? { transfer: item.transfer } : null,
  };
}

function lineOfRedeemed(item: RedeemedItem): DayLine {
  return {
    key: `v${item.voucher}-${item.at}-${item.undone}`, at: item.at, what: item.title, name: item.name ?? t('till.no_name'), staff: item.staff,
    state: t(item.undone ? 'till.is_reversed' : 'till.is_redeemed'), isGone: item.undone, asking: item.undone ? null : { voucher: item.voucher },
  };
}

/** Newest first. */
const linesOf = (today: TillToday): DayLine[] =>
  [...today.items.map(lineOfItem), ...today.redeemed.map(lineOfRedeemed)].sort((a, b) => b.at - a.at);

function Row({ line, till }: { line: DayLine; till: Till }): JSX.Element {
  const { asking } = line;
  return (
    <tr class={line.isGone ? 'row-gone' : undefined}>
      <td>{time(line.at)}</td>
      <td><b>{line.what}</b></td>
      <td>{line.name}{line.state && <small class="tag">{line.state}</small>}</td>
      <td class="wide-only">{line.staff}</td>
      <td class="row-button">
        {asking && (
          <button type="button" class="till-button till-quiet" onClick={() => till.ask(asking)}>
            <Icon name="undo" /><span class="wide-only">{t('till.reverse')}</span>
            <span class="sr">{t('till.reverse_of', { name: line.name, time: time(line.at) })}</span>
          </button>
        )}
      </td>
    </tr>
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
        <BackButton onClick={() => till.back()} />
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
