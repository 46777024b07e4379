/** What opens over the screen: help, what is still to be sent, and settings. */

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { currentLanguage, languages, t } from '../lib/lang';
import type { Language } from '../lib/types';
import { grouped } from './code';
import { Icon } from './icons';
import type { Till } from './model';
import { amountOf, Key, timeOrDay } from './parts';
import { problemText } from './problems';
import type { Entry } from './queue';

function Dialog({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="dialog-title"
      onCancel={(event) => { event.preventDefault(); close(); }}>
      <div class="dialog-top">
        <h1 id="dialog-title" class="headline">{title}</h1>
        <button type="button" class="till-button till-quiet" onClick={close}><Icon name="cross" />{t('till.close')}</button>
      </div>
      {children}
    </dialog>
  );
}

export function Help({ till }: { till: Till }): JSX.Element {
  const keys = [['Enter', 'enter'], ['1 2 3', 'digits_give'], ['0–9', 'digits'], ['F1', 'f1'], ['F2', 'f2'], ['F3', 'f3'], ['F4', 'f4'], ['Esc', 'esc'], ['?', 'help']] as const;
  return (
    <Dialog title={t('till.help')} close={() => till.open(null)}>
      <ol class="steps">
        {(['scan', 'give', 'done'] as const).map((step) => <li key={step}>{t(`till.help_${step}`)}</li>)}
      </ol>
      <h2 class="dialog-part">{t('till.help_keys')}</h2>
      <dl class="keys">
        {keys.map(([key, word]) => <div key={key}><dt><Key name={key} /><span class="sr">{key}</span></dt><dd>{t(`till.key_${word}`)}</dd></div>)}
      </dl>
      <h2 class="dialog-part">{t('till.help_trouble')}</h2>
      <ul class="hints">
        {(['screen', 'beep', 'offline', 'mistake'] as const).map((hint) => <li key={hint}>{t(`till.help_${hint}`)}</li>)}
      </ul>
    </Dialog>
  );
}

function Owed({ entry, till }: { entry: Entry; till: Till }): JSX.Element {
  const what = 'stamps' in entry.give ? amountOf('stamp', entry.give.stamps) : t('till.yen', { n: entry.give.yen });
  const text = entry.state === 'problem' ? problemText(entry.word, entry.facts) : null;
  return (
    <li class={text ? 'owed owed-problem' : 'owed'}>
      <Icon name={text ? 'alert' : 'tray'} />
      <div>
        <p><b>+{what}</b> {entry.name ?? grouped(entry.code)} · {timeOrDay(entry.madeAt)} · {entry.staff}</p>
        {text && <p class="owed-why">{text.title}{text.more && ` – ${text.more}`}</p>}
      </div>
      {text && (
        <button type="button" class="till-button till-quiet" onClick={() => void till.queue.dismiss(entry.seq)}>
          <Icon name="check" />{t('till.seen')}
        </button>
      )}
    </li>
  );
}

export function Owing({ till }: { till: Till }): JSX.Element {
  const { entries, problems, waiting } = till.queue;
  return (
    <Dialog title={t('till.owing')} close={() => till.open(null)}>
      <p class="lead">{t(problems.length ? 'till.owing_problems' : waiting.length ? 'till.owing_text' : 'till.owing_none')}</p>
      <ul class="owed-list">{entries.map((entry) => <Owed key={entry.seq} entry={entry} till={till} />)}</ul>
      {waiting.length > 0 && (
        <button type="button" class="till-button till-main" onClick={() => till.queue.wake()}>{t('till.send_now')}</button>
      )}
    </Dialog>
  );
}

const NAMES: Record<Language, string> = { ja: '日本語', en: 'English', 'zh-Hant': '繁體中文', th: 'ไทย' };

export interface Preferences {
  medianMs: number;
  isQuick: boolean; /* one stamp at once for every scan that may have one */
  language: Language;
}

function Choice<T extends string | number>({ label, value, options, onChange }: {
  label: string; value: T; options: readonly { value: T; text: string; lang?: string }[]; onChange: (value: T) => void;
}): JSX.Element {
  return (
    <div class="choice" role="group" aria-label={label}>
      <h2 class="dialog-part">{label}</h2>
      <div class="choice-row">
        {options.map((option) => (
          <button type="button" key={option.value} class="unit" lang={option.lang} aria-pressed={option.value === value}
            onClick={() => onChange(option.value)}>{option.text}</button>
        ))}
      </div>
    </div>
  );
}

export function Settings({ till, preferences, change, testSound }: {
  till: Till; preferences: Preferences; change: (patch: Partial<Preferences>) => void; testSound: () => void;
}): JSX.Element {
  return (
    <Dialog title={t('till.settings')} close={() => till.open(null)}>
      <p><button type="button" class="till-button till-quiet" onClick={() => void till.checkScanner()}><Icon name="scan" />{t('till.check')}</button></p>
      <Choice label={t('till.speed')} value={preferences.medianMs} onChange={(medianMs) => change({ medianMs })}
        options={[50, 100, 150].map((value) => ({ value, text: t(`till.speed_${value}`) }))} />
      <Choice label={t('till.quick')} value={preferences.isQuick ? 1 : 0} onChange={(value) => change({ isQuick: value === 1 })}
        options={[{ value: 0, text: t('till.quick_off') }, { value: 1, text: t('till.quick_on') }]} />
      <Choice label={t('till.language')} value={currentLanguage()} onChange={(language) => change({ language })}
        options={languages.map((value) => ({ value, text: NAMES[value], lang: value }))} />
      <p><button type="button" class="till-button till-quiet" onClick={testSound}>{t('till.test_sound')}</button></p>
    </Dialog>
  );
}
