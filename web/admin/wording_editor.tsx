/** One kind of message: its parts in each language beside what members will see. */

import type { JSX, TargetedEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';
import { drawMessage } from '../lib/flex';
import { currentLanguage, languages, t } from '../lib/lang';
import type { Language } from '../lib/types';
import { insertField, isSame, languageNames, partNames, sentParts } from './wording_types';
import type { PartName, Parts, Preview, TemplateKind, TemplateWords } from './wording_types';

const PREVIEW_MS = 250;

type News = { word: string; isGood: boolean } | null;

/** What a failed call means, as a key of the words. */
function newsOf(reason: unknown): News {
  const known = ['template_changed', 'owner_no_friend', 'owner_without_line', 'too_many_requests'];
  const word = !(reason instanceof ApiError) || reason.isOffline ? 'offline'
    : known.includes(reason.word) ? reason.word
    : reason.word.startsWith('template_') ? 'template_wrong' : 'not_done';
  return { word: `admin.${word}`, isGood: false };
}

/** The server's look at the words, a moment after the last key. */
function usePreview(kind: string, language: Language, parts: Parts): Preview | null {
  const [preview, setPreview] = useState<Preview | null>(null);
  const asked = JSON.stringify({ language, ...sentParts(parts) });
  useEffect(() => {
    let isOld = false;
    const timer = window.setTimeout(() => {
      api.post<Preview>(`/api/admin/templates/${kind}/preview`, JSON.parse(asked))
        .then((answer) => { if (!isOld) setPreview(answer); }, () => undefined); /* the next key asks again */
    }, preview ? PREVIEW_MS : 0);
    return () => {
      isOld = true;
      window.clearTimeout(timer);
    };
  }, [kind, asked]);
  return preview;
}

function Languages({ language, choose, isUnsaved }: {
  language: Language; choose: (language: Language) => void; isUnsaved: (language: Language) => boolean;
}): JSX.Element {
  return (
    <fieldset class="tabs">
      <legend class="sr">{t('admin.language')}</legend>
      {languages.map((one) => (
        <label key={one} class="tab" lang={one}>
          <input type="radio" name="language" value={one} checked={one === language} onChange={() => choose(one)} />
          {languageNames[one]}
          {isUnsaved(one) && <span class="tab-mark"><span class="sr" lang={currentLanguage()}>{t('admin.unsaved')}</span></span>}
        </label>
      ))}
    </fieldset>
  );
}

function Part({ name, language, value, ours, look, change, focus }: {
  name: PartName; language: Language; value: string; ours: string; look: Preview['parts'][PartName] | undefined;
  change: (text: string) => void; focus: (field: HTMLInputElement | HTMLTextAreaElement) => void;
}): JSX.Element {
  const isWrong = value !== '' && look?.error != null;
  const about = `part-${name}-about`;
  const shared = {
    id: `part-${name}`, class: 'field', lang: language, value, placeholder: ours, 'aria-describedby': about, 'aria-invalid': isWrong,
    onInput: (event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) => change(event.currentTarget.value),
    onFocus: (event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) => focus(event.currentTarget),
  };
  return (
    <div class="part">
      <label class="part-name" for={`part-${name}`}>{t(`admin.part_${name}`)}</label>
      {name === 'text' ? <textarea {...shared} rows={3} /> : <input {...shared} type="text" autocomplete="off" />}
      <p id={about} class="part-about">
        {isWrong && <span class="part-wrong">{t(`admin.${look.error}`, { field: look.field ?? '' })} </span>}
        {value === '' ? t('admin.part_standard') : look && t('admin.part_length', { n: look.longest, max: look.max })}
      </p>
    </div>
  );
}

function Fields({ fields, insert }: { fields: readonly string[]; insert: (field: string) => void }): JSX.Element {
  return (
    <div class="fields" role="group" aria-label={t('admin.fields')}>
      {fields.map((field) => (
        <button key={field} type="button" class="chip" aria-label={t('admin.field_insert', { field: t(`admin.field_${field}`) })}
          onMouseDown={(event) => event.preventDefault() /* the caret stays where it is */} onClick={() => insert(field)}>
          {t(`admin.field_${field}`)}
        </button>
      ))}
    </div>
  );
}

function Shown({ preview, language, shop }: { preview: Preview | null; language: Language; shop: string }): JSX.Element {
  const chat = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (preview) chat.current?.replaceChildren(...preview.messages.map(drawMessage));
  }, [preview]);
  return (
    <section class="shown" aria-labelledby="shown-title">
      <h4 id="shown-title" class="part-name">{t('admin.preview')}</h4>
      <p class="part-about">{t('admin.preview_text')}</p>
      <div class="chat-row" lang={language}>
        <span class="chat-face" aria-hidden="true" />
        <p class="chat-shop">{shop}</p>
        <p class="chat-alt">{preview?.alt}</p>
      </div>
      <div class="chat" ref={chat} lang={language} />
    </section>
  );
}

/** What happens with what is written; one thing at a time. */
function Deeds({ isChanged, isOwn, isWrong, isBusy, news, save, reset, tryIt, reload }: {
  isChanged: boolean; isOwn: boolean; isWrong: boolean; isBusy: boolean; news: News;
  save: () => void; reset: () => void; tryIt: () => void; reload: () => void;
}): JSX.Element {
  const [isSure, setSure] = useState(false);
  return (
    <div class="deeds">
      <div class="deed-row">
        <button type="submit" class="button" disabled={isBusy || !isChanged || isWrong} onClick={save}>{t('admin.save')}</button>
        <button type="button" class="button-quiet" disabled={isBusy || isWrong} aria-describedby="test-about" onClick={tryIt}>{t('admin.test')}</button>
        {isOwn && !isSure && <button type="button" class="button-quiet" disabled={isBusy} onClick={() => setSure(true)}>{t('admin.reset')}</button>}
      </div>
      {isOwn && isSure && (
        <div class="deed-row sure" role="group" aria-label={t('admin.reset')}>
          <p>{t('admin.reset_sure')}</p>
          <button type="button" class="button" disabled={isBusy} onClick={() => { setSure(false); reset(); }}>{t('admin.reset_yes')}</button>
          <button type="button" class="button-quiet" autoFocus onClick={() => setSure(false)}>{t('admin.reset_no')}</button>
        </div>
      )}
      <p id="test-about" class="part-about">{t('admin.test_about')}</p>
      <p class={news && !news.isGood ? 'news news-bad' : 'news'} role="status">{news && t(news.word)}</p>
      {news?.word === 'admin.template_changed' && <button type="button" class="button-quiet" onClick={reload}>{t('admin.reload')}</button>}
    </div>
  );
}

export function Editor({ kind, hasMoved, changed, signedOut, reload }: {
  kind: TemplateKind;
  /** Opened from the list: who works by keyboard goes on from here. */
  hasMoved: boolean;
  changed: (language: Language, words: Omit<TemplateWords, 'ours'>) => void;
  signedOut: () => void;
  reload: () => void;
}): JSX.Element {
  const [language, setLanguage] = useState<Language>(currentLanguage());
  const [drafts, setDrafts] = useState<Partial<Record<Language, Parts>>>({});
  const [isBusy, setBusy] = useState(false);
  const [news, setNews] = useState<News>(null);
  const field = useRef<HTMLInputElement | HTMLTextAreaElement | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const words = kind.words[language];
  const draft = drafts[language] ?? words.own;
  const preview = usePreview(kind.kind, language, draft);
  const isWrong = partNames.some((name) => (draft[name] ?? '') !== '' && preview?.parts[name].error != null);

  useEffect(() => { if (hasMoved) title.current?.focus(); }, []);

  const write = (name: PartName, text: string): void => {
    setNews(null);
    setDrafts((all) => ({ ...all, [language]: { ...(all[language] ?? words.own), [name]: text === '' ? null : text } }));
  };
  const insert = (name: string): void => {
    const at = field.current ?? (document.getElementById('part-headline') as HTMLInputElement);
    const part = at.id.replace('part-', '') as PartName;
    const { text, caret } = insertField(at.value, at.selectionStart ?? at.value.length, at.selectionEnd ?? at.value.length, name);
    write(part, text);
    at.value = text;
    at.focus();
    at.setSelectionRange(caret, caret);
  };
  const act = async (path: string, parts: Parts | null, good: string): Promise<void> => {
    setBusy(true);
    setNews(null);
    try {
      const answer = await api.post<Omit<TemplateWords, 'ours'>>(`/api/admin/templates/${kind.kind}${path}`,
        { language, version: words.version, ...(parts && sentParts(parts)) });
      if (path !== '/test') {
        changed(language, answer);
        setDrafts((all) => ({ ...all, [language]: undefined }));
      }
      setNews({ word: good, isGood: true });
    } catch (reason) {
      if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) signedOut();
      else setNews(newsOf(reason));
    } finally {
      setBusy(false);
    }
  };
  const isEmpty = isSame(draft, { headline: null, text: null, alt: null, button: null });

  return (
    <div class="editor">
      <a class="back" href="#messages">{t('admin.back')}</a>
      <h3 class="editor-title" tabIndex={-1} ref={title}>{t(`admin.kind_${kind.kind}`)}</h3>
      <p class="panel-text">{t(`admin.when_${kind.kind}`)}</p>
      <Languages language={language} choose={(one) => { setNews(null); setLanguage(one); }}
        isUnsaved={(one) => drafts[one] !== undefined && !isSame(drafts[one], kind.words[one].own)} />
      <form class="editor-columns" onSubmit={(event) => event.preventDefault()}>
        <div class="parts">
          <Fields fields={kind.fields} insert={insert} />
          {partNames.map((name) => (
            <Part key={name} name={name} language={language} value={draft[name] ?? ''} ours={words.ours[name] ?? ''}
              look={preview?.parts[name]} change={(text) => write(name, text)} focus={(at) => { field.current = at; }} />
          ))}
          <Deeds isChanged={!isSame(draft, words.own)} isOwn={!isSame(words.own, { headline: null, text: null, alt: null, button: null })}
            isWrong={isWrong} isBusy={isBusy} news={news}
            save={() => void (isEmpty ? act('/reset', null, 'admin.reset_done') : act('', draft, 'admin.saved'))}
            reset={() => void act('/reset', null, 'admin.reset_done')}
            tryIt={() => void act('/test', draft, 'admin.test_done')} reload={() => { setNews(null); reload(); }} />
        </div>
        <Shown preview={preview} language={language} shop={document.getElementById('app')?.dataset['title'] ?? ''} />
      </form>
    </div>
  );
}
