import assert from 'node:assert/strict';
import test from 'node:test';
import { loadTs } from '../support/load_ts.mjs';

const { Wedge } = await loadTs('web/till/wedge.ts');

let seed = 1;
const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;

const newCode = () => {
  const front = `71${Array.from({ length: 18 }, () => Math.floor(random() * 10)).join('')}`;
  return front + String(98n - (BigInt(front) * 100n) % 97n).padStart(2, '0');
};
const plain = (c) => ({ key: c, code: /\d/.test(c) ? `Digit${c}` : `Key${c.toUpperCase()}` });
const ENTER = { key: 'Enter', code: 'Enter' };
const TAB = { key: 'Tab', code: 'Tab' };

/** A wedge with a clock of its own: the timer is served whenever time passes, as on a page. */
function bench(options = {}) {
  const got = { scans: [], typed: [], kana: [], taken: [] };
  const wedge = new Wedge({
    scan: (scan) => got.scans.push(scan.text),
    type: (key) => got.typed.push(key),
    kana: (isOn) => got.kana.push(isOn),
  });
  Object.assign(wedge.options, options);
  let now = 1000;
  const pass = (ms) => {
    const until = now + ms;
    while (wedge.deadline !== null && wedge.deadline < until) wedge.tick(wedge.deadline + 1);
    now = until;
  };
  const press = (fact, gap) => {
    pass(gap);
    got.taken.push(wedge.press(fact, now));
  };
  const send = (text, gap, { end = ENTER, as = plain, first = 500 } = {}) => {
    Array.from(text).forEach((c, i) => press(as(c), i ? gap() : first));
    if (end) press(end, gap());
  };
  return { wedge, got, pass, press, send, now: () => now };
}

for (const gap of [2, 10, 30, 50]) {
  test(`1,000 bursts with gaps of ${gap} ms: none lost, none split`, () => {
    const b = bench();
    const want = [];
    for (let i = 0; i < 1000; i++) {
      const code = newCode();
      want.push(code);
      /* Times wander around the beat, as USB polling makes them: +-30 %, at least a tenth of a ms. */
      const jittered = () => Math.max(0.1, gap * (1 + (random() - 0.5) * 0.6));
      b.send(code, jittered, { end: [ENTER, TAB, null][i % 3] });
    }
    b.pass(1000);
    assert.deepEqual(b.got.scans, want);
    assert.deepEqual(b.got.typed, []);
  });
}

test('a slow Bluetooth scanner reads when the setting allows it', () => {
  const b = bench({ medianMs: 150 });
  const code = newCode();
  b.send(code, () => 140, { end: null });
  b.pass(1000);
  assert.deepEqual(b.got.scans, [code]);
});

test('a radio that stalls in the middle of a code does not split it', () => {
  const b = bench();
  const code = newCode();
  let n = 0;
  b.send(code, () => (++n === 9 ? 250 : 8));
  assert.deepEqual(b.got.scans, [code]);
});

test('a page that was stuck takes the queued keys before it judges', () => {
  const b = bench();
  const code = newCode();
  const at = (i) => 5000 + i * 5;
  Array.from(code).slice(0, 13).forEach((c, i) => b.wedge.press(plain(c), at(i)));
  b.wedge.tick(9000); /* the timer runs four seconds late, ahead of the keys pressed meanwhile */
  Array.from(code).slice(13).forEach((c, i) => b.wedge.press(plain(c), at(13 + i)));
  b.wedge.press(ENTER, at(22));
  assert.deepEqual(b.got.scans, [code]);
});

test('an input method changes nothing: Process keys, composing, 229, kana, Thai, full width', () => {
  const forms = [
    (c) => ({ key: 'Process', code: `Digit${c}`, keyCode: 229 }),
    (c) => ({ key: 'Process', code: `Numpad${c}`, keyCode: 229, isComposing: true }),
    (c) => ({ key: c, code: `Digit${c}`, isComposing: true }),
    (c) => ({ key: 'ぬふあうえおやゆよわ'[Number(c)], code: `Digit${c}` }),
    (c) => ({ key: 'จๅ/-ภถุึคต'[Number(c)], code: `Digit${c}` }), /* a Thai layout */
    (c) => ({ key: String.fromCharCode(0xff10 + Number(c)), code: '' }),
  ];
  for (const as of forms) {
    const b = bench();
    const code = newCode();
    b.send(code, () => 10, { as, end: { key: 'Process', code: 'Enter', keyCode: 229 } });
    assert.deepEqual(b.got.scans, [code]);
    assert.deepEqual(b.got.kana, [true]);
    b.send(code, () => 10, { first: 3000 });
    assert.deepEqual(b.got.kana, [true, false]);
    assert.equal(b.got.scans.length, 2);
  }
});

test('AIM identifiers, STX and ETX, shift keys and CR LF leave the same code', () => {
  const b = bench();
  const code = newCode();
  const fast = () => 4;
  const AIM = { ']': { key: ']', code: 'BracketRight' }, Q: { key: 'Q', code: 'KeyQ' } };
  b.send(`]Q1${code}`, fast, { as: (c) => AIM[c] ?? plain(c) });
  b.press({ key: 'b', code: 'KeyB', ctrlKey: true }, 3000);
  b.send(code, fast, { end: null, first: 4 });
  b.press({ key: 'c', code: 'KeyC', ctrlKey: true }, 4);
  b.press(ENTER, 4);
  b.press({ key: 'j', code: 'KeyJ', ctrlKey: true }, 4);
  b.press({ key: 'Shift', code: 'ShiftLeft' }, 3000);
  b.send(code, fast, { first: 2 });
  b.press(ENTER, 5); /* the second half of CR LF must never confirm anything */
  assert.deepEqual(b.got.scans, [code, code, code]);
  assert.deepEqual(b.got.typed, []);
});

test('a person typing is not a scanner', () => {
  const b = bench();
  b.send('7112345678901234567890', () => 120 + random() * 120);
  assert.deepEqual(b.got.scans, []);
  assert.deepEqual(b.got.typed, [...'7112345678901234567890', 'Enter']);
  b.got.typed.length = 0;
  b.send('123', () => 20);
  assert.deepEqual(b.got.typed, ['1', '2', '3', 'Enter']);
  b.press({ key: 'Backspace', code: 'Backspace' }, 900);
  assert.equal(b.got.typed.at(-1), 'Backspace');
  for (let i = 0; i < 30; i++) b.press({ ...plain('5'), repeat: i > 0 }, 30);
  b.pass(500);
  assert.deepEqual(b.got.typed.slice(-2), ['Backspace', '5']);
  assert.deepEqual(b.got.scans, []);
});

test('Enter, Tab and Space alone stay with the page', () => {
  const b = bench();
  for (const fact of [ENTER, TAB, { key: ' ', code: 'Space' }, { key: 'F1', code: 'F1' }, { key: 'Escape', code: 'Escape' }])
    b.press(fact, 1000);
  assert.deepEqual(b.got.taken, [false, false, false, false, false]);
  assert.deepEqual(b.got.typed, ['Enter']);
});

test('Enter at the end of a scan, even a late one, is never a confirmation', () => {
  const b = bench();
  b.send(newCode(), () => 5, { end: null });
  b.press(ENTER, 150);
  b.press(ENTER, 150);
  assert.deepEqual(b.got.typed, []);
  b.press(ENTER, 900);
  assert.deepEqual(b.got.typed, ['Enter']);
});

test('a second beep of the same code within a second is one read', () => {
  const b = bench();
  const code = newCode();
  b.send(code, () => 2);
  b.send(code, () => 2, { first: 700 });
  assert.deepEqual(b.got.scans, [code]);
  b.send(code, () => 2, { first: 1200 });
  assert.deepEqual(b.got.scans, [code, code]);
});

test('two codes glued together are one scan, for the reading to refuse; the same one twice is that one', () => {
  const b = bench();
  const [one, two] = [newCode(), newCode()];
  b.send(one + two, () => 3);
  assert.deepEqual(b.got.scans, [one + two]);
  b.send(one + one, () => 3, { first: 3000 });
  assert.deepEqual(b.got.scans, [one + two, one]);
});

test('while a PIN is asked for, scans are dropped and digits are still typed', () => {
  const b = bench({ minLength: 9, ignoreScans: true });
  b.send(newCode(), () => 5);
  assert.deepEqual([b.got.scans, b.got.typed], [[], []]);
  b.send('123456', () => 15, { first: 900 });
  assert.deepEqual(b.got.typed, ['1', '2', '3', '4', '5', '6', 'Enter']);
});
