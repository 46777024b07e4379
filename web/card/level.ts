/** The card's tier: the section that the server writes in card_level.c. */
import { byId } from '../lib/dom';
import { date, plural, t } from '../lib/lang';
import type { Level } from '../lib/types';

const LEFT: Record<Level['by'], string> = {
  visits: 'card.level_visits',
  yen: 'card.level_yen',
  earned: 'card.level_earned',
  rounds: 'card.level_rounds',
};

export function drawLevel(level: Level | null): void {
  const [name, until, left] = ['level', 'level-until', 'level-left'].map((id) => byId(id));
  if (!level || !name || !until || !left) return;
  name.textContent = level.name;
  until.textContent = level.last === null ? '' : t('card.level_until', { date: date(level.last) });
  left.textContent = level.left > 0 ? plural(LEFT[level.by], level.left, { title: level.next }) : '';
}
