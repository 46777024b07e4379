import assert from 'node:assert/strict';
import test from 'node:test';
import { loadTs } from '../support/load_ts.mjs';

const { grouped, isCode, m10w31, mod97Holds } = await loadTs('web/till/code.ts');

const digits22 = (kind, locator, otp) => {
  const front = `${kind}${String(locator).padStart(10, '0')}${String(otp).padStart(8, '0')}`;
  return front + String(98n - (BigInt(front) * 100n) % 97n).padStart(2, '0');
};
const MEMBER = digits22(71, 1234567890, 48215360);
const VOUCHER = digits22(72, 42, 7);
const JAN = '2123456789010';

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

test('a code is whole only with its kind and its check digits', () => {
  for (const whole of [MEMBER, VOUCHER, JAN, '4901234567894']) assert.ok(isCode(whole), whole);
  const broken = [MEMBER.slice(1), `${MEMBER}1`, digits22(73, 1, 1), '2123456789011', '20123451', '', '９'.repeat(22)];
  for (const text of broken) assert.ok(!isCode(text), text);
  for (let check = 0; check < 100; check++) /* one pair of check digits fits, and never 00, 01 or 99 */
    assert.equal(isCode(MEMBER.slice(0, 20) + String(check).padStart(2, '0')), MEMBER.endsWith(String(check).padStart(2, '0')));
});

test('digits are grouped for eyes, anything else is left alone', () => {
  assert.equal(grouped(MEMBER), `71 1234567890 48215360 ${MEMBER.slice(20)}`);
  assert.equal(grouped(JAN), '2 123456 789010');
  assert.equal(grouped('ABC-1234'), 'ABC-1234');
});
