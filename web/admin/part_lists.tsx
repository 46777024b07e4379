/** What counts for more or for nothing by item, and what the owner may thank a member for. */

import type { JSX } from 'preact';
import { t } from '../lib/lang';
import { ChoiceField, fieldId, Folded, Group, NumberField, TextField } from './fields';
import { type Earn, type EventRule, eventsSay, type Item, itemsSay, listOf, onces, partOf, withPart, type Write } from './plan_part_types';
import type { PlanFile } from './plan_types';

const ITEMS_MAX = 16;
const EVENTS_MAX = 8;
const CODE_MAX = 24;
const NAME_MAX = 9;
const TITLE_MAX = 24;

type ItemDoes = 'nothing' | 'rate' | 'each';

const doesOf = (item: Item): ItemDoes => (item.earns === false ? 'nothing' : item.units_each !== undefined ? 'each' : 'rate');

function ItemFields({ at, item, change, remove }: { at: number; item: Item; change: (item: Item) => void; remove: () => void }): JSX.Element {
  const path = `earn.items.${at}`;
  const by = item.category === undefined ? 'code' : 'category';
  const name = item.category ?? item.code ?? '';
  const does = doesOf(item);
  const names = (which: string, text: string): Item => (which === 'code' ? { ...item, code: text, category: undefined } : { ...item, code: undefined, category: text });
  const doing = (what: ItemDoes): Item => ({
    ...item, earns: what === 'nothing' ? false : undefined, yen_per_point: what === 'rate' ? item.yen_per_point ?? 10 : undefined, units_each: what === 'each' ? item.units_each ?? 1 : undefined,
  });
  return (
    <Group path={path} label={t('admin.item_n', { n: at + 1 })}>
      <div class="pair">
        <ChoiceField path={`${path}.by`} label={t('admin.item_by')} value={by} all={['code', 'category'] as const} word={(one) => t(`admin.item_by_${one}`)} change={(one) => change(names(one, name))} />
        <TextField path={`${path}.${by}`} label={t(`admin.item_by_${by}`)} value={name} max={CODE_MAX} isNeeded change={(text) => change(names(by, text))} />
      </div>
      <div class="pair">
        <ChoiceField path={`${path}.earns`} label={t('admin.item_does')} value={does} all={['nothing', 'rate', 'each'] as const} word={(one) => t(`admin.item_does_${one}`)} change={(one) => change(doing(one))} />
        {does === 'rate' && <NumberField path={`${path}.yen_per_point`} label={t('admin.plan_rule_yen_per_point')} value={item.yen_per_point} min={1} isNeeded change={(yen_per_point) => change({ ...item, yen_per_point })} />}
        {does === 'each' && <NumberField path={`${path}.units_each`} label={t('admin.item_each')} value={item.units_each} min={1} isNeeded change={(units_each) => change({ ...item, units_each })} />}
      </div>
      <div><button type="button" class="button-quiet" onClick={remove}>{t('admin.item_remove', { n: at + 1 })}</button></div>
    </Group>
  );
}

export function ItemsPart({ rules, write }: { rules: PlanFile; write: Write }): JSX.Element {
  const earn = partOf(rules, 'earn');
  const items = listOf(earn.items);
  const put = (some: Earn): void => write(withPart(rules, 'earn', some));
  const set = (next: Item[]): void => put({ items: next, others: next.length > 0 ? earn.others : undefined });
  return (
    <Folded label={t('admin.part_items')} says={itemsSay(earn)}>
      <p class="part-about">{t('admin.items_about')}</p>
      {items.map((item, i) => (
        <ItemFields key={i} at={i} item={item} change={(one) => set(items.map((other, at) => (at === i ? one : other)))} remove={() => set(items.filter((_, at) => at !== i))} />
      ))}
      {items.length < ITEMS_MAX && <div><button id={fieldId('earn.items')} type="button" class="button-quiet" onClick={() => set([...items, { category: '', earns: false }])}>{t('admin.item_add')}</button></div>}
      {items.length > 0 && rules.unit === 'point' && (
        <ChoiceField path="earn.others" label={t('admin.others')} value={earn.others ?? 'earn'} all={['earn', 'nothing'] as const} word={(one) => t(`admin.others_${one}`)} change={(one) => put({ others: one === 'nothing' ? one : undefined })} />
      )}
    </Folded>
  );
}

function EventFields({ at, event, unit, change, remove }: { at: number; event: EventRule; unit: PlanFile['unit']; change: (event: EventRule) => void; remove: () => void }): JSX.Element {
  const path = `earn.events.${at}`;
  return (
    <Group path={path} label={t('admin.event_n', { n: at + 1 })}>
      <TextField path={`${path}.title`} label={t('admin.article_title')} about={t('admin.article_title_about')} value={event.title ?? ''} max={TITLE_MAX} isNeeded change={(title) => change({ ...event, title })} />
      <div class="pair">
        <NumberField path={`${path}.units`} label={t(`admin.cap_units_${unit}`)} value={event.units} min={1} isNeeded change={(units) => change({ ...event, units })} />
        <ChoiceField path={`${path}.once`} label={t('admin.event_once')} value={event.once ?? 'ever'} all={onces} word={(one) => t(`admin.event_once_${one}`)} change={(once) => change({ ...event, once })} />
      </div>
      <TextField path={`${path}.name`} label={t('admin.article_key')} about={t('admin.event_name_about')} value={event.name ?? ''} max={NAME_MAX} isNeeded change={(name) => change({ ...event, name })} />
      <div><button type="button" class="button-quiet" onClick={remove}>{t('admin.event_remove', { n: at + 1 })}</button></div>
    </Group>
  );
}

export function EventsPart({ rules, write }: { rules: PlanFile; write: Write }): JSX.Element {
  const earn = partOf(rules, 'earn');
  const events = listOf(earn.events);
  const set = (next: EventRule[]): void => write(withPart(rules, 'earn', { events: next }));
  return (
    <Folded label={t('admin.part_events')} says={eventsSay(earn)}>
      <p class="part-about">{t('admin.events_about')}</p>
      {events.map((event, i) => (
        <EventFields key={i} at={i} event={event} unit={rules.unit} change={(one) => set(events.map((other, at) => (at === i ? one : other)))} remove={() => set(events.filter((_, at) => at !== i))} />
      ))}
      {events.length < EVENTS_MAX && <div><button id={fieldId('earn.events')} type="button" class="button-quiet" onClick={() => set([...events, { name: '', title: '', units: 1 }])}>{t('admin.event_add')}</button></div>}
    </Folded>
  );
}
