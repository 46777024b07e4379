/** What every plan has a word for: how points are rounded, when a day ends, what is told, and what a card's bars hold. */

import type { JSX } from 'preact';
import { t } from '../lib/lang';
import { CheckField, ChoiceField, Folded, Group, NumberField, TextField } from './fields';
import { clockOf } from './keyword_types';
import { checksOf, type FixedNumber, formatOf, linears, numberSays, numberTypes, partOf, ratios, roundings, typeNames, withPart, type Write, zoneText, zonesWith } from './plan_part_types';
import type { PlanFile } from './plan_types';

interface Part {
  rules: PlanFile;
  write: Write;
}

export function RoundingField({ rules, write }: Part): JSX.Element {
  return (
    <ChoiceField path="rounding" label={t('admin.plan_rule_rounding')} about={t('admin.rounding_about')} value={rules.rounding} all={roundings}
      word={(one) => t(`admin.rounding_${one}`)} change={(rounding) => write({ rounding })} />
  );
}

export function DayPart({ rules, write }: Part): JSX.Element {
  const { day_cut_hour: cut } = rules;
  const zone = Number.isInteger(rules.utc_offset_min) ? rules.utc_offset_min : 0; /* a file by hand may have none */
  return (
    <Folded label={t('admin.part_day')} says={[clockOf((cut ?? 0) * 60), zoneText(zone)].join(' · ')}>
      <div class="pair">
        <NumberField path="day_cut_hour" label={t('admin.plan_rule_day_cut_hour')} about={t('admin.day_cut_about')} value={cut} max={23} isNeeded change={(day_cut_hour) => write({ day_cut_hour })} />
        <ChoiceField path="utc_offset_min" label={t('admin.zone')} about={t('admin.zone_about')} value={String(zone)} all={zonesWith(zone).map(String)}
          word={(one) => zoneText(Number(one))} change={(one) => write({ utc_offset_min: Number(one) })} />
      </div>
      <CheckField path="notify_grants" label={t('admin.plan_rule_notify_grants')} about={t('admin.notify_about')} value={rules.notify_grants} change={(notify_grants) => write({ notify_grants })} />
    </Folded>
  );
}

/** How numbers of the chosen kind are made; of a JAN there is nothing but its front to choose. */
function FormatFields({ number, put }: { number: FixedNumber; put: (some: FixedNumber) => void }): JSX.Element {
  const { type = 'jan13' } = number;
  return (
    <>
      <div class="pair">
        <TextField path="number.prefix" label={t('admin.number_prefix')} about={t(type === 'jan13' ? 'admin.number_prefix_jan' : 'admin.number_prefix_about')} value={number.prefix ?? ''} max={18} change={(prefix) => put({ prefix })} />
        {type !== 'jan13' && <NumberField path="number.length" label={t('admin.number_length')} about={t('admin.number_length_about')} value={number.length} min={7} max={18} isNeeded change={(length) => put({ length })} />}
      </div>
      {type !== 'jan13' && (
        <ChoiceField path="number.check" label={t('admin.number_check')} about={t('admin.number_check_about')} value={number.check ?? 'none'} all={checksOf(type)}
          word={(one) => (one === 'none' ? t('admin.number_check_none') : one.toUpperCase())} change={(check) => put({ check })} />
      )}
      {(type === 'nw7' || type === 'code39') && (
        <div class="pair">
          <ChoiceField path="number.ratio" label={t('admin.number_ratio')} about={t('admin.number_ratio_about')} value={number.ratio ?? '2.5'} all={ratios} word={(one) => `${one} : 1`} change={(ratio) => put({ ratio })} />
          {type === 'nw7' && <TextField path="number.frame" label={t('admin.number_frame')} about={t('admin.number_frame_about')} value={number.frame ?? ''} max={2} isNeeded change={(frame) => put({ frame })} />}
        </div>
      )}
      <NumberField path="number.per_day" label={t('admin.number_per_day')} about={t('admin.number_per_day_about')} value={number.per_day} max={1000} change={(per_day) => put({ per_day })} />
    </>
  );
}

export function CodePart({ rules, write }: Part): JSX.Element {
  const number = partOf(rules, 'number');
  const put = (some: FixedNumber): void => write(withPart(rules, 'number', some));
  return (
    <Folded label={t('admin.part_code')} says={[linears.includes(rules.linear) ? t(`admin.linear_${rules.linear}`) : '', numberSays(number)].filter(Boolean).join(' · ')}>
      <ChoiceField path="linear" label={t('admin.plan_rule_linear')} about={t('admin.linear_about')} value={rules.linear} all={linears} word={(one) => t(`admin.linear_${one}`)} change={(linear) => write({ linear })} />
      <NumberField path="jan_prefix" label={t('admin.plan_rule_jan_prefix')} about={t('admin.jan_prefix_about')} value={rules.jan_prefix} min={20} max={29} isNeeded change={(jan_prefix) => write({ jan_prefix })} />
      <Group path="number" label={t('admin.plan_part_number')} about={t('admin.number_about')}>
        <ChoiceField path="number.type" label={t('admin.number_type')} value={number.type ?? 'none'} all={['none', ...numberTypes] as const} word={(one) => (one === 'none' ? t('admin.number_none') : typeNames[one])}
          change={(one) => write({ number: one === 'none' ? undefined : formatOf(one, number) })} />
        {number.type && <FormatFields number={number} put={put} />}
      </Group>
    </Folded>
  );
}
