/** A draft of a plan: the rules in fields, all of them as the plan file for whoever knows it, and what comes after. */

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';
import { t } from '../lib/lang';
import { showField, Wrong } from './fields';
import { RoundingField } from './part_plain';
import { PlanParts } from './plan_parts';
import { PlanPublish } from './plan_publish';
import type { Draft, Plan, PlanFile, Reward } from './plan_types';
import { whyOf } from './plans';

const REWARDS_MAX = 8;

type NumberRule = 'goal' | 'cool_down_min' | 'per_day_max' | 'yen_per_point';
type Write = (some: Partial<PlanFile>) => void;

const whole = (text: string): number => Math.trunc(Number(text)) || 0;

/** Where the fault is said: a field of the server's may be "rewards.1.title" or "expiry.days". */
const isAt = (field: string, rule: string): boolean => field === rule || field.startsWith(`${rule}.`);

function NumberField({ rule, rules, max, wrong, write }: { rule: NumberRule; rules: PlanFile; max: number; wrong: string; write: Write }): JSX.Element {
  const isWrong = isAt(wrong, rule);
  return (
    <div class="part">
      <label class="part-name" for={`plan-${rule}`}>{t(`admin.plan_rule_${rule}`)}</label>
      <input id={`plan-${rule}`} class="field plan-number" type="number" min={0} max={max} step={1} value={rules[rule]} aria-invalid={isWrong}
        aria-describedby={`plan-${rule}-about`} onInput={(event) => write({ [rule]: whole(event.currentTarget.value) })} />
      <p id={`plan-${rule}-about`} class={isWrong ? 'part-wrong' : 'part-about'}>{t(isWrong ? 'admin.plan_field_wrong' : `admin.plan_about_${rule}`)}</p>
    </div>
  );
}

function Rewards({ rules, wrong, write }: { rules: PlanFile; wrong: string; write: Write }): JSX.Element {
  const isWrong = isAt(wrong, 'rewards');
  const set = (rewards: Reward[]): void => write({ rewards });
  const put = (i: number, some: Partial<Reward>): void => set(rules.rewards.map((one, at) => (at === i ? { ...one, ...some } : one)));
  return (
    <fieldset class="part" aria-describedby="plan-rewards-about">
      <legend class="part-name">{t('admin.plan_rewards')}</legend>
      <p id="plan-rewards-about" tabIndex={-1} class={isWrong ? 'part-wrong' : 'part-about'}>{t(isWrong ? 'admin.plan_rewards_wrong' : 'admin.plan_rewards_about')}</p>
      {rules.rewards.map((reward, i) => (
        <div key={i} class="plan-reward" role="group" aria-label={t('admin.plan_reward', { n: i + 1 })}>
          <label>{t('admin.plan_reward_at', { n: i + 1 })}
            <input class="field plan-number" type="number" min={1} step={1} value={reward.at} onInput={(event) => put(i, { at: whole(event.currentTarget.value) })} />
          </label>
          <label>{t('admin.plan_reward_title', { n: i + 1 })}
            <input class="field" type="text" autocomplete="off" maxLength={64} value={reward.title} onInput={(event) => put(i, { title: event.currentTarget.value })} />
          </label>
          <label>{t('admin.plan_reward_valid_days', { n: i + 1 })}
            <input class="field plan-number" type="number" min={1} max={3660} step={1} value={reward.valid_days} onInput={(event) => put(i, { valid_days: whole(event.currentTarget.value) })} />
          </label>
          <button type="button" class="button-quiet" onClick={() => set(rules.rewards.filter((_, at) => at !== i))}>{t('admin.take_away')}</button>
        </div>
      ))}
      {rules.rewards.length < REWARDS_MAX && (
        <div><button type="button" class="button-quiet" onClick={() => set([...rules.rewards, { at: rules.goal, title: '', valid_days: 90 }])}>{t('admin.plan_reward_add')}</button></div>
      )}
    </fieldset>
  );
}

function Whole({ text, wrong, fault, write }: { text: string; wrong: string; fault: string; write: (text: string) => void }): JSX.Element {
  const [isOpen, setOpen] = useState(false); /* it stays so when what was wrong is put right */
  return (
    <details class="behind" open={isOpen || fault !== ''} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('admin.experts')}</summary>
      <div class="part">
        <label class="part-name" for="plan-file">{t('admin.plan_file')}</label>
        <textarea id="plan-file" class="field plan-json" rows={18} spellcheck={false} value={text} aria-invalid={fault !== ''}
          aria-describedby="plan-file-about" onInput={(event) => write(event.currentTarget.value)} />
        <p id="plan-file-about" class={fault ? 'part-wrong' : 'part-about'}>{fault ? t(fault, { field: wrong }) : t('admin.plan_file_about')}</p>
      </div>
    </details>
  );
}

const asText = (rules: PlanFile): string => JSON.stringify(rules, null, 2);

/** The text as rules that the fields above can show, or null. */
function asRules(text: string): PlanFile | null {
  try {
    const rules: unknown = JSON.parse(text);
    return typeof rules === 'object' && rules !== null && Array.isArray((rules as PlanFile).rewards) ? rules as PlanFile : null;
  } catch {
    return null;
  }
}

const FIELDS = ['goal', 'cool_down_min', 'per_day_max', 'yen_per_point'];

/** Moves on to where it is put right. False: nowhere but in the plan file. */
function showFault(field: string): boolean {
  const own = FIELDS.includes(field) ? `plan-${field}` : field === 'draft' ? 'draft-name' : isAt(field, 'rewards') ? 'plan-rewards-about' : '';
  const place = document.getElementById(own);
  place?.focus();
  if (place || showField(field)) return true;
  document.getElementById('plan-file')?.focus();
  return false;
}

export function PlanEditor({ plan, draft, changed, signedOut }: {
  plan: Plan; draft: Draft | null; changed: () => void; signedOut: () => void;
}): JSX.Element {
  const [name, setName] = useState(draft?.name ?? '');
  const [text, setText] = useState(() => asText(draft?.rules ?? plan.rules));
  const [wrong, setWrong] = useState('');
  const [isElsewhere, setElsewhere] = useState(false);
  const [refusals, setRefusals] = useState(0);
  const [news, setNews] = useState({ text: '', isBad: false });
  const [isBusy, setBusy] = useState(false);
  const [isSaved, setSaved] = useState(draft !== null);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  useEffect(() => { if (wrong) setElsewhere(!showFault(wrong)); }, [refusals]);

  const rules = asRules(text);
  const put = (next: string): void => {
    setText(next);
    setWrong('');
    setElsewhere(false);
    setNews({ text: '', isBad: false });
    setSaved(false);
  };
  const write: Write = (some) => { if (rules) put(asText({ ...rules, ...some })); };
  const refuse = (reason: unknown): void => {
    if (!(reason instanceof ApiError) || reason.isOffline) return setNews({ text: t('admin.offline'), isBad: true });
    const field = typeof reason.facts['field'] === 'string' ? reason.facts['field'] : '';
    setWrong(field || (reason.status === 400 ? 'plan' : ''));
    setNews({ text: t(reason.status === 400 ? 'admin.plan_wrong' : `admin.${whyOf(reason.word)}`), isBad: true });
    setRefusals((n) => n + 1);
  };
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      const { id } = await api.post<{ id: number }>(`/api/admin/plans/${plan.id}/drafts`, { draft: draft?.id ?? 0, name, rules: text });
      setSaved(true);
      setNews({ text: t('admin.plan_draft_saved'), isBad: false });
      changed();
      if (!draft) location.hash = `#plans/${plan.id}/${id}`;
    } catch (reason) {
      if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) return signedOut();
      refuse(reason);
    } finally {
      setBusy(false);
    }
  };

  const fault = !rules ? 'admin.plan_file_wrong' : isElsewhere ? 'admin.plan_file_field' : '';
  return (
    <>
      <section class="panel" aria-labelledby="plan-draft-title">
        <a class="back back-always" href={`#plans/${plan.id}`}>{t('admin.plan_back', { name: plan.rules.name })}</a>
        <h2 id="plan-draft-title" class="editor-title" tabIndex={-1} ref={title}>{draft ? draft.name : t('admin.plan_draft_new')}</h2>
        {draft && draft.base_version !== plan.version && <p class="part-wrong">{t('admin.draft_outdated')}</p>}
        <form class="parts rule-form" noValidate onSubmit={(event) => { event.preventDefault(); void save(); }}>
          <div class="part">
            <label class="part-name" for="draft-name">{t('admin.plan_draft_name')}</label>
            <input id="draft-name" class="field" type="text" autocomplete="off" maxLength={64} required value={name} aria-invalid={wrong === 'draft'}
              aria-describedby="draft-name-about" onInput={(event) => { setName(event.currentTarget.value); setWrong(''); setSaved(false); }} />
            <p id="draft-name-about" class={wrong === 'draft' ? 'part-wrong' : 'part-about'}>{t(wrong === 'draft' ? 'admin.plan_draft_name_wrong' : 'admin.plan_draft_name_about')}</p>
          </div>
          {rules && (
            <Wrong.Provider value={wrong}>
              <NumberField rule="goal" rules={rules} max={1_000_000} wrong={wrong} write={write} />
              <Rewards rules={rules} wrong={wrong} write={write} />
              {rules.unit === 'point' && <NumberField rule="yen_per_point" rules={rules} max={1_000_000} wrong={wrong} write={write} />}
              {rules.unit === 'point' && <RoundingField rules={rules} write={write} />}
              <NumberField rule="cool_down_min" rules={rules} max={43_200} wrong={wrong} write={write} />
              <NumberField rule="per_day_max" rules={rules} max={1_000} wrong={wrong} write={write} />
              <PlanParts plan={plan.id} rules={rules} text={text} write={write} />
            </Wrong.Provider>
          )}
          <Whole text={text} wrong={wrong} fault={fault} write={put} />
          <div class="deeds">
            <div class="deed-row"><button type="submit" class="button" disabled={isBusy || !rules}>{t('admin.plan_draft_save')}</button></div>
            <p class={news.isBad ? 'news news-bad' : 'news'} role="status">{news.text}</p>
          </div>
        </form>
      </section>
      {draft && isSaved && <PlanPublish plan={plan} draft={draft} changed={changed} signedOut={signedOut} />}
    </>
  );
}
