/** What a member wants to be written to about: a switch per topic, and a birthday for those who like to be greeted. */
import { api } from '../lib/api';
import { byId, el, say, toast } from '../lib/dom';
import { monthName, t } from '../lib/lang';
import type { Birthday, Topic, Topics, Unit } from '../lib/types';

const TOPICS: readonly { topic: Topic; name: string; what: string }[] = [
  { topic: 'receipts', name: 'card.wish_receipts', what: 'card.wish_receipts_what' },
  { topic: 'rewards', name: 'card.wish_rewards', what: 'card.wish_rewards_what' },
  { topic: 'offers', name: 'card.wish_offers', what: 'card.wish_offers_what' },
];
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

/** Fetches the wishes and shows them in the view "me", where they stand until the page is left. */
export async function showWishes(): Promise<void> {
  const place = byId('logout')?.closest('section');
  if (!place || byId('wishes')) return;
  const [topics, birthday] = await Promise.all([api.get<Topics>('/api/me/topics'), api.get<Birthday>('/api/me/birthday')]);
  if (byId('wishes')) return; // the view was opened twice meanwhile
  const said = new Said();
  place.after(
    el(
      'section',
      { class: 'box', 'data-in': 'me', id: 'wishes', 'aria-labelledby': 'h-wishes' },
      el('h2', { id: 'h-wishes' }, t('card.wishes')),
      el('ul', { role: 'list' }, ...TOPICS.map((row) => el('li', {}, topicRow(row, topics, said)))),
      el('p', { class: 'wish-note wishes-end' }, t('card.wish_always')),
      (birthday.asked || birthday.month !== null) && birthdayForm(birthday, said),
    ),
  );
}

/** The line under what was changed last, which says so and takes it back. */
class Said {
  private readonly node = el('p', { class: 'wish-said' });

  saved(what: Element, undo: () => Promise<void>): void {
    const button = el('button', { type: 'button', class: 'button-quiet' }, t('card.undo'));
    button.addEventListener('click', () => {
      button.disabled = true;
      undo().then(
        () => {
          this.node.remove();
          (what.querySelector('input, select') as HTMLElement).focus();
          say(t('card.undone'));
        },
        () => {
          button.disabled = false;
          toast(t('card.not_saved'));
        },
      );
    });
    this.node.replaceChildren(el('span', {}, t('card.saved')), button);
    what.after(this.node);
    say(t('card.saved'));
  }
}

function topicRow(row: (typeof TOPICS)[number], topics: Topics, said: Said): HTMLElement {
  const input = el('input', { type: 'checkbox', role: 'switch', 'aria-describedby': `wish-${row.topic}` });
  const box = el(
    'div',
    { class: 'wish' },
    el('label', {}, el('b', {}, t(row.name)), input),
    el('p', { class: 'wish-note', id: `wish-${row.topic}` }, t(row.what)),
  );
  input.checked = topics[row.topic];
  const send = async (wanted: boolean): Promise<void> => {
    const answer = await api.post<Topics>('/api/me/topics', { topic: row.topic, wanted });
    input.checked = answer[row.topic];
  };
  input.addEventListener('change', () => {
    const wanted = input.checked;
    send(wanted).then(
      () => said.saved(box, () => send(!wanted)),
      () => {
        input.checked = !wanted;
        toast(t('card.not_saved'));
      },
    );
  });
  return box;
}

const unitsOf = (unit: Unit, n: number): string => (unit === 'stamp' ? t('card.reward_stamp', { n }) : t('card.reward_point', { n }));

/** What the day is wanted for: what it brings, and the greeting. */
const whyBirthday = ({ bonuses, greets }: Birthday): string =>
  [
    ...bonuses.map(({ name, unit, units }) => t('card.birthday_bonus', { card: name, what: unitsOf(unit, units) })),
    greets && t('card.birthday_why'),
    t('card.birthday_year'),
  ].filter(Boolean).join(' ');

function birthdayForm(first: Birthday, said: Said): HTMLElement {
  let now = first;
  const month = el('select', { id: 'birth-month' });
  const day = el('select', { id: 'birth-day' });
  const save = el('button', { type: 'submit', class: 'button' }, t('card.birthday_save'));
  const remove = el('button', { type: 'button', class: 'button-quiet' }, t('card.birthday_remove'));
  const form = el(
    'form',
    { class: 'birthday', 'aria-labelledby': 'h-birthday' },
    el('h3', { id: 'h-birthday' }, t('card.birthday')),
    el('p', { class: 'wish-note' }, whyBirthday(first)),
    el('label', {}, t('card.birthday_month'), month),
    el('label', {}, t('card.birthday_day'), day),
    el('div', { class: 'choice' }, save, remove),
  );

  const fillDays = (): void => {
    const chosen = day.value;
    const n = DAYS[Number(month.value) - 1] ?? 31;
    day.replaceChildren(el('option', { value: '' }, '–'), ...upTo(n).map((i) => el('option', { value: i }, String(i))));
    day.value = Number(chosen) <= n ? chosen : '';
    save.disabled = !month.value || !day.value;
  };
  const draw = (): void => {
    month.value = String(now.month ?? '');
    fillDays();
    day.value = String(now.day ?? '');
    save.disabled = !month.value || !day.value;
    remove.hidden = now.month === null;
  };
  const send = async (wanted: Pick<Birthday, 'month' | 'day'>): Promise<void> => {
    now = await api.post<Birthday>('/api/me/birthday', { month: wanted.month, day: wanted.day });
    draw();
  };
  const change = (wanted: Pick<Birthday, 'month' | 'day'>): void => {
    const before = now;
    send(wanted).then(
      () => {
        if (remove.hidden) month.focus(); // what had the focus may be gone
        said.saved(form, () => send(before));
      },
      () => toast(t('card.not_saved')),
    );
  };

  month.replaceChildren(el('option', { value: '' }, '–'), ...upTo(12).map((i) => el('option', { value: i }, monthName(i))));
  month.addEventListener('change', fillDays);
  day.addEventListener('change', fillDays);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    change({ month: Number(month.value), day: Number(day.value) });
  });
  remove.addEventListener('click', () => change({ month: null, day: null }));
  draw();
  return form;
}
