/** What the account answers by itself: the owner's rules, a place to try them, and the hours of staff. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';
import { t } from '../lib/lang';
import { RuleEditor } from './keyword_editor';
import { StaffHours } from './keyword_hours';
import { DAILY, hasWords, type Keywords, newRule, type Rule, spanText, type Tried } from './keyword_types';
import type { AdminPageProps } from './pages';
import { useAll } from './use_all';
import { useHash } from './use_hash';
import { languageNames } from './wording_types';

const words = (rule: Rule): string => rule.words.replaceAll('\n', ', ');

const deed = (rule: Rule): string => (rule.action === 'text' ? rule.reply : t(`admin.action_${rule.action}`));

/** When it speaks, unless that is always, and to whom, unless that is everybody. */
function limits(rule: Rule): string {
  const isAnyTime = rule.days === DAILY && rule.from_min === rule.until_min;
  return [
    rule.hours === 'always' ? '' : t(`admin.hours_${rule.hours}`),
    isAnyTime ? '' : spanText(rule),
    rule.language ? languageNames[rule.language] : '',
    rule.priority ? t('admin.priority_n', { n: rule.priority }) : '',
  ].filter((one) => one !== '').join(' · ');
}

function Rules({ rules }: { rules: readonly Rule[] }): JSX.Element {
  return (
    <section class="panel" aria-labelledby="rules-title">
      <h2 id="rules-title" class="panel-title">{t('admin.rules_title')}</h2>
      <p class="panel-text">{t('admin.rules_text')}</p>
      {rules.length === 0 && <p class="panel-none">{t('admin.rules_none')}</p>}
      <ul class="kinds rules">
        {rules.map((rule) => (
          <li key={rule.id}>
            <a class={rule.is_on ? 'kind' : 'kind rule-off'} href={`#keywords/${rule.id}`}>
              <span class="kind-name">{hasWords(rule.match) ? words(rule) : t(`admin.match_${rule.match}`)}</span>
              {hasWords(rule.match) && <span class="kind-when">{t(`admin.match_${rule.match}`)}</span>}
              <span class="rule-says">{deed(rule)}</span>
              <span class="kind-own">{rule.is_on ? limits(rule) : t('admin.rule_is_off')}</span>
            </a>
          </li>
        ))}
      </ul>
      <p><a class="button rule-new" href="#keywords/new">{t('admin.rule_new')}</a></p>
    </section>
  );
}

function Try({ rules, signedOut }: { rules: readonly Rule[]; signedOut: () => void }): JSX.Element {
  const [text, setText] = useState('');
  const [said, setSaid] = useState('');
  const ask = async (): Promise<void> => {
    try {
      const tried = await api.post<Tried>('/api/admin/keywords/try', { text });
      const rule = tried.answer === 'rule' ? rules.find((one) => one.id === tried.rule) : undefined;
      setSaid(tried.answer !== 'rule' ? t(`admin.try_${tried.answer}`) : t('admin.try_rule', { n: tried.rule, what: rule ? deed(rule) : '' }));
    } catch (reason) {
      if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) return signedOut();
      setSaid(t(reason instanceof ApiError && !reason.isOffline ? 'admin.not_done' : 'admin.offline'));
    }
  };
  return (
    <section class="panel" aria-labelledby="try-title">
      <h2 id="try-title" class="panel-title">{t('admin.try_title')}</h2>
      <form class="try" onSubmit={(event) => { event.preventDefault(); void ask(); }}>
        <label class="part-name" for="try-text">{t('admin.try_text')}</label>
        <input id="try-text" class="field" type="text" autocomplete="off" maxLength={500} required value={text}
          onInput={(event) => { setSaid(''); setText(event.currentTarget.value); }} />
        <button type="submit" class="button-quiet">{t('admin.try_do')}</button>
      </form>
      <p class="try-said" role="status">{said}</p>
    </section>
  );
}

/** "#keywords/7" has that rule open, "#keywords/new" one that is not there yet. */
export function KeywordsPage({ signedOut }: AdminPageProps): JSX.Element {
  const { all, isLost, again } = useAll<Keywords>('/api/admin/keywords', signedOut);
  const [, open = ''] = useHash();
  const [saved, setSaved] = useState('');

  const done = (rule: Rule | null): void => {
    setSaved(t(rule ? 'admin.rule_saved' : 'admin.rule_removed'));
    location.hash = '#keywords';
    again();
  };
  const rule = open === 'new' ? newRule() : all?.rules.find((one) => String(one.id) === open);
  return (
    <>
      <h1 class="day-title">{t('admin.keywords_title')}</h1>
      {isLost && <p class="lost" role="status">{t('admin.offline')}</p>}
      {!all ? <p class="waiting" role="status"><span class="spinner" aria-hidden="true" />{t('admin.loading')}</p>
        : rule ? <RuleEditor key={open} rule={rule} rules={all.rules} done={done} signedOut={signedOut} /> : (
          <>
            <p class={saved ? 'news' : 'sr'} role="status">{saved}</p>
            <Rules rules={all.rules} />
            <Try rules={all.rules} signedOut={signedOut} />
            <StaffHours staff={all.staff} isStaffed={all.is_staffed} saved={again} signedOut={signedOut} />
          </>
        )}
    </>
  );
}
