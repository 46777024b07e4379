/* A sale as it is typed, and the kinds of goods in it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { loadTs } from '../support/load_ts.mjs';

const { emptySale, giveOf, picked, restOf, retyped, typingIn } = await loadTs('web/till/sale.ts');

const PLAN = { categories: [{ name: 'tobacco', pieces: false }, { name: 'bento', pieces: true }] };
const typed = (form, digits) => [...digits].reduce((at, digit) => retyped(at, (before) => before + digit), form);

test('digits go to the sale, or to the kind that is picked', () => {
  const sale = typed(emptySale, '0001650');
  assert.equal(sale.yen, '1650');
  const of = typed(picked(sale, 'tobacco', false), '550');
  assert.deepEqual([typingIn(of), of.yen, restOf(of)], ['550', '1650', 1100]);
  assert.equal(picked(of, 'tobacco', false).field, null); /* again: back to the sale */
  assert.equal(typed(emptySale, '123456789').yen, '12345678');
});

test('of kinds whose pieces count, each press after the first is one more', () => {
  const one = typed(picked(typed(emptySale, '1000'), 'bento', true), '900');
  const two = picked(one, 'bento', true);
  assert.deepEqual(two.parts.bento, { yen: '900', pieces: 2 });
  assert.deepEqual(giveOf(two, PLAN).lines[0], { category: 'bento', quantity: 2, yen: 900 });
});

test('lines add up to the sale; what is left has a name that no kind has', () => {
  const rows = [
    ['the sale alone', '1650', {}, { yen: 1650 }],
    ['a kind of it', '1650', { tobacco: '550' }, { yen: 1650, lines: [{ category: 'tobacco', quantity: 1, yen: 550 }, { category: 'other', quantity: 1, yen: 1100 }] }],
    ['all of it', '550', { tobacco: '550' }, { yen: 550, lines: [{ category: 'tobacco', quantity: 1, yen: 550 }] }],
    ['none of it', '550', { tobacco: '' }, { yen: 550 }],
    ['more than it', '550', { tobacco: '551' }, null],
    ['no sale yet', '', {}, null],
  ];
  for (const [name, yen, kinds, want] of rows) {
    const parts = Object.fromEntries(Object.entries(kinds).map(([kind, digits]) => [kind, { yen: digits, pieces: 1 }]));
    assert.deepEqual(giveOf({ yen, parts, field: null, byGoods: false }, PLAN), want, name);
  }
  const named = { categories: [{ name: 'tobacco', pieces: false }, { name: 'other', pieces: false }] };
  assert.equal(giveOf({ yen: '2', parts: { tobacco: { yen: '1', pieces: 1 } }, field: null, byGoods: false }, named).lines[1].category, 'other-');
});

test('stamps by what was bought: without goods that give them there is nothing to send', () => {
  const cups = { unit: 'stamp', categories: [{ name: 'coffee', pieces: true }] };
  const sale = typed({ ...emptySale, byGoods: true }, '900');
  assert.equal(giveOf(sale, cups), null);
  const two = picked(typed(picked(sale, 'coffee', true), '900'), 'coffee', true);
  assert.deepEqual(giveOf(two, cups), { yen: 900, lines: [{ category: 'coffee', quantity: 2, yen: 900 }] });
});
