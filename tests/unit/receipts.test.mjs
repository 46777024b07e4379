/* What a till keeps of its answers: numbers and MACs, the newest, once each. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { loadTs } from '../support/load_ts.mjs';

const { kept, receipts, receiptsFile } = await loadTs('web/till/receipts.ts');

const MAC = 'ab'.repeat(16);

test.beforeEach(() => {
  const lines = new Map();
  globalThis.localStorage = { getItem: (key) => lines.get(key) ?? null, setItem: (key, value) => void lines.set(key, value) };
});
test.afterEach(() => { delete globalThis.localStorage; });

test('an answer with a transfer leaves its receipt, and is handed on as it came', () => {
  const answer = { transfer: 57, mac: MAC, balance: 7 };
  assert.equal(kept(answer), answer);
  assert.match(receipts()[0], new RegExp(`^57 ${MAC} # 20\\d\\d-\\d\\d-\\d\\dT[\\d:.]+Z$`));
});

test('one without has none', () => {
  for (const answer of [null, {}, { transfer: null, mac: null }, { transfer: 5 }, { mac: MAC }]) assert.equal(kept(answer), answer);
  assert.deepEqual(receipts(), []);
});

test('the same answer again is one receipt; another under the same number, after a backup came back, is another', () => {
  kept({ transfer: 57, mac: MAC });
  kept({ transfer: 57, mac: MAC });
  kept({ transfer: 57, mac: 'cd'.repeat(16) });
  assert.equal(receipts().length, 2);
});

test('the newest 500 are kept', () => {
  for (let transfer = 1; transfer <= 502; transfer++) kept({ transfer, mac: MAC });
  assert.equal(receipts().length, 500);
  assert.match(receipts()[0], /^3 /);
});

test('a browser that keeps nothing sells as well', () => {
  globalThis.localStorage = { getItem() { throw new Error('denied'); }, setItem() { throw new Error('denied'); } };
  assert.deepEqual(kept({ transfer: 57, mac: MAC }), { transfer: 57, mac: MAC });
  assert.deepEqual(receipts(), []);
});

test('the file is what `stampd check --receipts` reads', () => {
  kept({ transfer: 57, mac: MAC });
  const [head, line, end] = receiptsFile('Ueno,\nleft').split('\n');
  assert.equal(head, '# Ueno, left');
  assert.match(line, /^\d+ [0-9a-f]{32} # /);
  assert.equal(end, '');
});
