/** Days and times that come again every week: of one rule, and those when people of the shop answer. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';
import { t } from '../lib/lang';
import { clockOf, DAILY, minutesOf, type Span, SPANS_MAX, spanText } from './keyword_types';

/** `name` tells one span's fields from another's. */
export function SpanFields({ name, span, change }: { name: string; span: Span; change: (span: Span) => void }): JSX.Element {
  const isAllDay = span.from_min === span.until_min;
  return (
    <div class="span">
      <fieldset class="days">
        <legend class="sr">{t('admin.days')}</legend>
        {[0, 1, 2, 3, 4, 5, 6].map((day) => (
          <label key={day} class="day-chip">
            <input type="checkbox" checked={(span.days >> day & 1) === 1} onChange={() => change({ ...span, days: span.days ^ 1 << day })} />
            {t(`admin.day_${day}`)}
          </label>
        ))}
      </fieldset>
      <label class="check">
        <input type="checkbox" checked={isAllDay}
          onChange={() => change(isAllDay ? { ...span, from_min: 600, until_min: 1140 } : { ...span, from_min: 0, until_min: 0 })} />
        {t('admin.all_day')}
      </label>
      {!isAllDay && (
        <div class="times">
          <label class="sr" for={`${name}-from`}>{t('admin.from')}</label>
          <input id={`${name}-from`} class="field" type="time" value={clockOf(span.from_min)}
            onChange={(event) => change({ ...span, from_min: minutesOf(event.currentTarget.value) })} />
          <span aria-hidden="true">–</span>
          <label class="sr" for={`${name}-until`}>{t('admin.until')}</label>
          <input id={`${name}-until`} class="field" type="time" value={clockOf(span.until_min)}
            onChange={(event) => change({ ...span, until_min: minutesOf(event.currentTarget.value) })} />
        </div>
      )}
    </div>
  );
}

export function StaffHours({ staff, isStaffed, saved, signedOut }: {
  staff: readonly Span[]; isStaffed: boolean; saved: () => void; signedOut: () => void;
}): JSX.Element {
  const [draft, setDraft] = useState<readonly Span[] | null>(null);
  const [news, setNews] = useState<'hours_saved' | 'not_done' | 'offline' | ''>('');
  const shown = draft ?? staff;
  const write = (spans: readonly Span[]): void => {
    setNews('');
    setDraft(spans);
  };
  const save = async (): Promise<void> => {
    try {
      await api.post('/api/admin/keywords/hours', { staff: shown.map(({ days, from_min, until_min }) => ({ days, from_min, until_min })) });
      setNews('hours_saved');
      setDraft(null);
      saved();
    } catch (reason) {
      if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) return signedOut();
      setNews(reason instanceof ApiError && !reason.isOffline ? 'not_done' : 'offline');
    }
  };
  return (
    <section class="panel" aria-labelledby="staff-title">
      <h2 id="staff-title" class="panel-title">{t('admin.staff_title')}</h2>
      <p class="panel-text">{t('admin.staff_text')}</p>
      <p class="staff-now">{t(isStaffed ? 'admin.staff_now' : 'admin.bot_now')}</p>
      {shown.length === 0 && <p class="panel-none">{t('admin.staff_none')}</p>}
      {shown.map((span, i) => (
        <div key={i} class="staff-row" role="group" aria-label={spanText(span)}>
          <SpanFields name={`staff-${i}`} span={span} change={(one) => write(shown.map((other, at) => (at === i ? one : other)))} />
          <button type="button" class="button-quiet" onClick={() => write(shown.filter((_, at) => at !== i))}>{t('admin.take_away')}</button>
        </div>
      ))}
      <div class="deed-row">
        {draft && <button type="button" class="button" disabled={shown.some((span) => span.days === 0)} onClick={() => void save()}>{t('admin.save')}</button>}
        {shown.length < SPANS_MAX && (
          <button type="button" class="button-quiet" onClick={() => write([...shown, { days: shown.length ? DAILY : 0x1f, from_min: 600, until_min: 1140 }])}>
            {t('admin.hours_add')}
          </button>
        )}
      </div>
      <p class={news === '' || news === 'hours_saved' ? 'news' : 'news news-bad'} role="status">{news && t(`admin.${news}`)}</p>
    </section>
  );
}
