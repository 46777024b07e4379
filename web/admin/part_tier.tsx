/** Levels of membership: what counts, how long a level is kept, and where each begins. */

import type { JSX } from 'preact';
import { t } from '../lib/lang';
import { ChoiceField, fieldId, Folded, Group, NumberField, TextField } from './fields';
import { listOf, looks, partOf, type Step, type Tier, tierBys, tierSays, withPart, type Write } from './plan_part_types';
import type { PlanFile } from './plan_types';

const STEPS_MAX = 6;
const NAME_MAX = 24;

function StepFields({ at, step, hasGoal, change, remove }: { at: number; step: Step; hasGoal: boolean; change: (step: Step) => void; remove: () => void }): JSX.Element {
  const path = `tier.steps.${at}`;
  return (
    <Group path={path} label={t('admin.tier_n', { n: at + 1 })}>
      <TextField path={`${path}.name`} label={t('admin.tier_name')} value={step.name ?? ''} max={NAME_MAX} isNeeded change={(name) => change({ ...step, name })} />
      <div class="pair">
        <NumberField path={`${path}.from`} label={t('admin.tier_from')} value={step.from} min={1} isNeeded change={(from) => change({ ...step, from })} />
        {hasGoal && <NumberField path={`${path}.goal`} label={t('admin.tier_goal')} about={t('admin.tier_goal_about')} value={step.goal} min={1} change={(goal) => change({ ...step, goal })} />}
      </div>
      <ChoiceField path={`${path}.menu`} label={t('admin.tier_menu')} about={t('admin.tier_menu_about')} value={step.menu ?? ''} all={['', ...looks] as const}
        word={(one) => t(`admin.look_${one || 'usual'}`)} change={(one) => change({ ...step, menu: one || undefined })} />
      <div><button type="button" class="button-quiet" onClick={remove}>{t('admin.tier_remove', { n: at + 1 })}</button></div>
    </Group>
  );
}

/** How long what counts is looked back at, and how long a level is kept: both or neither. */
function Times({ tier, put }: { tier: Tier; put: (some: Tier) => void }): JSX.Element {
  return (
    <>
      <div class="pair">
        <NumberField path="tier.months" label={t('admin.tier_months')} about={t('admin.tier_months_about')} value={tier.months || undefined}
          change={(months) => put(months ? { months, keep_months: tier.keep_months || months } : { months: undefined, keep_months: undefined, grace_days: undefined })} />
        {!!tier.months && <NumberField path="tier.keep_months" label={t('admin.tier_keep')} value={tier.keep_months} min={1} isNeeded change={(keep_months) => put({ keep_months })} />}
      </div>
      {!!tier.months && (
        <div class="pair">
          <NumberField path="tier.grace_days" label={t('admin.tier_grace')} value={tier.grace_days || undefined} change={(n) => put({ grace_days: n || undefined })} />
          <ChoiceField path="tier.falls" label={t('admin.tier_falls')} value={tier.falls ?? 'all'} all={['all', 'one'] as const} word={(one) => t(one === 'one' ? 'admin.tier_falls_step' : 'admin.tier_falls_all')} change={(falls) => put({ falls })} />
        </div>
      )}
    </>
  );
}

export function TierPart({ rules, write }: { rules: PlanFile; write: Write }): JSX.Element {
  const tier = partOf(rules, 'tier');
  const steps = listOf(tier.steps);
  const put = (some: Tier): void => write(withPart(rules, 'tier', some));
  const set = (next: Step[]): void => (next.length > 0 ? put({ by: tier.by ?? 'visits', steps: next }) : write({ tier: undefined }));
  const last = steps[steps.length - 1]?.from ?? 0;
  return (
    <Folded label={t('admin.plan_part_tier')} says={tierSays(tier)}>
      <p class="part-about">{t('admin.tier_about')}</p>
      {steps.length > 0 && (
        <>
          <ChoiceField path="tier.by" label={t('admin.tier_by')} value={tier.by ?? 'visits'} all={tierBys} word={(one) => t(`admin.tier_by_${one}`)} change={(by) => put({ by })} />
          <Times tier={tier} put={put} />
          <TextField path="tier.name" label={t('admin.tier_lowest')} about={t('admin.tier_lowest_about')} value={tier.name ?? ''} max={NAME_MAX} change={(name) => put({ name })} />
        </>
      )}
      <Group path="tier.steps" label={t('admin.tier_steps')} about={t('admin.tier_steps_about')}>
        {steps.map((step, i) => (
          <StepFields key={i} at={i} step={step} hasGoal={rules.goal > 0} change={(one) => set(steps.map((other, at) => (at === i ? one : other)))} remove={() => set(steps.filter((_, at) => at !== i))} />
        ))}
        {steps.length < STEPS_MAX && <div><button id={fieldId('tier.add')} type="button" class="button-quiet" onClick={() => set([...steps, { name: '', from: last > 0 ? last * 2 : 10 }])}>{t('admin.tier_add')}</button></div>}
      </Group>
    </Folded>
  );
}
