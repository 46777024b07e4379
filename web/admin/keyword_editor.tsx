/** One rule: what it waits for, what it does, and when. */

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';
import { languages, number, t } from '../lib/lang';
import type { Language } from '../lib/types';
import { SpanFields } from './keyword_hours';
import { actions, type Button, BUTTONS_MAX, hasWords, LABEL_MAX, matches, presses, REPLY_MAX, type Rule, whens } from './keyword_types';
import { languageNames } from './wording_types';

/** What a failed call means, as a key of the words. */
function newsOf(reason: unknown): string {
  const known = ['keyword_words', 'keyword_reply', 'keyword_buttons', 'keyword_priority', 'keyword_hours', 'keyword_full'];
  if (!(reason instanceof ApiError) || reason.isOffline) return 'admin.offline';
  return known.includes(reason.word) ? `admin.${reason.word}` : 'admin.not_done';
}

function Choice<T extends string>({ id, label, value, all, word, change }: {
  id: string; label: string; value: T; all: readonly T[]; word: (one: T) => string; change: (one: T) => void;
}): JSX.Element {
  return (
    <div class="part">
      <label class="part-name" for={id}>{label}</label>
      <select id={id} class="field" value={value} onChange={(event) => change(event.currentTarget.value as T)}>
        {all.map((one) => <option key={one} value={one}>{word(one)}</option>)}
      </select>
    </div>
  );
}

function ButtonRow({ at, button, rules, change, remove }: {
  at: number; button: Button; rules: readonly Rule[]; change: (button: Button) => void; remove: () => void;
}): JSX.Element {
  const id = `button-${at}`;
  return (
    <div class="quick" role="group" aria-label={t('admin.button_n', { n: at + 1 })}>
      <label class="sr" for={`${id}-label`}>{t('admin.button_label')}</label>
      <input id={`${id}-label`} class="field" type="text" autocomplete="off" maxLength={LABEL_MAX} value={button.label}
        placeholder={t('admin.button_label')} onInput={(event) => change({ ...button, label: event.currentTarget.value })} />
      <label class="sr" for={`${id}-press`}>{t('admin.button_press')}</label>
      <select id={`${id}-press`} class="field" value={button.press}
        onChange={(event) => change({ ...button, press: event.currentTarget.value as Button['press'], rule: rules[0]?.id ?? 0 })}>
        {presses.filter((one) => one !== 'rule' || rules.length > 0).map((one) => <option key={one} value={one}>{t(`admin.press_${one}`)}</option>)}
      </select>
      {button.press === 'says' && (
        <input class="field" type="text" autocomplete="off" aria-label={t('admin.press_says')} maxLength={300} value={button.says}
          onInput={(event) => change({ ...button, says: event.currentTarget.value })} />
      )}
      {button.press === 'rule' && (
        <select class="field" aria-label={t('admin.press_rule')} value={button.rule} onChange={(event) => change({ ...button, rule: Number(event.currentTarget.value) })}>
          {rules.map((rule) => <option key={rule.id} value={rule.id}>{`${rule.id}: ${rule.words.replaceAll('\n', ', ') || t(`admin.match_${rule.match}`)}`}</option>)}
        </select>
      )}
      <button type="button" class="button-quiet" onClick={remove}>{t('admin.take_away')}</button>
    </div>
  );
}

function Buttons({ draft, rules, write }: { draft: Rule; rules: readonly Rule[]; write: (some: Partial<Rule>) => void }): JSX.Element {
  const others = rules.filter((rule) => rule.id !== draft.id);
  const set = (buttons: Button[]): void => write({ buttons });
  return (
    <fieldset class="part">
      <legend class="part-name">{t('admin.buttons')}</legend>
      <p class="part-about">{t('admin.buttons_about')}</p>
      {draft.buttons.map((button, i) => (
        <ButtonRow key={i} at={i} button={button} rules={others}
          change={(one) => set(draft.buttons.map((other, at) => (at === i ? one : other)))}
          remove={() => set(draft.buttons.filter((_, at) => at !== i))} />
      ))}
      {draft.buttons.length < BUTTONS_MAX && (
        <div><button type="button" class="button-quiet" onClick={() => set([...draft.buttons, { label: '', press: 'says', says: '', rule: 0 }])}>{t('admin.button_add')}</button></div>
      )}
    </fieldset>
  );
}

function What({ draft, write }: { draft: Rule; write: (some: Partial<Rule>) => void }): JSX.Element {
  return (
    <>
      <Choice id="rule-match" label={t('admin.rule_match')} value={draft.match} all={matches} word={(one) => t(`admin.match_${one}`)}
        change={(match) => write(draft.id === 0 ? { match, hours: match === 'contains' || match === 'any' ? 'away' : 'always' } : { match })} />
      {hasWords(draft.match) && (
        <div class="part">
          <label class="part-name" for="rule-words">{t('admin.rule_words')}</label>
          <textarea id="rule-words" class="field" rows={3} value={draft.words} aria-describedby="rule-words-about"
            onInput={(event) => write({ words: event.currentTarget.value })} />
          <p id="rule-words-about" class="part-about">{t(draft.match === 'sticker' ? 'admin.words_sticker' : 'admin.words_about')}</p>
        </div>
      )}
      <Choice id="rule-action" label={t('admin.rule_action')} value={draft.action} all={actions} word={(one) => t(`admin.action_${one}`)}
        change={(action) => write(action === 'silent' ? { action, buttons: [] } : { action })} />
      {draft.action === 'text' && (
        <div class="part">
          <label class="part-name" for="rule-reply">{t('admin.rule_reply')}</label>
          <textarea id="rule-reply" class="field" rows={5} maxLength={REPLY_MAX} value={draft.reply} aria-describedby="rule-reply-about"
            onInput={(event) => write({ reply: event.currentTarget.value })} />
          <p id="rule-reply-about" class="part-about">{t('admin.reply_length', { n: number(draft.reply.length), max: number(REPLY_MAX) })}</p>
        </div>
      )}
    </>
  );
}

function When({ draft, write }: { draft: Rule; write: (some: Partial<Rule>) => void }): JSX.Element {
  return (
    <>
      <Choice id="rule-hours" label={t('admin.rule_hours')} value={draft.hours} all={whens} word={(one) => t(`admin.hours_${one}`)} change={(hours) => write({ hours })} />
      <div class="part" role="group" aria-label={t('admin.rule_span')}>
        <p class="part-name">{t('admin.rule_span')}</p>
        <SpanFields name="rule" span={draft} change={({ days, from_min, until_min }) => write({ days, from_min, until_min })} />
      </div>
      <div class="pair">
        <Choice id="rule-language" label={t('admin.rule_language')} value={draft.language ?? 'all'} all={['all', ...languages] as const}
          word={(one) => (one === 'all' ? t('admin.language_all') : languageNames[one as Language])}
          change={(one) => write({ language: one === 'all' ? null : one as Language })} />
        <div class="part">
          <label class="part-name" for="rule-priority">{t('admin.rule_priority')}</label>
          <input id="rule-priority" class="field" type="number" min={-100} max={100} step={1} value={draft.priority} aria-describedby="rule-priority-about"
            onInput={(event) => write({ priority: Math.trunc(Number(event.currentTarget.value)) || 0 })} />
          <p id="rule-priority-about" class="part-about">{t('admin.priority_about')}</p>
        </div>
      </div>
    </>
  );
}

export function RuleEditor({ rule, rules, done, signedOut }: {
  rule: Rule; rules: readonly Rule[];
  /** Saved as this, or removed. */
  done: (rule: Rule | null) => void;
  signedOut: () => void;
}): JSX.Element {
  const [draft, setDraft] = useState(rule);
  const [news, setNews] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [isSure, setSure] = useState(false);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);

  const write = (some: Partial<Rule>): void => {
    setNews('');
    setDraft((was) => ({ ...was, ...some }));
  };
  const act = async (call: () => Promise<Rule | null>): Promise<void> => {
    setBusy(true);
    try {
      done(await call());
    } catch (reason) {
      if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) signedOut();
      else setNews(newsOf(reason));
    } finally {
      setBusy(false);
    }
  };
  const save = (): void => void act(() => api.post<Rule>('/api/admin/keywords', draft));
  const remove = (): void => void act(() => api.post(`/api/admin/keywords/${draft.id}/remove`, {}).then(() => null));

  return (
    <section class="panel" aria-labelledby="rule-title">
      <a class="back back-always" href="#keywords">{t('admin.rules_back')}</a>
      <h2 id="rule-title" class="editor-title" tabIndex={-1} ref={title}>{draft.id ? t('admin.rule_n', { n: draft.id }) : t('admin.rule_new')}</h2>
      <form class="parts rule-form" onSubmit={(event) => { event.preventDefault(); save(); }}>
        <label class="check">
          <input type="checkbox" checked={draft.is_on} onChange={() => write({ is_on: !draft.is_on })} />
          {t('admin.rule_on')}
        </label>
        <What draft={draft} write={write} />
        {draft.action !== 'silent' && <Buttons draft={draft} rules={rules} write={write} />}
        <When draft={draft} write={write} />
        <div class="deeds">
          <div class="deed-row">
            <button type="submit" class="button" disabled={isBusy || draft.days === 0}>{t('admin.save')}</button>
            {draft.id !== 0 && !isSure && <button type="button" class="button-quiet" disabled={isBusy} onClick={() => setSure(true)}>{t('admin.rule_remove')}</button>}
          </div>
          {isSure && (
            <div class="deed-row sure" role="group" aria-label={t('admin.rule_remove')}>
              <p>{t('admin.rule_sure')}</p>
              <button type="button" class="button" disabled={isBusy} onClick={remove}>{t('admin.rule_yes')}</button>
              <button type="button" class="button-quiet" autoFocus onClick={() => setSure(false)}>{t('admin.rule_keep')}</button>
            </div>
          )}
          <p class="news news-bad" role="status">{news && t(news)}</p>
        </div>
      </form>
    </section>
  );
}
