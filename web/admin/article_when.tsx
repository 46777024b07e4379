/** What a reward asks for: who, where, when, from how much on. */

import type { JSX } from 'preact';
import { t } from '../lib/lang';
import { type Catalogue, type Shop, SHOPS_MAX, spanOf, type When, whenLines, withSpan } from './catalogue_types';
import { ChoiceField, DayField, Folded, Group, NumberField } from './fields';
import { SpanFields } from './keyword_hours';

function Shops({ path, when, shops, write }: { path: string; when: When; shops: readonly Shop[]; write: (some: When) => void }): JSX.Element {
  const chosen = when.shops ?? [];
  const isFull = chosen.length >= SHOPS_MAX;
  return (
    <Group path={`${path}.shops`} label={t('admin.when_shops')} about={t('admin.when_shops_about', { n: SHOPS_MAX })}>
      <div class="checks">
        {shops.map(({ id, name }) => (
          <label key={id} class="check">
            <input type="checkbox" checked={chosen.includes(id)} disabled={isFull && !chosen.includes(id)}
              onChange={() => write({ shops: chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id] })} />
            {name}
          </label>
        ))}
      </div>
    </Group>
  );
}

/** Getting one is asked of a phone, which is in no shop and knows no sale; using one, of a till. */
export function WhenFields({ path, label, when, isUse, all, shops, change }: {
  path: string; label: string; when: When; isUse: boolean; all: Catalogue; shops: readonly Shop[]; change: (when: When) => void;
}): JSX.Element {
  const write = (some: When): void => change({ ...when, ...some });
  const lines = whenLines(when, shops, all.tiers);
  const span = spanOf(when);
  return (
    <Folded label={label} says={lines.length ? lines.join(' · ') : t('admin.when_always')} isOpen={lines.length > 0}>
      {isUse && <Shops path={path} when={when} shops={shops} write={write} />}
      <Group path={`${path}.days`} label={t('admin.when_span')} about={t('admin.when_span_about')}>
        <SpanFields name={path.replace(/[^a-z0-9]+/g, '-')} span={span} change={(one) => change(withSpan(when, one))} />
      </Group>
      <div class="pair">
        <DayField path={`${path}.from`} label={t('admin.when_from')} value={when.from ?? ''} change={(from) => write({ from: from || undefined })} />
        <DayField path={`${path}.until`} label={t('admin.when_until')} value={when.until ?? ''} change={(until) => write({ until: until || undefined })} />
      </div>
      {isUse && (
        <div class="pair">
          <NumberField path={`${path}.min_yen`} label={t('admin.when_min_yen')} about={t('admin.when_empty_any')} value={when.min_yen} min={1} change={(min_yen) => write({ min_yen })} />
          <NumberField path={`${path}.wait_days`} label={t('admin.when_wait_days')} about={t('admin.when_wait_about')} value={when.wait_days} change={(wait_days) => write({ wait_days })} />
        </div>
      )}
      <div class="pair">
        <NumberField path={`${path}.new_days`} label={t('admin.when_new_days')} about={t('admin.when_new_about')} value={when.new_days} min={1} change={(new_days) => write({ new_days })} />
        {all.tiers.length > 0 && (
          <ChoiceField path={`${path}.tier`} label={t('admin.when_tier')} value={String(when.tier ?? 0)} all={['0', ...all.tiers.map((_, i) => String(i + 1))]}
            word={(one) => all.tiers[Number(one) - 1] ?? t('admin.when_tier_any')} change={(one) => write({ tier: Number(one) || undefined })} />
        )}
      </div>
    </Folded>
  );
}
