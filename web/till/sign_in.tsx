/** From an unknown browser to a person at a till: the enrolment code, then who, then the PIN. */

import type { JSX } from 'preact';
import { t, time } from '../lib/lang';
import { Icon } from './icons';
import type { Till } from './model';
import { BackButton, Pad } from './parts';
import type { Failure } from './queue';
import type { At } from './screens';

/** Typed digits as boxes; a PIN as dots. */
function Boxes({ digits, length, isSecret }: { digits: string; length: number; isSecret: boolean }): JSX.Element {
  return (
    <p class={isSecret ? 'boxes boxes-secret' : 'boxes'} role="status" aria-label={t('till.typed', { n: digits.length, of: length })}>
      {Array.from({ length }, (_, i) => (
        <span key={i} class={i < digits.length ? 'box box-full' : i === digits.length ? 'box box-next' : 'box'} aria-hidden="true">
          {isSecret ? (i < digits.length ? '●' : '') : (digits[i] ?? '')}
        </span>
      ))}
    </p>
  );
}

/** Words for what went wrong here; anything else has words of its own in the problem screen's list. */
function failureText({ status, word, facts }: Failure): string {
  const left = Number(facts['left'] ?? NaN);
  if (status === 0 || status >= 500) return t('till.failed_offline');
  if (status === 429) return t('till.failed_slow');
  if (word === 'enrol_code_wrong') return t('till.enrol_code_wrong');
  if (word === 'pin_wrong') return Number.isNaN(left) ? t('till.pin_wrong') : t('till.pin_wrong_left', { left });
  if (word === 'pin_locked') return t('till.pin_locked', { time: time(Number(facts['until'] ?? Date.now())) });
  return t('till.failed', { word });
}

const Failed = ({ failure }: { failure: Failure | null }): JSX.Element | null =>
  failure && <p class="note note-alarm" role="alert"><Icon name="alert" />{failureText(failure)}</p>;

export function Enrol({ till, screen }: { till: Till; screen: At<'enrol'> }): JSX.Element {
  return (
    <section class="sheet sheet-split">
      <div class="sheet-text">
        <p class="eyebrow">{t('till.enrol_step')}</p>
        <h1 class="headline">{t('till.enrol_title')}</h1>
        <p class="lead">{t('till.enrol_text')}</p>
        <Boxes digits={screen.digits} length={8} isSecret={false} />
        <Failed failure={screen.failure} />
      </div>
      <Pad onKey={(key) => till.type(key)} enter={t('till.enrol_go')} canEnter={screen.digits.length === 8 && !till.state.isBusy} />
    </section>
  );
}

export function People({ till, screen }: { till: Till; screen: At<'people'> }): JSX.Element {
  const { info } = till.state;
  const people = info.state === 'new' ? [] : info.people;
  const locked = (info.state !== 'new' && info.locked) || [];
  return (
    <section class="sheet">
      <h1 class="headline">{t('till.who')}</h1>
      {screen.note && <p class="note note-warn" role="status"><Icon name="lock" />{t(`till.${screen.note}`)}</p>}
      {people.length === 0 && <p class="lead">{t('till.nobody')}</p>}
      <ul class="people">
        {people.map((person) => (
          <li key={person.id}>
            <button type="button" class="person" onClick={() => till.choose(person)}>
              <span class="person-mark" aria-hidden="true">{Array.from(person.name.replace(/^(?:Staff|スタッフ|店員|พนักงาน)\s*/, '') || person.name)[0]}</span>
              <span class="person-name">{person.name}</span>
              {locked.includes(person.id) && <span class="person-locked"><Icon name="lock" />{t('till.person_locked')}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Pin({ till, screen }: { till: Till; screen: At<'pin'> }): JSX.Element {
  return (
    <section class="sheet sheet-split">
      <div class="sheet-text">
        <p class="eyebrow">{screen.staff.name}</p>
        <h1 class="headline">{t('till.pin_title')}</h1>
        {screen.note && <p class="note note-warn" role="status"><Icon name="lock" />{t(`till.${screen.note}`)}</p>}
        <Boxes digits={screen.digits} length={6} isSecret />
        <Failed failure={screen.failure} />
        <p><BackButton label={t('till.other_person')} onClick={() => till.back()} /></p>
      </div>
      <Pad onKey={(key) => till.type(key)} enter={t('till.pin_go')} canEnter={screen.digits.length >= 4 && !till.state.isBusy} />
    </section>
  );
}
