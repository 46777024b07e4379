/* The owner's chart and the demo's steps: what they show follows from the numbers alone. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { loadTs } from '../support/load_ts.mjs';

const { codesOf, markTwice, roundUp, shownHours, proven, firstOf, NOTHING, STEPS } = await loadTs('web/admin/chart.tsx', 'web/demo/look.ts', 'web/admin/bonus_run.ts');

test('a list is read as people keep it: the first cell of each line, without a heading, with the number of the line', () => {
  assert.deepEqual(codesOf('\uFEFFnumber,name\r\n"2000 1",Ann\r\n\r\n７１２３;Ben\n'),
    [{ line: 2, code: '2000 1' }, { line: 4, code: '７１２３' }]);
  assert.deepEqual(codesOf('2000\nabc'), [{ line: 1, code: '2000' }, { line: 2, code: 'abc' }]);
  assert.deepEqual(codesOf(' \n'), []);
});

test('who stands in a list twice gets it once, unless the first time was in vain', () => {
  const line = (card, error) => ({ line: 0, card, member: card, ...(error && { error }) });
  assert.deepEqual(markTwice([line(1), line(2, 'bonus_given'), line(1), line(null, 'card_unknown'), line(2)]).map((one) => one.error),
    [undefined, 'bonus_given', 'twice', 'card_unknown', undefined]);
});

test('the chart shows 8 to 20 o’clock, and more only where something happened', () => {
  const hours = Array(24).fill(0);
  assert.deepEqual(shownHours(hours), [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  hours[6] = 1;
  hours[1] = 2; /* after midnight, still the same business day */
  assert.deepEqual([shownHours(hours)[0], shownHours(hours).at(-1), shownHours(hours).length], [6, 1, 20]);
  assert.equal(shownHours(Array(24).fill(1)).length, 24);
});

test('the top of the chart is a round number, never below the tallest bar', () => {
  for (const [n, want] of [[0, 1], [1, 1], [7, 8], [9, 10], [31, 40], [99, 100], [101, 200], [1234, 2000]]) assert.equal(roundUp(n), want);
  for (let n = 1; n < 3000; n++) assert.ok(roundUp(n) >= n && roundUp(n) <= 2 * n);
});

test('a step is done when a number grew since it was first known, not before', () => {
  let first = firstOf(NOTHING, { ...NOTHING, isCardOpen: true });
  assert.deepEqual(proven({ ...NOTHING, isCardOpen: true }, first), ['card']);
  const signedIn = { ...NOTHING, isCardOpen: true, till: 'signed_in', grants: 40, redemptions: 2, vouchers: 7 };
  first = firstOf(first, signedIn);
  assert.deepEqual(proven(signedIn, first), ['card', 'till']);
  first = firstOf(first, { ...signedIn, grants: 41 });
  assert.deepEqual(proven({ ...signedIn, grants: 41, vouchers: 9 }, first), ['card', 'till', 'scan', 'stamp', 'voucher']);
  first = firstOf(first, { ...signedIn, isOwner: true, messages: 3 });
  const all = { till: 'signed_in', isCardOpen: true, isCardRead: true, grants: 42, redemptions: 3, vouchers: 8, isOwner: true, messages: 4 };
  assert.deepEqual(proven(all, first), [...STEPS]);
});
