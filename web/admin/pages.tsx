/** The owner's pages and the way between them: a row here is a link above and an address of its own. */

import type { JSX } from 'preact';
import { t } from '../lib/lang';
import { BonusPage } from './bonus';
import { CataloguePage } from './catalogue';
import { CostPage } from './cost';
import { KeywordsPage } from './keywords';
import { MessagesPage } from './messages';
import { PlansPage } from './plans';
import { OwedPage } from './owed';
import { TodayPage } from './today';
import { useHash } from './use_hash';

export interface AdminPageProps {
  /** To be called when an answer says that the session is over. */
  signedOut: () => void;
}

export interface AdminPage {
  /** Behind the address' "#". */
  id: string;
  /** A key of the words. */
  name: string;
  View: (props: AdminPageProps) => JSX.Element;
}

/** In the order of the navigation; the first is what an owner sees first. */
const pages: readonly [AdminPage, ...AdminPage[]] = [
  { id: 'today', name: 'admin.nav_today', View: TodayPage },
  { id: 'messages', name: 'admin.nav_messages', View: MessagesPage },
  { id: 'cost', name: 'admin.nav_cost', View: CostPage },
  { id: 'keywords', name: 'admin.nav_keywords', View: KeywordsPage },
  { id: 'plans', name: 'admin.nav_plans', View: PlansPage },
  { id: 'bonus', name: 'admin.nav_bonus', View: BonusPage },
  { id: 'catalogue', name: 'admin.nav_catalogue', View: CataloguePage },
  { id: 'owed', name: 'admin.nav_owed', View: OwedPage },
];

/** The page that the address names: "#messages" and "#messages/grant" are both "messages"; anything unknown is the first. */
export function useAdminPage(): AdminPage {
  const [id] = useHash();
  return pages.find((page) => page.id === id) ?? pages[0];
}

export function Navigation({ current }: { current: string }): JSX.Element {
  return (
    <nav class="nav" aria-label={t('admin.nav')}>
      {pages.length > 1 && pages.map((page) => (
        <a key={page.id} class="nav-link" href={`#${page.id}`} aria-current={page.id === current ? 'page' : undefined}>{t(page.name)}</a>
      ))}
    </nav>
  );
}
