/** Units that end or cannot be used yet: the list that the server writes in card_ends.c. */
import { byId, el } from '../lib/dom';
import { date, plural } from '../lib/lang';
import type { Ends, Unit } from '../lib/types';

/** The words are named in full: only those that a script names travel with the page. */
export const endOf = (unit: Unit, amount: number, at: number): string =>
  plural(unit === 'stamp' ? 'card.ends_stamp' : 'card.ends_point', amount, { date: date(at) });

export function drawEnds(unit: Unit, { ends, pending }: Ends): void {
  const list = byId('ends');
  if (!list) return;
  list.replaceChildren(
    ...(pending ? [el('li', {}, plural('card.pending', pending.amount, { date: date(pending.from) }))] : []),
    ...ends.map(({ amount, last }) => el('li', {}, endOf(unit, amount, last))),
  );
  list.closest('section')!.hidden = list.children.length === 0;
}
