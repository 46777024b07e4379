/** Waiting for the next card: the screen a till shows most of its day. */

import type { JSX } from 'preact';
import { t, time } from '../lib/lang';
import { grouped, isCode } from './code';
import { Icon } from './icons';
import type { Till } from './model';
import { Ago, amountOf, BackButton, Key, Pad } from './parts';
import { read } from './reading';
import type { TodayItem } from './server';
import { canAsk, stateOf } from './today';

/** A phone with a code, and the light of a scanner across it. */
function Picture(): JSX.Element {
  return (
    <svg class="scan-picture" viewBox="0 0 220 150" aria-hidden="true" focusable="false">
      <rect class="sp-phone" x="66" y="8" width="88" height="134" rx="14" />
      <rect class="sp-panel" x="76" y="34" width="68" height="82" rx="6" />
      <path class="sp-bars" d="M84 44v22M88 44v22M94 44v22M97 44v22M103 44v22M109 44v22M112 44v22M118 44v22M122 44v22M127 44v22M132 44v22M136 44v22" />
      <path class="sp-qr" d="M94 76h12v12H94zM114 76h12v12h-12zM94 96h12v12H94zM114 96h5v5h-5zM121 103h5v5h-5z" />
      <path class="sp-beam" d="M20 55h180" />
    </svg>
  );
}

function RecentRow({ item, till }: { item: TodayItem; till: Till }): JSX.Element {
  const isBack = item.kind === 'reverse' || item.kind === 'refund';
  return (
    <li class={item.reversed ? 'recent-row recent-gone' : isBack ? 'recent-row recent-back' : 'recent-row'}>
      <span class="recent-amount">{item.sign < 0 ? '−' : '+'}{amountOf(item.unit, item.amount)}</span>
      <span class="recent-who">
        <b>{item.name ?? t('till.no_name')}</b>
        <small>{time(item.at)} · {stateOf(item) || item.staff}</small>
      </span>
      {canAsk(item) && (
        <button type="button" class="round-button" aria-label={t('till.reverse_of', { name: item.name ?? t('till.no_name'), time: time(item.at) })}
          disabled={till.state.isBusy} onClick={() => void till.undoing.ask({ transfer: item.transfer })}>
          <Icon name="undo" />
        </button>
      )}
    </li>
  );
}

function Recent({ till }: { till: Till }): JSX.Element {
  return (
    <aside class="recent" aria-labelledby="recent-title">
      <h2 id="recent-title" class="recent-title">{t('till.recent')}</h2>
      {till.undoing.recent.length === 0
        ? <p class="recent-none">{t('till.recent_none')}</p>
        : <ul class="recent-list">{till.undoing.recent.map((item) => <RecentRow key={item.transfer} item={item} till={till} />)}</ul>}
    </aside>
  );
}

export function Ready({ till, canSound, start, now }: {
  till: Till; canSound: boolean; start: () => void; now: () => number;
}): JSX.Element {
  const { lastScanAt, isOnline } = till.state;
  return (
    <div class="ready">
      <section class="ready-main">
        <Picture />
        <h1 class="huge">{t('till.scan_card')}</h1>
        <p class="lead">
          {lastScanAt === null ? t('till.scanner_waits') : <>{t('till.last_read')} <Ago at={lastScanAt} now={now} /></>}
        </p>
        {!isOnline && <p class="note note-warn" role="status"><Icon name="offline" />{t('till.offline_text')}</p>}
        <div class="ready-buttons">
          {!canSound && (
            <button type="button" class="till-button till-start" onClick={start}>
              <span><b>{t('till.start')}</b><small>{t('till.start_text')}</small></span>
            </button>
          )}
          <button type="button" class="till-button till-quiet" onClick={() => till.show({ at: 'entry', digits: '' })}>
            <Icon name="keys" />{t('till.type_number')}
          </button>
          {till.refunding.isOffered && (
            <button type="button" class="till-button till-quiet" onClick={() => till.refunding.open()}>
              <Icon name="undo" />{t('till.refund')}<Key name="F4" />
            </button>
          )}
        </div>
      </section>
      <Recent till={till} />
    </div>
  );
}

/** What can already be said about a half typed number. */
function entryHint(digits: string): string {
  if (isRight(digits)) return t('till.entry_right');
  if (read(digits).kind === 'goods') return t('till.entry_goods');
  return digits.length === 22 ? t('till.entry_wrong') : t('till.entry_hint');
}

const isRight = (digits: string): boolean => isCode(digits) && read(digits).kind !== 'goods';

export function Entry({ till, digits }: { till: Till; digits: string }): JSX.Element {
  return (
    <section class="sheet sheet-split">
      <div class="sheet-text">
        <h1 class="headline">{t('till.entry_title')}</h1>
        <output class="typed-number" aria-label={t('till.entry_title')}>{digits ? grouped(digits) : '–'}</output>
        <p class={isRight(digits) ? 'note note-ok' : digits.length === 22 ? 'note note-warn' : 'note'} role="status">
          {isRight(digits) && <Icon name="check" />}{entryHint(digits)}
        </p>
        <p><BackButton onClick={() => till.show({ at: 'ready' })} /></p>
      </div>
      <Pad onKey={(key) => till.type(key)} enter={t('till.entry_go')} canEnter={digits.length >= 8} />
    </section>
  );
}

export function Reading({ code }: { code: string }): JSX.Element {
  return (
    <section class="sheet sheet-centre">
      <span class="spinner spinner-big" aria-hidden="true" />
      <h1 class="headline">{t('till.reading')}</h1>
      <p class="lead typed-number-small">{grouped(code)}</p>
    </section>
  );
}
