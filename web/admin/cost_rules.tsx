/** The owner's rules for messages: what was changed is sent, and what is wrong is said at its field. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';
import { t } from '../lib/lang';
import type { MessagesAnswer, Rules } from './cost_types';

type NumberRule = 'budget' | 'reserve' | 'weekly_cap' | 'lapse_days' | 'dormant_days' | 'price_milli';

/** The server's own ranges; `milli`: shown in whole units, kept in thousandths. */
const NUMBERS: readonly { rule: NumberRule; max: number; milli?: true; hint?: string }[] = [
  { rule: 'budget', max: 10_000_000 },
  { rule: 'reserve', max: 100, hint: 'admin.rule_reserve_text' },
  { rule: 'weekly_cap', max: 100, hint: 'admin.rule_no_limit' },
  { rule: 'lapse_days', max: 60, hint: 'admin.rule_never' },
  { rule: 'dormant_days', max: 730, hint: 'admin.rule_never' },
  { rule: 'price_milli', max: 1_000, milli: true },
];
const SWITCHES = ['tells_birthdays', 'pushes_receipts'] as const;
const HOURS = ['quiet_from_min', 'quiet_until_min'] as const;

/** What stands in the fields, as it was typed. */
type Draft = Record<string, string | boolean>;

const clock = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

function draftOf(rules: Rules): Draft {
  const draft: Draft = { as_line: rules.as_line };
  for (const { rule, milli } of NUMBERS) draft[rule] = rules[rule] === null ? '' : String(milli ? Number(rules[rule]) / 1000 : rules[rule]);
  for (const rule of SWITCHES) draft[rule] = rules[rule];
  for (const rule of HOURS) draft[rule] = clock(rules[rule]);
  return draft;
}

/** A whole number of the server's units; null when what was typed is none in range. */
function parse(text: string, max: number, milli: boolean): number | null {
  if (!(milli ? /^\d+([.]\d{1,3})?$/ : /^\d+$/).test(text.trim())) return null;
  const value = Number(text);
  return value > max ? null : Math.round(milli ? value * 1000 : value);
}

function minutes(text: string): number | null {
  const [, hour, minute] = /^(\d\d):(\d\d)$/.exec(text) ?? [];
  return hour === undefined ? null : Number(hour) * 60 + Number(minute);
}

/** What is to be sent, and which fields cannot be. */
export function changes(draft: Draft, rules: Rules): { body: Record<string, number | boolean>; wrong: string[] } {
  const body: Record<string, number | boolean> = {};
  const wrong: string[] = [];
  const before = draftOf(rules);
  if (draft['as_line'] === true && !rules.as_line) body['as_line'] = true;
  for (const { rule, max, milli } of NUMBERS) {
    if (rule === 'budget' && draft['as_line'] === true) continue;
    if (draft[rule] === before[rule] && !(rule === 'budget' && rules.as_line)) continue;
    const value = parse(String(draft[rule]), max, milli === true);
    if (value === null) wrong.push(rule);
    else body[rule] = value;
  }
  for (const rule of HOURS) {
    if (draft[rule] === before[rule]) continue;
    const value = minutes(String(draft[rule]));
    if (value === null) wrong.push(rule);
    else body[rule] = value;
  }
  for (const rule of SWITCHES) if (draft[rule] !== before[rule]) body[rule] = draft[rule] === true;
  return { body, wrong };
}

export function RulesForm({ rules, changed, signedOut }: {
  rules: Rules; changed: (answer: MessagesAnswer) => void; signedOut: () => void;
}): JSX.Element {
  const [draft, setDraft] = useState<Draft>(() => draftOf(rules));
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const [news, setNews] = useState<{ text: string; isBad: boolean } | null>(null);
  const [isBusy, setBusy] = useState(false);

  const put = (rule: string, value: string | boolean): void => {
    setDraft((last) => ({ ...last, [rule]: value }));
    setWrong((last) => last.filter((one) => one !== rule));
    setNews(null);
  };
  const refuse = (fields: readonly string[]): void => {
    setWrong(fields);
    setNews({ text: t('admin.rules_wrong'), isBad: true });
    document.getElementById(`rule-${fields[0]}`)?.focus();
  };
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wanted = changes(draft, rules);
    if (wanted.wrong.length > 0) return refuse(wanted.wrong);
    if (Object.keys(wanted.body).length === 0) return setNews({ text: t('admin.rules_saved'), isBad: false });
    setBusy(true);
    try {
      const answer = await api.post<MessagesAnswer>('/api/admin/messages/policy', wanted.body);
      changed(answer);
      setDraft(draftOf(answer.policy));
      setNews({ text: t('admin.rules_saved'), isBad: false });
    } catch (reason) {
      if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) return signedOut();
      if (reason instanceof ApiError && typeof reason.facts['field'] === 'string') refuse([reason.facts['field']]);
      else setNews({ text: t('admin.not_done'), isBad: true });
    } finally {
      setBusy(false);
    }
  };

  const numberField = ({ rule, max, hint }: (typeof NUMBERS)[number]): JSX.Element => {
    const isWrong = wrong.includes(rule);
    const isOff = rule === 'budget' && draft['as_line'] === true;
    return (
      <div class="part" key={rule}>
        <label class="part-name" for={`rule-${rule}`}>{t(`admin.rule_${rule}`)}</label>
        <input id={`rule-${rule}`} class="field rule-number" inputMode="decimal" autocomplete="off" disabled={isOff} value={String(draft[rule])}
          aria-invalid={isWrong} aria-describedby={`rule-${rule}-about`} onInput={(event) => put(rule, event.currentTarget.value)} />
        <p id={`rule-${rule}-about`} class={isWrong ? 'part-wrong' : 'part-about'}>
          {isWrong ? t('admin.rule_range', { from: 0, until: max }) : hint && t(hint)}
        </p>
      </div>
    );
  };
  const tick = (rule: string): JSX.Element => (
    <label class="rule-tick" key={rule}>
      <input type="checkbox" id={`rule-${rule}`} checked={draft[rule] === true} onChange={(event) => put(rule, event.currentTarget.checked)} />
      {t(`admin.rule_${rule}`)}
    </label>
  );

  return (
    <section class="panel" aria-labelledby="rules-title">
      <h2 id="rules-title" class="panel-title">{t('admin.cost_rules')}</h2>
      <form class="rules" noValidate onSubmit={(event) => void save(event)}>
        {tick('as_line')}
        {NUMBERS.slice(0, 2).map(numberField)}
        <fieldset class="rule-hours">
          <legend class="part-name">{t('admin.rule_quiet')}</legend>
          {HOURS.map((rule) => (
            <label key={rule}>
              {t(`admin.rule_${rule}`)}
              <input type="time" id={`rule-${rule}`} class="field" value={String(draft[rule])} aria-invalid={wrong.includes(rule)}
                aria-describedby="rule-quiet-about" onInput={(event) => put(rule, event.currentTarget.value)} />
            </label>
          ))}
          <p id="rule-quiet-about" class="part-about">{t('admin.rule_quiet_text')}</p>
        </fieldset>
        {NUMBERS.slice(2).map(numberField)}
        {SWITCHES.map(tick)}
        <button type="submit" class="button" disabled={isBusy}>{t('admin.save')}</button>
        <p class={news?.isBad ? 'news news-bad' : 'news'} role="status">{news?.text}</p>
      </form>
    </section>
  );
}
