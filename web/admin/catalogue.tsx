/** What the shop gives for points: the articles of each plan with what is left of them, one of them open, and the way back. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';
import { t } from '../lib/lang';
import { Codes } from './article_codes';
import { ArticleEditor, type Fault } from './article_editor';
import { type Article, type Catalogue, type Catalogues, chance, type Count, countLines, fileOf, nameOf, whenLines, worth } from './catalogue_types';
import type { AdminPageProps } from './pages';
import { units } from './plan_types';
import { useAll } from './use_all';
import { useHash } from './use_hash';

function Row({ all, article, count, few, shops }: { all: Catalogue; article: Article; count: Count | undefined; few: number; shops: Catalogues['shops'] }): JSX.Element {
  const asks = [...new Set([...whenLines(article.issue, shops, all.tiers), ...whenLines(article.redeem, shops, all.tiers)])];
  const isGone = count?.left === 0 || count?.codes === 0;
  return (
    <li>
      <a class="kind" href={`#catalogue/${all.plan}/${nameOf(article)}`}>
        <span class="kind-name">{article.title}</span>
        <span class="kind-when">{article.at ? t('admin.article_reached', { at: units(all.unit, article.at) }) : units(all.unit, article.price ?? 0)}</span>
        <span class="article-says">{[article.prizes ? t('admin.article_is_lottery') : worth(article), ...asks].filter(Boolean).join(' · ') || t('admin.when_always')}</span>
        {article.prizes?.map((prize) => (
          <span key={prize.key} class="kind-own">
            {[`${chance(prize.odds ?? 0)}: ${prize.title}`, ...countLines(prize, all.counts.find(({ key }) => key === prize.key))].join(' · ')}
          </span>
        ))}
        {count && <span class="kind-own">{countLines(article, count).join(' · ')}</span>}
        {isGone ? <span class="article-gone">{t('admin.article_gone')}</span>
          : count?.codes !== undefined && count.codes <= few && <span class="article-gone">{t('admin.codes_few')}</span>}
      </a>
    </li>
  );
}

function Plan({ all, few, shops }: { all: Catalogue; few: number; shops: Catalogues['shops'] }): JSX.Element {
  const free = all.places.filter(({ at }) => !all.rewards.some((one) => one.at === at));
  return (
    <section class="panel" aria-labelledby={`catalogue-${all.plan}`}>
      <h2 id={`catalogue-${all.plan}`} class="panel-title">{all.name}</h2>
      <p class="panel-text">{t(all.unit === 'point' ? 'admin.catalogue_points_text' : 'admin.catalogue_stamps_text')}</p>
      {all.rewards.length === 0 && <p class="panel-none">{t('admin.catalogue_none')}</p>}
      <ul class="kinds rules">
        {all.rewards.map((article) => (
          <Row key={nameOf(article)} all={all} article={article} count={article.at ? undefined : all.counts.find(({ key }) => key === article.key)} few={few} shops={shops} />
        ))}
      </ul>
      <div class="deed-row">
        {all.unit === 'point' && <a class="button rule-new" href={`#catalogue/${all.plan}/+`}>{t('admin.article_new')}</a>}
        {free.length > 0 && <a class="button-quiet rule-new" href={`#catalogue/${all.plan}/@`}>{t('admin.article_place_new')}</a>}
      </div>
    </section>
  );
}

/** What the address asks for: its place in the list (-1: a new one) and the article itself. */
function articleAt(all: Catalogue, name: string): { at: number; article: Article } | null {
  const at = all.rewards.findIndex((one) => nameOf(one) === name);
  const place = all.places.find((one) => !all.rewards.some((other) => other.at === one.at));
  if (at >= 0) return { at, article: all.rewards[at]! };
  if (name === '+' && all.unit === 'point') return { at, article: { title: '', price: undefined, valid_days: 60 } };
  return name === '@' && place ? { at, article: { ...place } } : null;
}

/** A list as it was before the last change, which one more tap brings back. */
interface Before {
  plan: number;
  catalogue: number; /* that is in force since; what somebody else does later is not undone */
  rewards: Article[];
}

function News({ text, before, bringBack }: { text: string; before: Before | null; bringBack: () => void }): JSX.Element {
  return (
    <div class={text ? 'article-news' : 'sr'}>
      <p class="news" role="status">{text}</p>
      {before && <button type="button" class="button-quiet" onClick={bringBack}>{t('admin.catalogue_undo')}</button>}
    </div>
  );
}

/** What a failed save means, with its place in the article that was open. */
function faultOf(reason: unknown, at: number): Fault {
  if (!(reason instanceof ApiError) || reason.isOffline) return { text: t('admin.offline'), field: '' };
  if (reason.word === 'catalogue_changed') return { text: t('admin.catalogue_changed'), field: '' };
  if (reason.status !== 400) return { text: t('admin.not_done'), field: '' };
  const field = typeof reason.facts['field'] === 'string' ? reason.facts['field'] : '';
  const own = `rewards[${at}]`;
  if (field === own) return { text: t('admin.article_twice'), field: '' };
  return { text: t('admin.plan_wrong'), field: field.startsWith(`${own}.`) ? field.slice(own.length + 1).replace(/\.hours$/, '.days') : field };
}

/** "#catalogue/2/mug" has that article open, "#catalogue/2/@10" what the tenth place gives, "#catalogue/2/+" one that is not there yet. */
export function CataloguePage({ signedOut }: AdminPageProps): JSX.Element {
  const { all, isLost, again } = useAll<Catalogues>('/api/admin/catalogues', signedOut);
  const [, openPlan = '', openArticle = ''] = useHash();
  const [saved, setSaved] = useState('');
  const [before, setBefore] = useState<Before | null>(null);

  /** The number of the catalogue that is in force then, or why it is not. */
  const put = async (plan: number, was: number, rewards: readonly Article[], at: number): Promise<number | Fault> => {
    try {
      const { catalogue } = await api.post<{ catalogue: number }>(`/api/admin/plans/${plan}/catalogue`, { was, file: fileOf(rewards) });
      again();
      return catalogue;
    } catch (reason) {
      if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) signedOut();
      if (reason instanceof ApiError && reason.word === 'catalogue_changed') again();
      return faultOf(reason, at);
    }
  };
  const save = async (plan: Catalogue, rewards: Article[], at: number): Promise<Fault | null> => {
    const outcome = await put(plan.plan, plan.catalogue, rewards, at);
    if (typeof outcome !== 'number') return outcome;
    setBefore({ plan: plan.plan, catalogue: outcome, rewards: plan.rewards });
    setSaved(t(rewards.length < plan.rewards.length ? 'admin.article_withdrawn' : 'admin.article_saved'));
    location.hash = '#catalogue';
    return null;
  };
  const bringBack = async (): Promise<void> => {
    if (!before) return;
    const done = await put(before.plan, before.catalogue, before.rewards, 0);
    setSaved(typeof done === 'number' ? t('admin.catalogue_undone') : done.text);
    if (typeof done === 'number') setBefore(null);
  };

  const plan = all?.plans.find((one) => String(one.plan) === openPlan);
  const open = plan && articleAt(plan, openArticle);
  const count = open && plan.counts.find(({ key }) => key === open.article.key);
  return (
    <>
      <h1 class="day-title">{t('admin.catalogue_title')}</h1>
      {isLost && <p class="lost" role="status">{t('admin.offline')}</p>}
      {!all ? <p class="waiting" role="status"><span class="spinner" aria-hidden="true" />{t('admin.loading')}</p>
        : open ? (
          <>
            <ArticleEditor key={`${openPlan}/${openArticle}`} all={plan} shops={all.shops} at={open.at} article={open.article} save={(rewards, at) => save(plan, rewards, at)} />
            {[open.article, ...(open.article.prizes ?? [])].filter((one) => one.codes && one.key).map((one) => {
              const left = (one === open.article ? count : plan.counts.find(({ key }) => key === one.key))?.codes ?? 0;
              return <Codes key={one.key} plan={plan.plan} reward={one.key ?? ''} title={one.title} left={left} isFew={left <= all.few} loaded={again} signedOut={signedOut} />;
            })}
          </>
        ) : (
          <>
            <News text={saved} before={before} bringBack={() => void bringBack()} />
            {all.plans.map((one) => <Plan key={one.plan} all={one} few={all.few} shops={all.shops} />)}
          </>
        )}
    </>
  );
}
