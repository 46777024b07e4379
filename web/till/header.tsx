/** Where we are, who is signed in, and whether the server hears us. */

import type { JSX } from 'preact';
import { plural, t } from '../lib/lang';
import { Icon, type IconName } from './icons';
import type { Till } from './model';

function Tool({ icon, label, onClick, isCurrent = false }: {
  icon: IconName; label: string; onClick: () => void; isCurrent?: boolean;
}): JSX.Element {
  return (
    <button type="button" class="tool" aria-current={isCurrent ? 'page' : undefined} onClick={onClick}>
      <Icon name={icon} /><span class="tool-word">{label}</span>
    </button>
  );
}

function Owed({ till }: { till: Till }): JSX.Element | null {
  const problems = till.queue.problems.length;
  const waiting = till.queue.waiting.length;
  if (problems + waiting === 0) return null;
  return (
    <button type="button" class={problems ? 'chip chip-alarm' : 'chip chip-warn'} onClick={() => till.open('queue')}>
      <Icon name={problems ? 'alert' : 'tray'} />
      {problems ? plural('till.problems', problems) : plural('till.to_send', waiting)}
    </button>
  );
}

export function Header({ till }: { till: Till }): JSX.Element {
  const { info, isOnline, screen } = till.state;
  const isIn = info.state === 'signed_in';
  return (
    <header class="bar">
      <div class="bar-place">
        <strong class="bar-shop">{info.state === 'new' ? t('till.title') : info.shop}</strong>
        {info.state !== 'new' && <span class="bar-till">{info.till}</span>}
      </div>
      <div class="bar-state">
        <span class={isOnline ? 'chip chip-ok' : 'chip chip-warn'}>
          {isOnline ? <span class="dot" aria-hidden="true" /> : <Icon name="offline" />}
          {t(isOnline ? 'till.online' : 'till.offline')}
        </span>
        <Owed till={till} />
      </div>
      <nav class="bar-tools" aria-label={t('till.tools')}>
        {isIn && <Tool icon="list" label={t('till.today')} isCurrent={screen.at === 'today'} onClick={() => till.undoing.openToday()} />}
        <Tool icon="gear" label={t('till.settings')} onClick={() => till.open('settings')} />
        <Tool icon="help" label={t('till.help')} onClick={() => till.open('help')} />
        {isIn && (
          <button type="button" class="tool tool-staff" onClick={() => void till.lock()}>
            <Icon name="lock" />
            <span class="tool-word"><b>{info.staff.name}</b><small>{t('till.lock')}</small></span>
          </button>
        )}
      </nav>
    </header>
  );
}
