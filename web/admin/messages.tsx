/** Everything about what the shop tells its members through LINE. */

import type { JSX } from 'preact';
import { t } from '../lib/lang';
import { Menus } from './menus';
import type { AdminPageProps } from './pages';
import { Wording } from './wording';

export function MessagesPage(props: AdminPageProps): JSX.Element {
  return (
    <>
      <h1 class="day-title">{t('admin.messages_title')}</h1>
      <Wording {...props} />
      <Menus {...props} />
    </>
  );
}
