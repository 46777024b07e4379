/** One question before something is done, in figures; and that it is done. */

import type { JSX } from 'preact';
import { t } from '../lib/lang';
import { Icon, type IconName } from './icons';
import type { Till } from './model';
import { BackButton, Key } from './parts';

/** What happens, line by line; the first is the one that matters. */
export const Effects = ({ lines }: { lines: readonly string[] }): JSX.Element => (
  <ul class="effects">{lines.map((line) => <li key={line}>{line}</li>)}</ul>
);

/** Enter does it, Esc does not. */
export function Ask({ till, icon, title, about, lines, text, go, isDanger = true }: {
  till: Till; icon: IconName; title: string; about: string; lines: readonly string[]; text: string; go: string; isDanger?: boolean;
}): JSX.Element {
  const { isBusy } = till.state;
  return (
    <section class="sheet sheet-centre" role="alertdialog" aria-labelledby="ask-title">
      <Icon name={icon} big />
      <h1 id="ask-title" class="headline">{title}</h1>
      <p class="ask-what">{about}</p>
      <Effects lines={lines} />
      <p class="lead">{text}</p>
      <div class="band-buttons">
        <button type="button" class={isDanger ? 'till-button till-danger' : 'till-button till-main'} disabled={isBusy} onClick={() => till.confirm()}>
          {isBusy ? <span class="spinner" aria-hidden="true" /> : <Icon name={icon} />}{go}<Key name="Enter" />
        </button>
        <BackButton onClick={() => till.back()} />
      </div>
    </section>
  );
}

/** Where there is a card to go back to, Enter goes there. */
export const DoneButtons = ({ till, hasCard }: { till: Till; hasCard: boolean }): JSX.Element => (
  <div class="band-buttons">
    {hasCard && (
      <button type="button" class="till-button till-main" onClick={() => till.confirm()}>{t('till.go_on')}<Key name="Enter" /></button>
    )}
    <BackButton onClick={() => till.back()} label={t('till.close')} />
  </div>
);
