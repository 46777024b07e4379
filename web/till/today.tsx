/** Everything this till has given today; a mistake is taken back here, after one question. */

import type { JSX } from 'preact';
import { number, t, time } from '../lib/lang';
import { Icon } from './icons';
import type { Till } from './model';
import { amountOf, BackButton } from './parts';
import type { TodayItem } from './server';

function Confirm({ till, item }: { till: Till; item: TodayItem }): JSX.Element {
  const what = { amount: `+${amountOf(item.unit, item.amount)}`, name: item.name ?? t('till.no_name'), time: time(item.at) };
  return (
    <section class="sheet sheet-centre" role="alertdialog" aria-labelledby="ask-title">
      <Icon name="undo" big />
      <h1 id="ask-title" class="headline">{t('till.reverse_ask')}</h1>
      <p class="ask-what"><b>{what.amount}</b> {what.name} · {what.time}</p>
      <p class="lead">{t('till.reverse_text')}</p>
      <div class="band-buttons">
        <button type="button" class="till-button till-danger" disabled={till.state.isBusy} onClick={() => void till.reverse(item.transfer)}>
          <Icon name="undo" />{t('till.reverse')}
        </button>
        <BackButton onClick={() => till.back()} />
      </div>
    </section>
  );
}

function Row({ item, till }: { item: TodayItem; till: Till }): JSX.Element {
  const isBack = item.kind === 'reverse';
  const state = item.reversed ? t('till.is_reversed') : isBack ? t('till.is_reverse') : '';
  return (
    <tr class={item.reversed ? 'row-gone' : undefined}>
      <td>{time(item.at)}</td>
      <td><b>{isBack ? '−' : '+'}{amountOf(item.unit, item.amount)}</b></td>
      <td>{item.name ?? t('till.no_name')}{state && <small class="tag">{state}</small>}</td>
      <td class="wide-only">{item.staff}</td>
      <td class="row-button">
        {item.may_reverse && !item.reversed && !isBack && (
          <button type="button" class="till-button till-quiet" onClick={() => till.ask(item.transfer)}>
            <Icon name="undo" /><span class="wide-only">{t('till.reverse')}</span>
            <span class="sr">{t('till.reverse_of', { name: item.name ?? t('till.no_name'), time: time(item.at) })}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

export function TodayScreen({ till, asking }: { till: Till; asking: number | null }): JSX.Element {
  const { today } = till.state;
  const asked = today?.items.find((item) => item.transfer === asking);
  if (asked) return <Confirm till={till} item={asked} />;
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
        : today.items.length === 0 ? <p class="lead">{t('till.recent_none')}</p> : (
          <div class="table-scroll" tabIndex={0} role="region" aria-label={t('till.today_title')}>
            <table class="today-table">
              <thead><tr>
                <th scope="col">{t('till.col_time')}</th><th scope="col">{t('till.col_amount')}</th>
                <th scope="col">{t('till.col_member')}</th><th scope="col" class="wide-only">{t('till.col_staff')}</th>
                <th scope="col"><span class="sr">{t('till.reverse')}</span></th>
              </tr></thead>
              <tbody>{today.items.map((item) => <Row key={item.transfer} item={item} till={till} />)}</tbody>
            </table>
          </div>
        )}
    </section>
  );
}
