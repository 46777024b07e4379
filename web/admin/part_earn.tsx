/** What is earned beyond the plain rule: factors of weekdays, hours, levels and campaigns, bonuses, and how much is too much. */

import type { JSX } from 'preact';
import { t } from '../lib/lang';
import { ChoiceField, DayField, fieldId, Folded, Group, NumberField } from './fields';
import { bonusSays, type Cap, capped, capsSays, dateOf, dayOf, type Earn, earnSays, type Factor, factorSays, listOf, partOf, type Step, WEEKDAYS, withPart, type Write } from './plan_part_types';
import type { PlanFile } from './plan_types';

const FACTORS_MAX = 16;
const PERCENT = 100;

function Weekdays({ at, factor, change }: { at: string; factor: Factor; change: (factor: Factor) => void }): JSX.Element {
  const chosen = factor.weekdays ?? [];
  return (
    <div id={fieldId(`${at}.weekdays`)} class="days" role="group" aria-label={t('admin.days')} tabIndex={-1}>
      {WEEKDAYS.map((day, i) => (
        <label key={day} class="day-chip">
          <input type="checkbox" checked={chosen.includes(day)}
            onChange={() => change({ ...factor, weekdays: chosen.includes(day) ? chosen.filter((one) => one !== day) : [...chosen, day] })} />
          {t(`admin.day_${i}`)}
        </label>
      ))}
    </div>
  );
}

function FactorFields({ at, factor, tiers, change, remove }: { at: number; factor: Factor; tiers: readonly Step[]; change: (factor: Factor) => void; remove: () => void }): JSX.Element {
  const path = `earn.factors.${at}`;
  const write = (some: Factor): void => change({ ...factor, ...some });
  return (
    <Group path={path} label={t('admin.factor_n', { n: at + 1, says: factorSays(factor, tiers) })}>
      <NumberField path={`${path}.percent`} label={t('admin.factor_times')} value={factor.percent === undefined ? undefined : factor.percent / PERCENT} min={1.01} max={10} step={0.01} isNeeded
        change={(times) => write({ percent: times === undefined ? undefined : Math.round(times * PERCENT) })} />
      <Weekdays at={path} factor={factor} change={change} />
      <div class="pair">
        <NumberField path={`${path}.from_hour`} label={t('admin.factor_from_hour')} value={factor.from_hour} max={23} change={(from_hour) => write({ from_hour })} />
        <NumberField path={`${path}.until_hour`} label={t('admin.factor_until_hour')} about={t('admin.factor_hour_about')} value={factor.until_hour} max={24} change={(until_hour) => write({ until_hour })} />
      </div>
      <div class="pair">
        <DayField path={`${path}.from`} label={t('admin.when_from')} value={dayOf(factor.from)} change={(day) => write({ from: dateOf(day) })} />
        <DayField path={`${path}.until`} label={t('admin.when_until')} value={dayOf(factor.until)} change={(day) => write({ until: dateOf(day) })} />
      </div>
      {tiers.length > 0 && (
        <ChoiceField path={`${path}.tier`} label={t('admin.when_tier')} value={String(factor.tier ?? 0)} all={['0', ...tiers.map((_, i) => String(i + 1))]}
          word={(one) => tiers[Number(one) - 1]?.name ?? t('admin.when_tier_any')} change={(one) => write({ tier: Number(one) || undefined })} />
      )}
      <div><button type="button" class="button-quiet" onClick={remove}>{t('admin.factor_remove', { n: at + 1 })}</button></div>
    </Group>
  );
}

export function EarnPart({ rules, write }: { rules: PlanFile; write: Write }): JSX.Element {
  const earn = partOf(rules, 'earn'), tier = partOf(rules, 'tier');
  const factors = listOf(earn.factors), tiers = listOf(tier.steps);
  const put = (some: Earn): void => write(withPart(rules, 'earn', some));
  return (
    <Folded label={t('admin.part_factors')} says={earnSays({ earn, tier })}>
      <p class="part-about">{t('admin.factor_about')}</p>
      {factors.map((factor, i) => (
        <FactorFields key={i} at={i} factor={factor} tiers={tiers} change={(one) => put({ factors: factors.map((other, at) => (at === i ? one : other)) })}
          remove={() => put({ factors: factors.filter((_, at) => at !== i) })} />
      ))}
      {factors.length < FACTORS_MAX && (
        <div><button id={fieldId('earn.factors')} type="button" class="button-quiet" onClick={() => put({ factors: [...factors, { percent: 200, weekdays: ['tue'] }] })}>{t('admin.factor_add')}</button></div>
      )}
      {factors.length > 1 && (
        <ChoiceField path="earn.combine" label={t('admin.combine')} value={earn.combine ?? 'highest'} all={['highest', 'multiply'] as const} word={(one) => t(`admin.combine_${one}`)}
          change={(one) => put({ combine: one === 'multiply' ? one : undefined })} />
      )}
      {factors.length > 0 && (
        <NumberField path="earn.max_percent" label={t('admin.factor_most')} about={t('admin.part_no_limit')} value={earn.max_percent === undefined ? undefined : earn.max_percent / PERCENT} min={1.01} max={10} step={0.01}
          change={(times) => put({ max_percent: times === undefined ? undefined : Math.round(times * PERCENT) })} />
      )}
      {rules.unit === 'stamp'
        ? <NumberField path="earn.visit_stamps" label={t('admin.visit_stamps')} about={t('admin.visit_stamps_about')} value={earn.visit_stamps} min={1} change={(visit_stamps) => put({ visit_stamps })} />
        : <NumberField path="earn.tax_percent" label={t('admin.tax_percent')} about={t('admin.tax_about')} value={earn.tax_percent} min={1} max={100} change={(tax_percent) => put({ tax_percent })} />}
    </Folded>
  );
}

export function BonusPart({ rules, write }: { rules: PlanFile; write: Write }): JSX.Element {
  const earn = partOf(rules, 'earn');
  const put = (some: Earn): void => write(withPart(rules, 'earn', some));
  return (
    <Folded label={t('admin.part_bonus')} says={bonusSays(earn, rules.unit)}>
      <Group path="earn.join" label={t('admin.bonus_join')}>
        <div class="pair">
          <NumberField path="earn.join.units" label={t(`admin.bonus_join_${rules.unit}`)} about={t('admin.bonus_once')} value={earn.join?.units} min={1}
            change={(units) => put({ join: units === undefined ? undefined : { ...earn.join, units } })} />
          <ChoiceField path="earn.join.when" label={t('admin.bonus_when')} value={earn.join?.when ?? 'issue'} all={['issue', 'visit'] as const} word={(one) => t(`admin.bonus_when_${one}`)}
            change={(when) => put({ join: { ...earn.join, when } })} />
        </div>
      </Group>
      <Group path="earn.birthday" label={t('admin.bonus_birthday')}>
        <NumberField path="earn.birthday.units" label={t(`admin.bonus_birthday_${rules.unit}`)} about={t('admin.bonus_yearly')} value={earn.birthday?.units} min={1}
          change={(units) => put({ birthday: { units } })} />
      </Group>
    </Folded>
  );
}

/** Against mistakes and against staff who stamp their own: how much there is in a day. */
export function CapsPart({ rules, write }: { rules: PlanFile; write: Write }): JSX.Element {
  const earn = partOf(rules, 'earn');
  const put = (some: Earn): void => write(withPart(rules, 'earn', some));
  const cap = (who: (typeof capped)[number], some: Cap): void => put({ caps: { ...earn.caps, [who]: { ...earn.caps?.[who], ...some } } });
  const shop = (some: Earn['at_shop']): void => put({ at_shop: { ...earn.at_shop, ...some } });
  return (
    <Folded label={t('admin.part_caps')} says={capsSays(earn)}>
      <p class="part-about">{t('admin.caps_about')}</p>
      {capped.map((who) => (
        <Group key={who} path={`earn.caps.${who}`} label={t(`admin.cap_${who}`)}>
          <div class="pair">
            <NumberField path={`earn.caps.${who}.grants`} label={t('admin.cap_grants')} value={earn.caps?.[who]?.grants} change={(n) => cap(who, { grants: n || undefined })} />
            <NumberField path={`earn.caps.${who}.units`} label={t(`admin.cap_units_${rules.unit}`)} value={earn.caps?.[who]?.units} change={(n) => cap(who, { units: n || undefined })} />
          </div>
        </Group>
      ))}
      <Group path="earn.at_shop" label={t('admin.cap_shop')}>
        <div class="pair">
          <NumberField path="earn.at_shop.cool_down_min" label={t('admin.plan_rule_cool_down_min')} value={earn.at_shop?.cool_down_min} change={(n) => shop({ cool_down_min: n || undefined })} />
          <NumberField path="earn.at_shop.per_day_max" label={t('admin.plan_rule_per_day_max')} value={earn.at_shop?.per_day_max} change={(n) => shop({ per_day_max: n || undefined })} />
        </div>
      </Group>
    </Folded>
  );
}
