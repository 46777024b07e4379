/** The parts of a plan that few plans have all of: a fold of fields for each, which write the same file as an expert does. */

import type { JSX } from 'preact';
import { t } from '../lib/lang';
import { ChoiceField, Folded, Group, NumberField } from './fields';
import { BonusPart, CapsPart, EarnPart } from './part_earn';
import { ExpiryPart } from './part_expiry';
import { EventsPart, ItemsPart } from './part_lists';
import { CodePart, DayPart } from './part_plain';
import { TierPart } from './part_tier';
import { type Gift, giftSays, type Late, lateSays, partOf, type Refund, refundSays, shorts, type Spend, spendSays, withPart, type Write } from './plan_part_types';
import type { PlanFile } from './plan_types';

interface Part {
  rules: PlanFile;
  write: Write;
}

function SpendPart({ rules, write }: Part): JSX.Element {
  const spend = partOf(rules, 'spend');
  const put = (some: Spend): void => write(withPart(rules, 'spend', some));
  return (
    <Folded label={t('admin.plan_part_spend')} says={spendSays(spend)}>
      <NumberField path="spend.yen" label={t('admin.spend_yen')} about={t('admin.spend_yen_about')} value={spend.yen} min={1}
        change={(yen) => (yen === undefined ? write({ spend: undefined }) : put({ yen }))} />
      {spend.yen !== undefined && (
        <>
          <div class="pair">
            <NumberField path="spend.step" label={t('admin.spend_step')} about={t('admin.spend_step_about')} value={spend.step} min={1} change={(step) => put({ step })} />
            <NumberField path="spend.least" label={t('admin.spend_least')} value={spend.least} min={1} change={(least) => put({ least })} />
          </div>
          <div class="pair">
            <NumberField path="spend.per_day" label={t('admin.spend_per_day')} about={t('admin.part_no_limit')} value={spend.per_day} change={(n) => put({ per_day: n || undefined })} />
            <NumberField path="spend.percent" label={t('admin.spend_percent')} about={t('admin.spend_percent_about')} value={spend.percent} min={1} max={100} change={(percent) => put({ percent })} />
          </div>
        </>
      )}
    </Folded>
  );
}

function RefundPart({ rules, write }: Part): JSX.Element {
  const refund = partOf(rules, 'refund');
  const put = (some: Refund): void => write(withPart(rules, 'refund', some));
  return (
    <Folded label={t('admin.plan_part_refund')} says={refundSays(refund)}>
      <ChoiceField path="refund.short" label={t('admin.refund_short')} value={refund.short ?? 'refuse'} all={shorts} word={(one) => t(`admin.refund_short_${one}`)} change={(short) => put({ short })} />
      <div class="pair">
        <NumberField path="refund.days" label={t('admin.refund_days')} about={t('admin.refund_days_about')} value={refund.days} change={(n) => put({ days: n || undefined })} />
        <NumberField path="refund.yen" label={t('admin.refund_yen')} about={t('admin.refund_yen_about')} value={refund.yen} change={(n) => put({ yen: n || undefined })} />
      </div>
    </Folded>
  );
}

function LatePart({ rules, write }: Part): JSX.Element {
  const late = partOf(rules, 'late');
  const put = (some: Late): void => write(withPart(rules, 'late', some));
  return (
    <Folded label={t('admin.plan_part_late')} says={lateSays(late)}>
      <p class="part-about">{t('admin.late_about')}</p>
      <div class="pair">
        <NumberField path="late.days" label={t('admin.late_days')} about={t('admin.late_days_about')} value={late.days} max={92} change={(n) => (n ? put({ days: n }) : write({ late: undefined }))} />
        {!!late.days && <NumberField path="late.cashier_max" label={t(`admin.late_cashier_${rules.unit}`)} about={t('admin.late_cashier_about')} value={late.cashier_max} change={(cashier_max) => put({ cashier_max })} />}
      </div>
      {!!late.days && (
        <ChoiceField path="late.numbers" label={t('admin.late_numbers')} value={late.numbers ?? 'lasting'} all={['lasting', 'daily'] as const} word={(one) => t(`admin.late_numbers_${one}`)} change={(numbers) => put({ numbers })} />
      )}
    </Folded>
  );
}

function GiftPart({ rules, write }: Part): JSX.Element {
  const gift = partOf(rules, 'gift');
  const put = (some: Gift): void => write(withPart(rules, 'gift', some));
  return (
    <Folded label={t('admin.plan_part_gift')} says={giftSays(gift)}>
      <Group path="gift" label={t('admin.plan_part_gift')} about={t('admin.gift_about')}>
        <div class="pair">
          <NumberField path="gift.day_max" label={t(`admin.gift_day_max_${rules.unit}`)} about={t('admin.gift_day_max_about')} value={gift.day_max || undefined} change={(n) => (n ? put({ day_max: n }) : write({ gift: undefined }))} />
          {!!gift.day_max && <NumberField path="gift.min" label={t('admin.gift_min')} value={gift.min} min={1} change={(min) => put({ min })} />}
          {!!gift.day_max && <NumberField path="gift.days" label={t('admin.gift_days')} about={t('admin.gift_days_about')} value={gift.days} min={1} max={30} change={(days) => put({ days })} />}
        </div>
      </Group>
    </Folded>
  );
}

export function PlanParts({ plan, rules, text, write }: Part & { plan: number; text: string }): JSX.Element {
  return (
    <div class="plan-parts">
      <ExpiryPart plan={plan} rules={rules} text={text} write={write} />
      <EarnPart rules={rules} write={write} />
      <ItemsPart rules={rules} write={write} />
      <BonusPart rules={rules} write={write} />
      <EventsPart rules={rules} write={write} />
      <CapsPart rules={rules} write={write} />
      <TierPart rules={rules} write={write} />
      {rules.unit === 'point' && <SpendPart rules={rules} write={write} />}
      <RefundPart rules={rules} write={write} />
      <LatePart rules={rules} write={write} />
      <GiftPart rules={rules} write={write} />
      <DayPart rules={rules} write={write} />
      <CodePart rules={rules} write={write} />
    </div>
  );
}
