/** The rich menus: how many LINE has of us, who sees them, by level too, and which of their areas are tapped. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';
import { number, plural, t } from '../lib/lang';
import type { AdminMenus } from '../lib/types';
import type { AdminPageProps } from './pages';

type Tap = AdminMenus['taps'][number];
type Level = AdminMenus['levels'][number];

function areaName(tap: Tap): string {
  const tab = /^tab(\d)$/.exec(tap.area);
  return tab ? t('admin.menu_tab', { n: Number(tab[1]) }) : t(tap.guest ? 'admin.menu_join' : `admin.menu_${tap.area}`);
}

function Taps({ taps }: { taps: Tap[] }): JSX.Element {
  if (taps.length === 0) return <p class="panel-none">{t('admin.menus_no_taps')}</p>;
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-labelledby="menus-title">
      <table class="figures">
        <thead><tr>
          <th scope="col">{t('admin.menu_area')}</th><th scope="col">{t('admin.menu_today')}</th>
          <th scope="col">{t('admin.menu_week')}</th>
        </tr></thead>
        <tbody>
          {taps.map((tap) => (
            <tr key={`${tap.guest}${tap.area}`}>
              <th scope="row">{areaName(tap)} · {t(tap.guest ? 'admin.menu_guests' : 'admin.menu_members')}</th>
              <td>{number(tap.today)}</td><td>{number(tap.week)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const levelName = (level: Level): string =>
  level.name || (level.tier === 0 ? t('admin.menus_level_none') : t('admin.tier_n', { n: level.tier }));

/** A plan's name only where another one has levels as well. */
function Levels({ levels }: { levels: Level[] }): JSX.Element | null {
  const areSeveral = new Set(levels.map((level) => level.plan)).size > 1;
  if (levels.length === 0) return null;
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label={t('admin.menus_levels')}>
      <table class="figures menu-levels">
        <thead><tr><th scope="col">{t('admin.menus_levels')}</th><th scope="col">{t('admin.menus_see')}</th></tr></thead>
        <tbody>
          {levels.map((level) => (
            <tr key={`${level.plan} ${level.tier}`}>
              <th scope="row">
                <span class="look" data-look={level.look} role="img" aria-label={t(`admin.look_${level.look || 'usual'}`)} />
                {areSeveral && `${level.plan} · `}{levelName(level)}
              </th>
              <td>{number(level.members)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Menus({ signedOut }: AdminPageProps): JSX.Element {
  const [menus, setMenus] = useState<AdminMenus | null>(null);
  useEffect(() => {
    let isGone = false;
    api.get<AdminMenus>('/api/admin/menus').then(
      (answer) => { if (!isGone) setMenus(answer); },
      (reason) => { if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) signedOut(); },
    );
    return () => { isGone = true; };
  }, []);
  return (
    <section class="panel" aria-labelledby="menus-title">
      <h2 id="menus-title" class="panel-title">{t('admin.menus_title')}</h2>
      {!menus ? <p class="panel-none" role="status">{t('admin.loading')}</p>
        : menus.menus === 0 ? <p class="panel-none">{t('admin.menus_none')}</p>
        : (
          <>
            <p class="panel-text">
              {plural('admin.menus_linked', menus.members)}
              {menus.period !== null && ` · ${t('admin.menus_period', { title: menus.period })}`}
            </p>
            <Levels levels={menus.levels} />
            <Taps taps={menus.taps} />
          </>
        )}
    </section>
  );
}
