/** Fields of a form whose content the server judges: each knows its place in what is sent, and says there what is wrong. */

import { type ComponentChildren, createContext, type JSX } from 'preact';
import { useContext } from 'preact/hooks';
import { t } from '../lib/lang';

/** The place that the server found wrong, "" when there is none. Fields within it are told it, too. */
export const Wrong = createContext('');

export const fieldId = (path: string): string => `field-${path.replace(/[^a-z0-9_]+/gi, '-')}`;

/** Moves on to the field at fault, and opens what it is folded away in. False: there is none on the page. */
export function showField(path: string): boolean {
  const field = document.getElementById(fieldId(path));
  for (let around = field?.closest('details'); around; around = around.parentElement?.closest('details')) around.open = true;
  field?.focus();
  return field !== null;
}

interface Place {
  path: string;
  label: string;
  about?: string | undefined;
}

/** What stands below a field, and what the field is told of it. */
export function useNote({ path, about }: { path: string; about?: string | undefined }): { isWrong: boolean; described: string | undefined; note: JSX.Element | null } {
  const isWrong = useContext(Wrong) === path;
  const id = `${fieldId(path)}-about`;
  return {
    isWrong,
    described: about || isWrong ? id : undefined,
    note: about || isWrong ? (
      <p id={id} class={isWrong ? 'part-wrong' : 'part-about'}>{[isWrong ? t('admin.plan_field_wrong') : '', about ?? ''].filter(Boolean).join(' ')}</p>
    ) : null,
  };
}

/** A whole number, or nothing at all. */
export function NumberField({ path, label, about, value, min = 0, max, step = 1, isNeeded, change }: Place & {
  value: number | undefined; min?: number; max?: number; step?: number; isNeeded?: boolean; change: (value: number | undefined) => void;
}): JSX.Element {
  const { isWrong, described, note } = useNote({ path, about });
  return (
    <div class="part">
      <label class="part-name" for={fieldId(path)}>{label}</label>
      <input id={fieldId(path)} class="field plan-number" type="number" inputMode={step === 1 ? 'numeric' : 'decimal'} min={min} max={max} step={step} required={isNeeded}
        value={value ?? ''} aria-invalid={isWrong} aria-describedby={described}
        onInput={({ currentTarget: { value: typed } }) => change(typed === '' || Number.isNaN(Number(typed)) ? undefined : Number(typed))} />
      {note}
    </div>
  );
}

export function TextField({ path, label, about, value, max, isNeeded, isFixed, change }: Place & {
  value: string; max: number; isNeeded?: boolean; isFixed?: boolean; change: (value: string) => void;
}): JSX.Element {
  const { isWrong, described, note } = useNote({ path, about });
  return (
    <div class="part">
      <label class="part-name" for={fieldId(path)}>{label}</label>
      <input id={fieldId(path)} class="field" type="text" autocomplete="off" maxLength={max} required={isNeeded} readOnly={isFixed} value={value}
        aria-invalid={isWrong} aria-describedby={described} onInput={(event) => change(event.currentTarget.value)} />
      {note}
    </div>
  );
}

/** A day of the calendar as "2026-12-24", or "". */
export function DayField({ path, label, about, value, change }: Place & { value: string; change: (value: string) => void }): JSX.Element {
  const { isWrong, described, note } = useNote({ path, about });
  return (
    <div class="part">
      <label class="part-name" for={fieldId(path)}>{label}</label>
      <input id={fieldId(path)} class="field plan-when" type="date" value={value} aria-invalid={isWrong} aria-describedby={described}
        onInput={(event) => change(event.currentTarget.value)} />
      {note}
    </div>
  );
}

export function ChoiceField<T extends string>({ path, label, about, value, all, word, change }: Place & {
  value: T; all: readonly T[]; word: (one: T) => string; change: (one: T) => void;
}): JSX.Element {
  const { isWrong, described, note } = useNote({ path, about });
  return (
    <div class="part">
      <label class="part-name" for={fieldId(path)}>{label}</label>
      <select id={fieldId(path)} class="field" value={value} aria-invalid={isWrong} aria-describedby={described}
        onChange={(event) => change(event.currentTarget.value as T)}>
        {all.map((one) => <option key={one} value={one}>{word(one)}</option>)}
      </select>
      {note}
    </div>
  );
}

export function CheckField({ path, label, about, value, change }: Place & { value: boolean; change: (value: boolean) => void }): JSX.Element {
  const { isWrong, described, note } = useNote({ path, about });
  return (
    <div class="part">
      <label class="check">
        <input id={fieldId(path)} type="checkbox" checked={value} aria-invalid={isWrong} aria-describedby={described} onChange={() => change(!value)} />
        {label}
      </label>
      {note}
    </div>
  );
}

/** Several fields that belong together; what is wrong with them as a whole stands above them. */
export function Group({ path, label, about, children }: Place & { children: ComponentChildren }): JSX.Element {
  const { isWrong, described, note } = useNote({ path, about });
  return (
    <fieldset id={fieldId(path)} class={isWrong ? 'part field-group field-group-wrong' : 'part field-group'} tabIndex={isWrong ? -1 : undefined} aria-describedby={described}>
      <legend class="part-name">{label}</legend>
      {note}
      {children}
    </fieldset>
  );
}

/** Fields that few owners need: folded away, with what they say now beside their name. */
export function Folded({ label, says, isOpen, children }: { label: string; says: string; isOpen?: boolean; children: ComponentChildren }): JSX.Element {
  return (
    <details class="behind fold" open={isOpen}>
      <summary><span class="fold-name">{label}</span><span class="fold-says">{says}</span></summary>
      <div class="fold-fields">{children}</div>
    </details>
  );
}
