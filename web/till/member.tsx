/** A card has been read: whose, how full, and what may be given. */

import type { ComponentChildren, JSX, TargetedMouseEvent } from 'preact';
import { number, t } from '../lib/lang';
import type { Unit } from '../lib/types';
import { grouped } from './code';
import { Icon } from './icons';
import type { Till } from './model';
import { amountOf, BackButton, balanceOf, Key, Pad, Stamps } from './parts';
import { lookOf, problemText } from './problems';
import type { Failure } from './queue';
import { restOf, type SaleForm } from './sale';
import type { At } from './screens';
import { HeldList } from './held';
import { VoucherList } from './rewards';
import { SpendOffer } from './spend';
import type { TillPlan } from './types';
import { why } from './why';

/** Why the server refuses it, as it would on the press. */
function Refused({ failure: { word, facts } }: { failure: Failure }): JSX.Element {
  const { title, more } = problemText(word, facts);
  return <p class="note note-warn" role="status"><Icon name="wait" /><span>{[title, more].filter(Boolean).join(t('till.comma'))}</span></p>;
}

/** What the rules add, as the server foretells it. */
const Reasons = ({ reasons }: { reasons: readonly string[] }): JSX.Element => (
  <p class="foretold" role="status">{reasons.map((reason) => <span key={reason}>{reason}</span>)}</p>
);

/** Of stamps, whose buttons say only what each counts for. */
function Foretold({ till }: { till: Till }): JSX.Element | null {
  const { answer = null, failure = null } = till.foretelling.known ?? {};
  if (failure) return <Refused failure={failure} />;
  return answer && <Reasons reasons={[t('till.in_all', { n: amountOf(answer.unit, answer.amount) }), ...why(answer.parts, answer.cut)]} />;
}

function StampButtons({ till, chosen, each }: { till: Till; chosen: number; each: number }): JSX.Element {
  return (
    <>
      <div class="presets" role="group" aria-label={t('till.give')}>
        {[1, 2, 3].map((n) => (
          <button type="button" key={n} class={n === chosen ? 'preset preset-chosen' : 'preset'} disabled={till.state.isBusy}
            onClick={() => void till.giving.give(n)}>
            <span class="preset-amount"><span class="sr">{t('till.give')} </span>+{n * each}</span>
            {n === chosen && <Key name="Enter" />}
          </button>
        ))}
      </div>
      <Foretold till={till} />
    </>
  );
}

/** After a tap Enter gives, as on the pad; whoever came here by the keyboard stays here. */
const pressing = (work: () => void) => (event: TargetedMouseEvent<HTMLButtonElement>): void => {
  work();
  if (event.detail > 0) event.currentTarget.blur();
};

type Kind = NonNullable<TillPlan['categories']>[number];

/** Goods that have rules of their own: how many yen of the sale they are. */
function Kinds({ till, kinds, form }: { till: Till; kinds: readonly Kind[]; form: SaleForm }): JSX.Element {
  const label = ({ name, pieces }: Kind): string => {
    const part = form.parts[name];
    return pieces && part && part.pieces > 1 ? `${name} ×${part.pieces}` : name;
  };
  return (
    <div class="kinds" role="group" aria-label={t('till.kinds')}>
      <span>{t('till.kinds')}</span>
      {kinds.map((kind) => (
        <button type="button" key={kind.name} class="unit" aria-pressed={form.field === kind.name} disabled={form.yen === ''}
          onClick={pressing(() => till.pickKind(kind))}>
          <b>{label(kind)}</b>{(form.field === kind.name || form.parts[kind.name]?.yen) && <span> {yenOf(form.parts[kind.name]?.yen ?? '')}</span>}
        </button>
      ))}
      {restOf(form) < 0 && <p class="note note-warn" role="alert">{t('till.kinds_more')}</p>}
    </div>
  );
}

const yenOf = (digits: string): string => t('till.yen', { n: number(Number(digits)) });

function AmountPad({ till, plan, screen }: { till: Till; plan: TillPlan; screen: At<'member'> | At<'offline'> }): JSX.Element {
  const give = till.giving.giveOf(screen);
  const { answer = null, failure = null } = till.foretelling.known ?? {};
  const points = answer?.amount ?? (give ? till.giving.amountOf(give, plan) : 0);
  const isAbout = !!plan.about && !!give && !answer;
  const amount = points > 0 || plan.unit === 'point' ? `+${amountOf(plan.unit, points)}` : '';
  const reasons = why(answer?.parts, answer?.cut);
  return (
    <div class={plan.categories ? 'amount amount-kinds' : 'amount'}>
      <output class="amount-sum" aria-label={t('till.sale')}>
        <span class="amount-yen">{screen.yen ? yenOf(screen.yen) : t('till.sale')}</span>
        <span class="amount-points">{failure ? '' : isAbout && amount ? t('till.about', { n: amount }) : amount}</span>
      </output>
      {failure ? <Refused failure={failure} /> : reasons.length > 0 ? <Reasons reasons={reasons} />
        : <p class="amount-rule">{plan.unit === 'stamp' ? t('till.rule_goods') : t(`till.rule_${plan.rounding}`, { n: plan.yen_per_point })}</p>}
      {plan.categories && <Kinds till={till} kinds={plan.categories} form={screen} />}
      <Pad onKey={(key) => till.type(key)} enter={t('till.give')} canEnter={!!give && !failure && (points > 0 || isAbout) && !till.state.isBusy} />
    </div>
  );
}

/** Of stamps that some goods give. */
const HowMany = ({ till, byGoods }: { till: Till; byGoods: boolean }): JSX.Element => (
  <div class="units" role="group" aria-label={t('till.give_title')}>
    {[false, true].map((one) => (
      <button type="button" key={String(one)} class="unit" aria-pressed={one === byGoods} disabled={till.state.isBusy} onClick={pressing(() => till.countBy(one))}>
        {t(one ? 'till.by_goods' : 'till.by_count')}
      </button>
    ))}
  </div>
);

function Give({ till, screen, unit }: { till: Till; screen: At<'member'> | At<'offline'>; unit: Unit }): JSX.Element | null {
  const plan = till.giving.planOf(screen);
  const pad = till.giving.counts(screen) ? <StampButtons till={till} chosen={screen.chosen} each={plan?.stamps_each ?? 1} />
    : plan && <AmountPad till={till} plan={plan} screen={screen} />;
  const hasGoods = unit === 'stamp' && screen.at === 'member' && !!plan?.categories;
  return hasGoods ? <><HowMany till={till} byGoods={screen.byGoods} />{pad}</> : pad;
}

const GiveTop = ({ till, title }: { till: Till; title: string }): JSX.Element => (
  <div class="give-top">
    <h2 class="give-title">{title}</h2>
    <BackButton label={t('till.no_stamp')} onClick={() => till.back()} />
  </div>
);

/** Already stamped: when, from when again, and what to do until then. */
function NotNow({ may, goBack }: { may: Extract<At<'member'>['found']['may'], { grant: false }>; goBack: () => void }): JSX.Element {
  const { title, more, next } = problemText(may.reason, { ...may });
  return (
    <div class="band band-warn band-inline" role="status">
      <Icon name={lookOf(may.reason).icon} big />
      <div>
        <p class="band-word">{title}</p>
        {more && <p class="band-more">{more}</p>}
        <p class="band-hint">{next}</p>
        <p><BackButton onClick={goBack} /></p>
      </div>
    </div>
  );
}

/** Which rewards there are, and the way to what can be done with them and with points. */
function Rewards({ till, screen }: { till: Till; screen: At<'member'> }): JSX.Element | null {
  const { vouchers } = screen.found;
  const sells = till.rewarding.sells(screen);
  if (vouchers.length === 0 && !sells) return null;
  const open = (
    <button type="button" class="till-button till-quiet" disabled={till.state.isBusy} onClick={() => till.rewarding.open()}>
      <span>{t('till.rewards')}: {t(sells ? 'till.rewards_text' : 'till.rewards_use')}</span><Key name="F2" />
    </button>
  );
  if (vouchers.length === 0) return <p class="member-more">{open}</p>;
  return (
    <section class="vouchers">
      <h2 class="vouchers-title"><Icon name="gift" />{t('till.has_rewards')}</h2>
      <VoucherList vouchers={vouchers} />
      {open}
    </section>
  );
}

const Panel = ({ children }: { children: ComponentChildren }): JSX.Element => <section class="member-card">{children}</section>;

export function Member({ till, screen }: { till: Till; screen: At<'member'> }): JSX.Element {
  const { card, may } = screen.found;
  return (
    <div class="member">
      <Panel>
        <p class="eyebrow">{[card.plan_name, screen.found.again && t('till.same_scan'), screen.found.by_number && t('till.by_number')].filter(Boolean).join(' · ')}</p>
        <h1 class="member-name">{card.name ?? t('till.no_name')}</h1>
        <p class="member-balance">{balanceOf(card.unit, card.balance, card.goal)}</p>
        {card.unit === 'stamp' && <Stamps balance={card.balance} goal={card.goal} />}
        <SpendOffer till={till} screen={screen} />
        <HeldList till={till} screen={screen} />
        <Rewards till={till} screen={screen} />
      </Panel>
      <section class="member-give">
        {may.grant ? (
          <>
            <GiveTop till={till} title={t(card.unit === 'stamp' ? 'till.give_title' : 'till.sale_title')} />
            <Give till={till} screen={screen} unit={card.unit} />
          </>
        ) : <NotNow may={may} goBack={() => till.back()} />}
        {till.looking.isOffered && (
          <p class="member-more">
            <button type="button" class="till-button till-quiet" disabled={till.state.isBusy} onClick={() => void till.looking.open(screen)}>
              <Icon name="list" />{t('till.past_of_card')}
            </button>
          </p>
        )}
        {till.giving.planOf(screen)?.late && (
          <p class="member-more">
            <button type="button" class="till-button till-quiet" disabled={till.state.isBusy} onClick={() => till.late.open()}>
              <Icon name="list" />{t('till.late')}
            </button>
          </p>
        )}
      </section>
    </div>
  );
}

/** The code looks right, but nobody could be asked. */
export function OfflineMember({ till, screen }: { till: Till; screen: At<'offline'> }): JSX.Element {
  const { info } = till.state;
  const units = info.state === 'signed_in' ? [...new Set(info.plans.map((plan) => plan.unit))] : [];
  return (
    <div class="member">
      <Panel>
        <p class="note note-warn" role="status"><Icon name="offline" />{t('till.offline')}</p>
        <h1 class="member-name">{t('till.offline_title')}</h1>
        <p class="lead">{t('till.offline_member')}</p>
        <p class="typed-number-small">{grouped(screen.code)}</p>
      </Panel>
      <section class="member-give">
        <GiveTop till={till} title={t('till.give_later')} />
        {units.length > 1 && (
          <div class="units" role="group" aria-label={t('till.which_card')}>
            {units.map((unit) => (
              <button type="button" key={unit} class="unit" aria-pressed={unit === screen.unit} onClick={() => till.giving.pick(unit)}>
                {t(`till.unit_${unit}`)}
              </button>
            ))}
          </div>
        )}
        <Give till={till} screen={screen} unit={screen.unit} />
      </section>
    </div>
  );
}
