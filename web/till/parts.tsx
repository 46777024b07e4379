/** Pieces that several screens of the till share. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { date, number, t, time } from '../lib/lang';
import type { Unit } from '../lib/types';
import { Icon } from './icons';

/** Our own number pad: no field, so no soft keyboard and no input method. */
export function Pad({ onKey, enter, canEnter }: {
  onKey: (key: string) => void; enter: string; canEnter: boolean;
}): JSX.Element {
  const digit = (d: string): JSX.Element => (
    <button type="button" key={d} class="pad-key" onClick={() => onKey(d)}>{d}</button>
  );
  return (
    <div class="pad" role="group" aria-label={t('till.pad')}>
      {['1', '2', '3', '4', '5', '6', '7', '8', '9'].map(digit)}
      <button type="button" class="pad-key pad-soft" aria-label={t('till.erase')} onClick={() => onKey('Backspace')}>
        <Icon name="erase" />
      </button>
      {digit('0')}
      <button type="button" class="pad-key pad-enter" disabled={!canEnter} onClick={() => onKey('Enter')}>{enter}</button>
    </div>
  );
}

/** As many rings as the goal; filled ones carry a tick, so that colour is never alone. */
export function Stamps({ balance, goal, plus = 0 }: { balance: number; goal: number; plus?: number }): JSX.Element {
  const label = t('till.balance_stamp', { n: balance, goal });
  if (goal > 30)
    return <progress class="stamps-bar" max={goal} value={Math.min(balance, goal)} aria-label={label} />;
  return (
    <ul class="stamps" aria-label={label}>
      {Array.from({ length: goal }, (_, i) => {
        const state = i < balance - plus ? 'full' : i < balance ? 'new' : 'empty';
        return (
          <li key={i} class={`stamp stamp-${state}`} aria-hidden="true">
            {state === 'empty' ? i + 1 : <Icon name="check" />}
          </li>
        );
      })}
    </ul>
  );
}

export const amountOf = (unit: Unit, n: number): string => t(`till.amount_${unit}`, { n: number(n) });

/** "7 of 10 stamps" or "1,240 points". */
export const balanceOf = (unit: Unit, n: number, goal: number): string => t(`till.balance_${unit}`, { n, goal });

/** The time today, the day when it is another one. */
export function timeOrDay(at: number): string {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return isToday ? time(at) : `${date(at)} ${time(at)}`;
}

/** How long ago, in words, counting by itself. */
export function Ago({ at, now }: { at: number; now: () => number }): JSX.Element {
  const [, turn] = useState(0);
  useEffect(() => {
    const timer = window.setInterval(() => turn((n) => n + 1), 1000);
    return () => window.clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((now() - at) / 1000));
  return <span>{seconds < 60 ? t('till.seconds_ago', { n: seconds }) : t('till.minutes_ago', { n: Math.floor(seconds / 60) })}</span>;
}

/** The key that does the same as a button. */
export const Key = ({ name }: { name: string }): JSX.Element => <kbd class="key" aria-hidden="true">{name}</kbd>;

export function BackButton({ onClick, label = t('till.back') }: { onClick: () => void; label?: string }): JSX.Element {
  return (
    <button type="button" class="till-button till-quiet" onClick={onClick}>
      <Icon name="back" />{label}<Key name="Esc" />
    </button>
  );
}
