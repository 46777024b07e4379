/** The owner's first look: what today brought, against the same weekday last week, kept fresh by events. */

import type { ComponentChildren, JSX } from 'preact';
import { currentLanguage, number, plural, t, time } from '../lib/lang';
import type { AdminToday } from '../lib/types';
import { Hours } from './chart';
import type { AdminPageProps } from './pages';
import { useToday } from './use_today';

function Tile({ name, value, hint, children, isMain = false }: {
  name: string; value: number; hint?: string; children?: ComponentChildren; isMain?: boolean;
}): JSX.Element {
  return (
    <section class={isMain ? 'tile tile-main' : 'tile'}>
      <h2 class="tile-name" title={hint}>{name}</h2>
      {/* A changed number is a new element, so that its small animation runs again. */}
      <p class="tile-value" key={value}>{number(value)}</p>
      <div class="tile-more">{children}</div>
    </section>
  );
}

/** Against last week: an arrow, a sign and words, never a colour by itself. */
function Against({ now, before }: { now: number; before: number }): JSX.Element {
  const difference = now - before;
  const text = before === 0 ? t('admin.no_last')
    : difference > 0 ? t('admin.up', { n: difference })
    : difference < 0 ? t('admin.down', { n: -difference }) : t('admin.same');
  const way = before === 0 ? 'none' : difference > 0 ? 'up' : difference < 0 ? 'down' : 'same';
  return (
    <p class={`against against-${way}`}>
      {(way === 'up' || way === 'down') && (
        <svg class="arrow" viewBox="0 0 12 12" aria-hidden="true"><path d={way === 'up' ? 'M6 2l5 8H1z' : 'M6 10L1 2h10z'} /></svg>
      )}
      {text}
    </p>
  );
}

function Tiles({ today }: { today: AdminToday }): JSX.Element {
  const { last_week: before, messages, units } = today;
  const failed = 'failed' in messages ? Number(messages.failed) : 0;
  return (
    <div class="tiles">
      <Tile name={t('admin.visits')} value={today.visits} hint={t('admin.visits_hint')} isMain>
        <Against now={today.visits} before={before.visits} />
        <p>{t('admin.last_week', { n: before.visits })}</p>
      </Tile>
      <Tile name={t('admin.stamps')} value={units['stamp'] ?? 0}>
        <p>{plural('admin.grants', today.grants)}</p>
      </Tile>
      {(units['point'] ?? 0) > 0 && <Tile name={t('admin.points')} value={units['point'] ?? 0} />}
      <Tile name={t('admin.new_members')} value={today.new_members}>
        <p>{t('admin.members_total', { n: today.members })}</p>
        {today.gone.left + today.gone.purged > 0 && <p>{t('admin.gone', { left: today.gone.left, purged: today.gone.purged })}</p>}
      </Tile>
      <Tile name={t('admin.vouchers')} value={today.vouchers_issued}>
        <p>{t('admin.redeemed', { n: today.vouchers_redeemed })}</p>
      </Tile>
      <Tile name={t('admin.messages')} value={messages.saved} hint={t('admin.messages_hint')}>
        <p>{t('admin.messages_sent', { sent: messages.sent, waiting: messages.waiting })}</p>
        {failed > 0 && <p class="tile-alarm">{t('admin.messages_failed', { n: failed })}</p>}
      </Tile>
      <Tile name={t('admin.reversals')} value={today.reversals}>
        <p>{t('admin.reversals_hint')}</p>
      </Tile>
    </div>
  );
}

function Shops({ shops }: { shops: AdminToday['shops'] }): JSX.Element {
  const most = Math.max(1, ...shops.map((shop) => shop.visits));
  return (
    <section class="panel" aria-labelledby="shops-title">
      <h2 id="shops-title" class="panel-title">{t('admin.shops')}</h2>
      {shops.length === 0 ? <p class="panel-none">{t('admin.shops_none')}</p> : (
        <div class="table-scroll" tabIndex={0} role="group" aria-labelledby="shops-title">
          <table class="figures">
            <thead><tr>
              <th scope="col">{t('admin.shop')}</th><th scope="col">{t('admin.visits')}</th>
              <th scope="col">{t('admin.grants')}</th><th scope="col">{t('admin.redemptions')}</th>
            </tr></thead>
            <tbody>
              {shops.map((shop) => (
                <tr key={shop.name}>
                  <th scope="row">
                    {shop.name}
                    <svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                      <rect class="share-all" width="100" height="4" rx="2" />
                      <rect class="share-part" width={(100 * shop.visits) / most} height="4" rx="2" />
                    </svg>
                  </th>
                  <td>{number(shop.visits)}</td><td>{number(shop.grants)}</td><td>{number(shop.redemptions)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** "2026-11-22" in words, weekday included. */
function dayName(day: string, language: string): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'full', timeZone: 'UTC' }).format(new Date(`${day}T00:00Z`));
}

function Live({ isLive }: { isLive: boolean }): JSX.Element {
  return (
    <span class="live">
      <span class={isLive ? 'live-dot' : 'live-dot live-off'} aria-hidden="true" />
      {t(isLive ? 'admin.live' : 'admin.not_live')}
    </span>
  );
}

export function TodayPage({ signedOut }: AdminPageProps): JSX.Element {
  const { today, at, isLive, isLost } = useToday(signedOut);
  return (
    <>
      {isLost && <p class="lost" role="status">{t('admin.offline')}</p>}
      <div class="day">
        <h1 class="day-title">{t('admin.title')}</h1>
        {today && <p class="day-name">{dayName(today.day, currentLanguage())} · {t('admin.as_of', { time: time(at) })} <Live isLive={isLive} /></p>}
      </div>
      {today ? (
        <>
          <Tiles today={today} />
          <div class="columns">
            <Hours hours={today.hours} now={new Date(at).getHours()} />
            <Shops shops={today.shops} />
          </div>
        </>
      ) : <p class="waiting" role="status"><span class="spinner" aria-hidden="true" />{t('admin.loading')}</p>}
    </>
  );
}
