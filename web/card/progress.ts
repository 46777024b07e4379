/** The rings or the bar, the count beside the heading, and the line about the next reward. */
import { byId, el, icon } from '../lib/dom';
import { number, plural, t } from '../lib/lang';
import type { Reward, Unit } from '../lib/types';

export interface Progress {
  unit: Unit;
  balance: number;
  goal: number;
}

/** The first reward that is still ahead. */
export const nextReward = (rewards: readonly Reward[], balance: number): Reward | null =>
  rewards.find(({ at }) => at > balance) ?? null;

/** `from` is the balance until now: rings above it drop in one after another. */
export function drawProgress(to: Progress, rewards: readonly Reward[], from = to.balance): void {
  const count = byId('count');
  if (count)
    count.textContent =
      to.unit === 'stamp' ? t('card.stamps_of', { n: to.balance, goal: to.goal }) : t('card.points_n', { n: to.balance });

  const stamps = byId('stamps');
  if (stamps) {
    stamps.setAttribute('aria-label', t('card.stamps_label', { n: to.balance, goal: to.goal }));
    stamps.replaceChildren(...Array.from({ length: to.goal }, (_, i) => ring(i + 1, to, rewards, from)));
  }
  const meter = byId('meter') as HTMLProgressElement | null;
  if (meter) {
    meter.max = to.goal;
    meter.value = Math.min(to.balance, to.goal);
  }

  const next = nextReward(rewards, to.balance);
  const line = byId('next');
  if (line) {
    line.textContent = next ? plural(to.unit === 'stamp' ? 'card.next_stamp' : 'card.next_point', next.at - to.balance, { title: next.title }) : '';
    line.parentElement!.hidden = next === null;
  }
}

/** What a refund should have taken and the card no longer had. */
export function drawOwed(unit: Unit, owed: number): void {
  const line = byId('owed');
  if (!line) return;
  line.textContent = owed > 0 ? plural(unit === 'stamp' ? 'card.owed_stamp' : 'card.owed_point', owed) : '';
  line.hidden = owed === 0;
}

/** The same element that the server writes in write_ring of page_card.c. */
function ring(at: number, { balance, goal }: Progress, rewards: readonly Reward[], from: number): HTMLElement {
  const isStamped = at <= balance;
  const hasReward = rewards.some((reward) => reward.at === at);
  const item = el(
    'li',
    { class: at === goal && 'goal', 'data-state': isStamped ? 'stamped' : 'empty' },
    (isStamped || hasReward) && icon(hasReward ? 'gift' : 'tick'),
    isStamped ? el('span', { class: 'sr' }, t('card.stamp_got', { n: at })) : el('span', {}, number(at)),
    hasReward && el('span', { class: 'sr' }, t('card.reward_here')),
  );
  if (isStamped && at > from) {
    item.dataset['fresh'] = '';
    item.style.animationDelay = `${(at - from - 1) * 160}ms`;
  }
  return item;
}
