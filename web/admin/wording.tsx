/** What messages say: the kinds there are, and one of them open for its words to be written. */

import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { languages, t } from '../lib/lang';
import type { Language } from '../lib/types';
import type { AdminPageProps } from './pages';
import { useAll } from './use_all';
import { useHash } from './use_hash';
import { Editor } from './wording_editor';
import { languageNames, partNames, type Templates, type TemplateKind, type TemplateWords } from './wording_types';

/** The languages in which the shop says something of its own. */
const ownLanguages = (kind: TemplateKind): Language[] =>
  languages.filter((language) => partNames.some((part) => kind.words[language].own[part] !== null));

function Kinds({ kinds, open }: { kinds: readonly TemplateKind[]; open: string }): JSX.Element {
  return (
    <ul class="kinds">
      {kinds.map((kind) => {
        const own = ownLanguages(kind);
        return (
          <li key={kind.kind}>
            <a class="kind" href={`#messages/${kind.kind}`} aria-current={kind.kind === open ? 'true' : undefined}>
              <span class="kind-name">{t(`admin.kind_${kind.kind}`)}</span>
              <span class="kind-when">{t(`admin.when_${kind.kind}`)}</span>
              {own.length > 0 && <span class="kind-own">{t('admin.own_in', { languages: own.map((language) => languageNames[language]).join(', ') })}</span>}
            </a>
          </li>
        );
      })}
    </ul>
  );
}

export function Wording({ signedOut }: AdminPageProps): JSX.Element {
  const { all, isLost, again, change } = useAll<Templates>('/api/admin/templates', signedOut);
  const [, open = ''] = useHash(); /* "#messages/grant" has that kind open */
  const first = useRef(open);

  const changed = (name: string, language: Language, words: Omit<TemplateWords, 'ours'>): void =>
    change((was) => ({ ...was, kinds: was.kinds.map((kind) => (kind.kind !== name ? kind
      : { ...kind, words: { ...kind.words, [language]: { ...kind.words[language], ...words } } })) }));

  const shown = all?.kinds.find((kind) => kind.kind === open);
  return (
    <section class="panel" aria-labelledby="wording-title">
      <h2 id="wording-title" class="panel-title">{t('admin.wording_title')}</h2>
      <p class="panel-text">{t('admin.wording_text')}</p>
      {isLost && <p class="lost" role="status">{t('admin.offline')}</p>}
      {all ? (
        <div class={shown ? 'wording wording-open' : 'wording'}>
          <Kinds kinds={all.kinds} open={open} />
          {shown && <Editor key={shown.kind} kind={shown} hasMoved={open !== first.current} signedOut={signedOut} reload={again}
            changed={(language, words) => changed(shown.kind, language, words)} />}
        </div>
      ) : <p class="waiting" role="status"><span class="spinner" aria-hidden="true" />{t('admin.loading')}</p>}
    </section>
  );
}
