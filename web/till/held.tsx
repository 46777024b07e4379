/** What a basket keeps of a card: seen by every till, and given back by whoever may. */

import type { JSX } from 'preact';
import { number, t } from '../lib/lang';
import { Ask, DoneButtons, Effects } from './ask';
import { Band } from './band';
import { Icon } from './icons';
import type { Till } from './model';
import { amountOf, timeOrDay } from './parts';
import type { At, MemberScreen } from './screens';
import type { Held } from './types';

const whatOf = ({ found }: MemberScreen, held: Held): string =>
  held.points === undefined ? (found.vouchers.find(({ id }) => id === held.voucher)?.title ?? '') : amountOf(found.card.unit, held.points);

const whereOf = ({ till, until }: Held): string => t('till.held_where', { till, time: timeOrDay(until) });

export function HeldList({ till, screen }: { till: Till; screen: At<'member'> }): JSX.Element | null {
  const { held = [] } = screen.found;
  if (held.length === 0) return null;
  return (
    <section class="held">
      <h2 class="held-title"><Icon name="tray" />{t('till.held')}</h2>
      <ul>
        {held.map((each) => (
          <li key={each.hold}>
            <span><b>{whatOf(screen, each)}</b> <small>{whereOf(each)}</small></span>
            {each.may_release && (
              <button type="button" class="till-button till-quiet" disabled={till.state.isBusy} onClick={() => till.holding.ask(each)}>
                <Icon name="undo" />{t('till.release')}<span class="sr">{whatOf(screen, each)}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const linesOf = (held: Held, n: string, have: number, left: number): string[] =>
  [held.points === undefined ? t('till.release_voucher') : t('till.back_units', { n, have: number(have), left: number(left) })];

export function ReleaseAsk({ till, screen }: { till: Till; screen: At<'release_ask'> }): JSX.Element {
  const { from, held } = screen;
  const { balance } = from.found.card;
  return (
    <Ask till={till} icon="undo" title={t('till.release_ask')} about={`${whatOf(from, held)} · ${whereOf(held)}`}
      lines={linesOf(held, whatOf(from, held), balance, balance + (held.points ?? 0))} text={t('till.release_text')} go={t('till.release')} />
  );
}

export function Released({ till, screen }: { till: Till; screen: At<'released'> }): JSX.Element {
  const { from, held, back, balance } = screen;
  return (
    <Band tone="warn" icon="undo" word={t('till.released')}>
      <p class="band-amount spend-off">{whatOf(from, held)}</p>
      <Effects lines={linesOf(held, amountOf(from.found.card.unit, back), balance - back, balance)} />
      <DoneButtons till={till} hasCard />
    </Band>
  );
}
