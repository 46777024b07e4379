/** What was done of late, for a manager: a line for each, by day, and what undoing one does. */

import type { JSX } from 'preact';
import { date, number, t, time } from '../lib/lang';
import type { Unit } from '../lib/types';
import { Icon } from './icons';
import type { Till } from './model';
import { amountOf, BackButton, Key, timeOrDay } from './parts';
import { problemText } from './problems';
import type { At } from './screens';
import type { PastLine, ReversalAhead } from './types';

const nameOf = (line: PastLine): string => line.name ?? t('till.no_name');

const whatOf = (line: PastLine): string =>
  'voucher' in line ? line.title : `${line.sign < 0 ? '−' : '+'}${amountOf(line.unit, line.amount)}`;

/** What the list itself tells of a line: why nothing can be done then needs no words. */
const PLAIN: readonly string[] = ['already_reversed', 'not_redeemed', 'not_a_grant'];

/** What a line is, beside a grant; what became of it; and why nothing can be done about it. */
export function tagsOf(line: PastLine): string[] {
  const kind = 'voucher' in line ? 'redeemed' : line.kind;
  return [
    line.undone ? t('till.is_reversed') : kind !== 'earn' && kind !== 'late' && t(`till.is_${kind}`),
    line.reason !== undefined && !PLAIN.includes(line.reason) && problemText(line.reason, {}).title,
  ].filter((tag): tag is string => !!tag);
}

/** What undoing a line is told of: a reward is good again, units go the other way. */
type Undone = { voucher: number; expires: number } | { transfer: number; amount: number; unit: Unit };

/** "20 pt leave the card: 53 before, 33 after", and what goes with them. */
export function effectsOf(line: Undone, ahead: ReversalAhead | null): string[] {
  if ('voucher' in line)
    return [line.expires > Date.now() ? t('till.past_good_until', { date: date(line.expires) }) : t('till.past_good_no_more')];
  if (!ahead) return [t('till.past_come', { n: amountOf(line.unit, line.amount) }), t('till.past_swap_ends')];
  const { unit, amount, sign, balance, have, rounds, vouchers } = ahead;
  return [
    t(sign > 0 ? 'till.past_leave' : 'till.past_come', { n: amountOf(unit, amount) }),
    ahead.with > 0 && t('till.past_with', { n: amountOf(unit, ahead.with) }),
    ahead.with < 0 && t('till.past_owed', { n: amountOf(unit, -ahead.with) }),
    t('till.past_balance', { have: number(have), left: number(balance) }),
    rounds > 0 && t('till.past_rounds', { n: rounds }),
    ...vouchers.map(({ title }) => t('till.past_voucher', { title })),
  ].filter((text): text is string => !!text);
}

function Row({ line, till, isOfCard }: { line: PastLine; till: Till; isOfCard: boolean }): JSX.Element {
  const where = [line.staff, line.till, isOfCard && line.shop].filter(Boolean).join(' · ');
  return (
    <tr class={line.undone ? 'row-gone' : undefined}>
      <td>{time(line.at)}</td>
      <td><b>{whatOf(line)}</b></td>
      <td>
        {!isOfCard && nameOf(line)}{tagsOf(line).map((tag) => <small class="tag" key={tag}>{tag}</small>)}
        <small class="past-where">{where}</small>
      </td>
      <td class="row-button">
        {line.undo && (
          <button type="button" class="till-button till-quiet" disabled={till.state.isBusy} onClick={() => void till.looking.choose(line)}>
            <Icon name="undo" /><span class="wide-only">{t('till.reverse')}</span>
            <span class="sr">{t('till.reverse_of', { name: nameOf(line), time: timeOrDay(line.at) })}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

/** The lines of each day under its date. */
function Days({ till, lines, isOfCard }: { till: Till; lines: readonly PastLine[]; isOfCard: boolean }): JSX.Element {
  const days = new Map<string, PastLine[]>();
  for (const line of lines) days.set(date(line.at), [...(days.get(date(line.at)) ?? []), line]);
  return (
    <table class="today-table past-table">
      <thead><tr>
        <th scope="col">{t('till.col_time')}</th><th scope="col">{t('till.col_amount')}</th>
        <th scope="col">{t(isOfCard ? 'till.col_staff' : 'till.col_member')}</th>
        <th scope="col"><span class="sr">{t('till.reverse')}</span></th>
      </tr></thead>
      {[...days].map(([day, of]) => (
        <tbody key={day}>
          <tr><th class="past-day" colSpan={4} scope="rowgroup">{day}</th></tr>
          {of.map((line, i) => <Row key={`${'voucher' in line ? 'v' : 't'}${'voucher' in line ? line.voucher : line.transfer}-${i}`} line={line} till={till} isOfCard={isOfCard} />)}
        </tbody>
      ))}
    </table>
  );
}

export function Past({ till, screen }: { till: Till; screen: At<'past'> }): JSX.Element {
  const isOfCard = screen.scan !== null;
  const title = t(isOfCard ? 'till.past_of_card' : 'till.past_of_shop');
  return (
    <section class="today past">
      <div class="today-top">
        <h1 class="headline">{title}</h1>
        <BackButton onClick={() => till.back()} />
      </div>
      <p class="lead">{isOfCard ? screen.name ?? t('till.no_name') : t('till.past_text')}</p>
      {screen.lines.length === 0 ? <p class="lead">{t('till.past_none')}</p> : (
        <div class="table-scroll" tabIndex={0} role="region" aria-label={title}>
          <Days till={till} lines={screen.lines} isOfCard={isOfCard} />
        </div>
      )}
      {screen.next && (
        <button type="button" class="till-button till-quiet" disabled={till.state.isBusy} onClick={() => void till.looking.more()}>
          {till.state.isBusy ? <span class="spinner" aria-hidden="true" /> : <Icon name="list" />}{t('till.past_more')}
        </button>
      )}
    </section>
  );
}

export function PastAsk({ till, screen: { line, ahead } }: { till: Till; screen: At<'past_ask'> }): JSX.Element {
  return (
    <section class="sheet sheet-centre" role="alertdialog" aria-labelledby="ask-title">
      <Icon name="undo" big />
      <h1 id="ask-title" class="headline">{t('voucher' in line ? 'till.unredeem_ask' : 'till.past_ask')}</h1>
      <p class="ask-what"><b>{whatOf(line)}</b> {nameOf(line)} · {timeOrDay(line.at)}</p>
      <ul class="effects">{effectsOf(line, ahead).map((text) => <li key={text}>{text}</li>)}</ul>
      <p class="lead">{t('voucher' in line ? 'till.unredeem_text' : 'till.reverse_text')}</p>
      <div class="band-buttons">
        <button type="button" class="till-button till-danger" disabled={till.state.isBusy} onClick={() => till.confirm()}>
          {till.state.isBusy ? <span class="spinner" aria-hidden="true" /> : <Icon name="undo" />}{t('till.reverse')}<Key name="Enter" />
        </button>
        <BackButton onClick={() => till.back()} />
      </div>
    </section>
  );
}
