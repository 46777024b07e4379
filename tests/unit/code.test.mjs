import assert from 'node:assert/strict';
import test from 'node:test';
import { loadTs } from '../support/load_ts.mjs';

const { classify, grouped, isWhole, m10w31, mod97Holds, normalise, splitGlued } = await loadTs('web/till/code.ts');

const digits22 = (kind, locator, otp) => {
  const front = `${kind}${String(locator).padStart(10, '0')}${String(otp).padStart(8, '0')}`;
  return front + String(98n - (BigInt(front) * 100n) % 97n).padStart(2, '0');
};
const MEMBER = digits22(71, 1234567890, 48215360);
const VOUCHER = digits22(72, 42, 7);
const JAN = '2123456789010';
const fullWidth = (text) => text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));

test('check digits agree with the published vectors', () => {
  const rows = { 12345678: '4', 20151119: '0', 1234567890: '5', 99991234567: '8', 12345678901: '2', 123456789012: '8',
    '0001234': '8', '000000000001': '7', 212345678901: '0', 490123456789: '4' };
  for (const [payload, want] of Object.entries(rows)) assert.equal(m10w31(payload), want, payload);
  assert.ok(mod97Holds(MEMBER));
  assert.ok(mod97Holds('79444')); /* ISO 7064: 794 has the check characters 44 */
});

test('every single wrong digit and every swap of neighbours is noticed', () => {
  for (let i = 0; i < MEMBER.length; i++) {
    for (let d = 1; d < 10; d++) {
      const wrong = MEMBER.slice(0, i) + ((Number(MEMBER[i]) + d) % 10) + MEMBER.slice(i + 1);
      assert.ok(!mod97Holds(wrong), wrong);
    }
    const swapped = MEMBER.slice(0, i) + (MEMBER[i + 1] ?? '') + MEMBER[i] + MEMBER.slice(i + 2);
    if (swapped !== MEMBER && swapped.length === 22) assert.ok(!mod97Holds(swapped), swapped);
  }
});

test('what a scanner may add is taken off', () => {
  const rows = [
    [JAN, JAN], [fullWidth(JAN), JAN], [`]E0${JAN}`, JAN], [`]C1${MEMBER}`, MEMBER], [`]Q1${MEMBER}`, MEMBER],
    [fullWidth(`]Q1${MEMBER}`), MEMBER], [`Q1${MEMBER}`, MEMBER], [`\x02${MEMBER}\x03\r\n`, MEMBER],
    [`${MEMBER}\t`, MEMBER], [` ${MEMBER} `, MEMBER], [`\ufeff${MEMBER}`, MEMBER], [`\u200b${JAN}\u200b`, JAN],
    ['A1234567A', '1234567'], ['a1234567b', '1234567'], ['*ABC-1234*', 'ABC-1234'],
    [grouped(MEMBER), MEMBER], [grouped(JAN), JAN], [MEMBER.replace(/^(..)/, '$1ー'), MEMBER],
    [`${MEMBER.slice(0, 2)}-${MEMBER.slice(2)}`, MEMBER], ['https://example.com/x', 'https://example.com/x'], ['', ''],
  ];
  for (const [sent, want] of rows) assert.equal(normalise(sent), want, JSON.stringify(sent));
});

test('a code is known for what it is', () => {
  const rows = [
    [MEMBER, 'member', MEMBER], [VOUCHER, 'voucher', VOUCHER], [JAN, 'member', JAN],
    ['212345678901', 'member', JAN], /* the reader dropped the check digit */
    ['4901234567894', 'goods'], ['20123451', 'goods'], ['0412345678903', 'goods'], ['412345678903', 'goods'],
    ['2123456789011', 'unreadable'], [MEMBER.slice(0, 21), 'unreadable'], [`${MEMBER}1`, 'unreadable'],
    [digits22(73, 1, 1), 'unreadable'], ['', 'unreadable'], ['12', 'unreadable'], ['https://example.com', 'unreadable'],
    ['９'.repeat(22), 'unreadable'], ['１２３a', 'unreadable'],
  ];
  for (const [sent, kind, text] of rows) {
    const got = classify(sent);
    assert.equal(got.kind, kind, sent);
    if (text) assert.equal(got.text, text);
  }
});

test('glued codes split only where every part is right', () => {
  const other = digits22(71, 987654321, 11223344);
  assert.deepEqual(splitGlued(MEMBER + other), [MEMBER, other]);
  assert.deepEqual(splitGlued(MEMBER + JAN), [MEMBER, JAN]);
  assert.deepEqual(splitGlued(JAN + JAN), [JAN, JAN]);
  assert.deepEqual(splitGlued(MEMBER + other + VOUCHER), [MEMBER, other, VOUCHER]);
  assert.deepEqual(splitGlued(MEMBER), [MEMBER]);
  const broken = MEMBER + other.slice(0, 21) + ((Number(other[21]) + 1) % 10);
  assert.deepEqual(splitGlued(broken), [broken]);
  assert.ok(isWhole(MEMBER) && isWhole(JAN) && !isWhole(MEMBER.slice(1)));
});

test('no text makes it fail', () => {
  let seed = 7;
  const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  for (let i = 0; i < 20000; i++) {
    const text = Array.from({ length: random(50) }, () => String.fromCharCode(random(4) ? 48 + random(10) : random(65536))).join('');
    const got = classify(text);
    assert.ok(['member', 'voucher', 'goods', 'unreadable'].includes(got.kind));
    if (got.kind !== 'unreadable') assert.match(got.text, /^\d+$/);
    splitGlued(text);
  }
});
