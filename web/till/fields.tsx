/** Pieces of forms: a field, a choice of a few, and what is wrong. */

import type { JSX } from 'preact';
import { Icon } from './icons';
import { problemText } from './problems';
import type { Failure } from './queue';

export function Field({ label, hint, ...input }: { label: string; hint?: string } & JSX.IntrinsicElements['input']): JSX.Element {
  return (
    <label class="late-field">
      <span>{label}</span>
      <input {...input} />
      {hint && <small>{hint}</small>}
    </label>
  );
}

export function Picks<T extends string | number>({ label, chosen, options, pick }: {
  label: string; chosen: T | null; options: readonly { value: T; text: string }[]; pick: (value: T) => void;
}): JSX.Element {
  return (
    <div role="group" aria-label={label} class="late-field">
      <span>{label}</span>
      <div class="choice-row">
        {options.map(({ value, text }) => (
          <button type="button" key={value} class="unit" aria-pressed={value === chosen} onClick={() => pick(value)}>{text}</button>
        ))}
      </div>
    </div>
  );
}

/** What can be put right in the form that it stands in. */
export function Failed({ failure }: { failure: Failure }): JSX.Element {
  const { title, more, next } = problemText(failure.word, failure.facts);
  return (
    <p class="note note-warn" role="alert">
      <Icon name="alert" /><span><b>{title}</b>{more && ` – ${more}`}<br />{next}</span>
    </p>
  );
}
