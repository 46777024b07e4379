/** What an article is worth, how many there are, and what a lottery draws: the fields that prizes share with it. */

import type { JSX } from 'preact';
import { t } from '../lib/lang';
import { WhenFields } from './article_when';
import { type Article, type Catalogue, chance, kinds, ODDS_ALL, PRIZES_MAX, type Shop, type Stock, stockLines } from './catalogue_types';
import { CheckField, ChoiceField, fieldId, Folded, NumberField, TextField, useNote } from './fields';

export type Write = (some: Partial<Article>) => void;

interface Part {
  path: string; /* "" or "prizes[1]." */
  article: Article;
  write: Write;
}

const hasValue = (kind: Article['kind']): boolean => kind === 'yen_off' || kind === 'percent' || kind === 'cash_back';

/** What its holder gets, and what that costs the shop where the kind does not say so. */
export function Worth({ path, article, write }: Part): JSX.Element {
  const kind = article.kind ?? 'plain';
  return (
    <div class="pair">
      <ChoiceField path={`${path}kind`} label={t('admin.article_kind')} value={kind} all={kinds} word={(one) => t(`admin.article_kind_${one}`)}
        change={(one) => write({ kind: one === 'plain' ? undefined : one, value: hasValue(one) ? article.value : undefined, cost_yen: hasValue(one) && one !== 'percent' ? undefined : article.cost_yen })} />
      {hasValue(kind) && <NumberField path={`${path}value`} label={t(kind === 'percent' ? 'admin.article_percent' : 'admin.article_yen')} value={article.value} min={1} isNeeded change={(value) => write({ value })} />}
      {(!hasValue(kind) || kind === 'percent') && (
        <NumberField path={`${path}cost_yen`} label={t('admin.article_cost_yen')} about={t('admin.article_cost_about')} value={article.cost_yen} change={(cost_yen) => write({ cost_yen })} />
      )}
    </div>
  );
}

export function StockFields({ path, article, write, isPrize = false }: Part & { isPrize?: boolean }): JSX.Element {
  const stock = article.stock ?? {};
  const lines = [...stockLines(stock), article.codes ? t('admin.article_says_codes') : ''].filter(Boolean);
  const put = (some: Stock): void => write({ stock: { ...stock, ...some } });
  return (
    <Folded label={t('admin.article_stock')} says={lines.length ? lines.join(' · ') : t('admin.article_stock_none')} isOpen={lines.length > 0}>
      <div class="pair">
        <NumberField path={`${path}stock.all`} label={t('admin.article_all')} about={t('admin.article_all_about')} value={stock.all} min={1} change={(all) => put({ all })} />
        <NumberField path={`${path}stock.a_day`} label={t('admin.article_a_day')} value={stock.a_day} min={1} change={(a_day) => put({ a_day })} />
        {!isPrize && <NumberField path={`${path}stock.a_member`} label={t('admin.article_a_member')} value={stock.a_member} min={1} change={(a_member) => put({ a_member })} />}
      </div>
      {!article.prizes && (
        <CheckField path={`${path}codes`} label={t('admin.article_codes')} about={t('admin.article_codes_about')} value={article.codes ?? false} change={(codes) => write(codes ? { codes, on_expiry: undefined } : { codes: undefined })} />
      )}
    </Folded>
  );
}

/* ---------------------------------------------------------------- a lottery */

/** The chance of the last prize: what the others leave. */
export const restOf = (prizes: readonly Article[]): number => ODDS_ALL - prizes.slice(0, -1).reduce((sum, prize) => sum + (prize.odds ?? 0), 0);

function Rest({ path, odds }: { path: string; odds: number }): JSX.Element {
  const { isWrong, described, note } = useNote({ path: `${path}odds`, about: t('admin.prize_rest_about') });
  return (
    <div class="part">
      <span class="part-name">{t('admin.prize_chance')}</span>
      <output id={fieldId(`${path}odds`)} class="prize-rest" tabIndex={-1} aria-describedby={described}>{chance(odds)}</output>
      {isWrong || odds > 0 ? note : <p class="part-wrong">{t('admin.prize_rest_none')}</p>}
    </div>
  );
}

function Prize({ at, prizes, all, shops, write, remove }: {
  at: number; prizes: readonly Article[]; all: Catalogue; shops: readonly Shop[]; write: Write; remove: () => void;
}): JSX.Element {
  const path = `prizes[${at}].`;
  const prize = prizes[at]!;
  const isLast = at === prizes.length - 1;
  return (
    <section class="prize" aria-label={isLast ? t('admin.prize_last') : t('admin.prize_n', { n: at + 1 })}>
      <h4 class="prize-name">{isLast ? t('admin.prize_last') : t('admin.prize_n', { n: at + 1 })}</h4>
      <TextField path={`${path}title`} label={t('admin.article_title')} value={prize.title} max={64} isNeeded change={(title) => write({ title })} />
      <div class="pair">
        {isLast ? <Rest path={path} odds={restOf(prizes)} /> : (
          <NumberField path={`${path}odds`} label={t('admin.prize_chance_percent')} value={prize.odds === undefined ? undefined : prize.odds / (ODDS_ALL / 100)} min={0.0001} max={99.9999} step={0.0001}
            isNeeded change={(percent) => write({ odds: percent === undefined ? undefined : Math.round(percent * (ODDS_ALL / 100)) })} />
        )}
        <NumberField path={`${path}valid_days`} label={t('admin.article_valid_days')} value={prize.valid_days} min={1} max={3660} isNeeded change={(valid_days) => write({ valid_days })} />
      </div>
      <Worth path={path} article={prize} write={write} />
      {!isLast && <StockFields path={path} article={prize} write={write} isPrize />}
      <WhenFields path={`${path}redeem`} label={t('admin.article_use')} when={prize.redeem ?? {}} isUse all={all} shops={shops} change={(redeem) => write({ redeem })} />
      {!isLast && prizes.length > 2 && <div><button type="button" class="button-quiet" onClick={remove}>{t('admin.prize_remove', { n: at + 1 })}</button></div>}
    </section>
  );
}

/** Whoever draws wins something: the last prize has no end, and stands in for those that are gone. */
export function Prizes({ article, all, shops, write }: { article: Article; all: Catalogue; shops: readonly Shop[]; write: Write }): JSX.Element {
  const prizes = article.prizes ?? [];
  const set = (next: Article[]): void => write({ prizes: next });
  const add = (): void => set([...prizes.slice(0, -1), { title: '', odds: 10_000, valid_days: article.valid_days }, ...prizes.slice(-1)]);
  return (
    <section class="prizes" aria-labelledby="prizes-title">
      <h3 id="prizes-title" class="part-name">{t('admin.prizes')}</h3>
      <p class="part-about">{t('admin.prizes_about')}</p>
      {prizes.map((_, i) => (
        <Prize key={i} at={i} prizes={prizes} all={all} shops={shops}
          write={(some) => set(prizes.map((one, at) => (at === i ? { ...one, ...some } : one)))} remove={() => set(prizes.filter((_one, at) => at !== i))} />
      ))}
      {prizes.length < PRIZES_MAX && <div><button type="button" class="button-quiet" onClick={add}>{t('admin.prize_add')}</button></div>}
    </section>
  );
}
