/** One article of a catalogue: what it costs, what it is, who may have it and when, how many there are; withdrawn after a question. */

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../lib/lang';
import { Prizes, restOf, StockFields, type Write, Worth } from './article_parts';
import { WhenFields } from './article_when';
import { type Article, type Catalogue, countLines, listWith, type Shop } from './catalogue_types';
import { CheckField, ChoiceField, NumberField, showField, TextField, Wrong } from './fields';

/** Said in what was sent: "rewards[2].issue.days"; here it is "issue.days". */
export interface Fault {
  text: string;
  field: string;
}

const placesLeft = (all: Catalogue, article: Article): Catalogue['places'] =>
  all.places.filter(({ at }) => at === article.at || !all.rewards.some((one) => one.at === at));

function AtPlace({ article, all, write }: { article: Article; all: Catalogue; write: Write }): JSX.Element {
  const places = placesLeft(all, article);
  const choose = (at: number): void => {
    const place = places.find((one) => one.at === at);
    if (place) write({ at, title: place.title, valid_days: place.valid_days });
  };
  return (
    <ChoiceField path="at" label={t('admin.article_place')} about={t('admin.article_place_about')} value={String(article.at)} all={places.map(({ at }) => String(at))}
      word={(one) => t('admin.article_at', { at: Number(one), title: places.find(({ at }) => at === Number(one))?.title ?? '' })} change={(one) => choose(Number(one))} />
  );
}

function ForPoints({ article, write }: { article: Article; write: Write }): JSX.Element {
  return (
    <>
      <TextField path="title" label={t('admin.article_title')} about={t('admin.article_title_about')} value={article.title} max={64} isNeeded change={(title) => write({ title })} />
      <div class="pair">
        <NumberField path="price" label={t('admin.article_price')} value={article.price} min={1} isNeeded change={(price) => write({ price })} />
        <NumberField path="valid_days" label={t('admin.article_valid_days')} about={t('admin.article_valid_about')} value={article.valid_days} min={1} max={3660} isNeeded change={(valid_days) => write({ valid_days })} />
      </div>
      {!article.prizes && !article.codes && (
        <ChoiceField path="on_expiry" label={t('admin.article_expiry')} value={article.on_expiry ?? 'lost'} all={['lost', 'back'] as const} word={(one) => t(`admin.article_expiry_${one}`)}
          change={(one) => write({ on_expiry: one === 'back' ? one : undefined })} />
      )}
    </>
  );
}

/** A lottery is worth what is drawn: its own worth and codes would be nobody's. */
const asLottery = (article: Article): Partial<Article> => article.prizes
  ? { prizes: undefined }
  : { kind: undefined, value: undefined, cost_yen: undefined, codes: undefined, on_expiry: undefined, redeem: undefined,
    prizes: [{ title: '', odds: 10_000, valid_days: article.valid_days }, { title: '', valid_days: article.valid_days }] };

function Fields({ article, all, shops, isNew, write }: { article: Article; all: Catalogue; shops: readonly Shop[]; isNew: boolean; write: Write }): JSX.Element {
  const isPlace = article.at !== undefined;
  return (
    <>
      {isPlace ? <AtPlace article={article} all={all} write={write} /> : <ForPoints article={article} write={write} />}
      {!isPlace && <CheckField path="lottery" label={t('admin.article_lottery')} about={t('admin.article_lottery_about')} value={article.prizes !== undefined} change={() => write(asLottery(article))} />}
      {!article.prizes && <Worth path="" article={article} write={write} />}
      {!isPlace && <WhenFields path="issue" label={t('admin.article_get')} when={article.issue ?? {}} isUse={false} all={all} shops={shops} change={(issue) => write({ issue })} />}
      {!article.prizes && <WhenFields path="redeem" label={t('admin.article_use')} when={article.redeem ?? {}} isUse all={all} shops={shops} change={(redeem) => write({ redeem })} />}
      {!isPlace && <StockFields path="" article={article} write={write} />}
      {article.prizes && <Prizes article={article} all={all} shops={shops} write={write} />}
      {!isPlace && (
        <details class="behind">
          <summary>{t('admin.experts')}</summary>
          <TextField path="key" label={t('admin.article_key')} about={t('admin.article_key_about')} value={article.key ?? ''} max={24} isFixed={!isNew} change={(key) => write({ key })} />
        </details>
      )}
    </>
  );
}

function Withdraw({ isBusy, withdraw }: { isBusy: boolean; withdraw: () => void }): JSX.Element {
  const [isSure, setSure] = useState(false);
  if (!isSure) return <button type="button" class="button-quiet" disabled={isBusy} onClick={() => setSure(true)}>{t('admin.article_withdraw')}</button>;
  return (
    <div class="deed-row sure" role="group" aria-label={t('admin.article_withdraw')}>
      <p>{t('admin.article_withdraw_sure')}</p>
      <button type="button" class="button" disabled={isBusy} onClick={withdraw}>{t('admin.article_withdraw_yes')}</button>
      <button type="button" class="button-quiet" autoFocus onClick={() => setSure(false)}>{t('admin.article_withdraw_no')}</button>
    </div>
  );
}

export function ArticleEditor({ all, shops, at, article, save }: {
  all: Catalogue; shops: readonly Shop[];
  /** Its place in the list; -1: it is not there yet. */
  at: number;
  article: Article;
  /** The list as it is to be; what was wrong with it, or null once it is in force. */
  save: (rewards: Article[], at: number) => Promise<Fault | null>;
}): JSX.Element {
  const [draft, setDraft] = useState(article);
  const [fault, setFault] = useState<Fault>({ text: '', field: '' });
  const [isBusy, setBusy] = useState(false);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);

  const write: Write = (some) => {
    setFault({ text: '', field: '' });
    setDraft((was) => ({ ...was, ...some }));
  };
  const send = async (rewards: Article[]): Promise<void> => {
    setBusy(true);
    const wrong = await save(rewards, at < 0 ? all.rewards.length : at);
    if (!wrong) return;
    setBusy(false);
    setFault(wrong);
  };
  useEffect(() => { if (fault.field) showField(fault.field); }, [fault]);
  const whole: Article = draft.prizes ? { ...draft, prizes: draft.prizes.map((prize, i, list) => (i === list.length - 1 ? { ...prize, odds: restOf(list) } : prize)) } : draft;
  const count = all.counts.find(({ key }) => key === article.key);
  const lines = countLines(article, count);
  return (
    <section class="panel" aria-labelledby="article-title">
      <a class="back back-always" href="#catalogue">{t('admin.catalogue_back')}</a>
      <h2 id="article-title" class="editor-title" tabIndex={-1} ref={title}>{at < 0 ? t(draft.at ? 'admin.article_place_new' : 'admin.article_new') : article.title}</h2>
      {lines.length > 0 && <p class="article-count">{lines.join(' · ')}</p>}
      <Wrong.Provider value={fault.field}>
        <form class="parts rule-form" noValidate onSubmit={(event) => { event.preventDefault(); void send(listWith(all.rewards, at, whole)); }}>
          <Fields article={draft} all={all} shops={shops} isNew={at < 0} write={write} />
          <div class="deeds">
            <div class="deed-row">
              <button type="submit" class="button" disabled={isBusy}>{t('admin.save')}</button>
              {at >= 0 && <Withdraw isBusy={isBusy} withdraw={() => void send(all.rewards.filter((_, i) => i !== at))} />}
            </div>
            <p class="news news-bad" role="status">{fault.text}</p>
          </div>
        </form>
      </Wrong.Provider>
    </section>
  );
}
