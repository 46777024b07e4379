import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { loadTs } from '../support/load_ts.mjs';

const { read, textOf } = await loadTs('web/till/reading.ts');

const rows = JSON.parse(readFileSync('tests/unit/readings.json', 'utf8')).filter(Array.isArray); /* the others are headings */

test('every row of the table that the server is held to as well', () => {
  for (const [sent, kind, plain, candidates] of rows) {
    const got = read(sent);
    assert.deepEqual([got.kind, got.plain, got.candidates], [kind, plain, candidates], JSON.stringify(sent));
  }
});

test('what goes to the server is read there as here', () => {
  for (const [sent] of rows) {
    const { kind, digits, candidates } = read(sent);
    const again = read(textOf(sent));
    assert.deepEqual([again.kind, again.digits, again.candidates], [kind, digits, candidates], JSON.stringify(sent));
  }
});

test('no text makes it fail', () => {
  let seed = 7;
  const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  for (let i = 0; i < 20000; i++) {
    const text = Array.from({ length: random(50) }, () => String.fromCharCode(random(4) ? 48 + random(10) : random(65536))).join('');
    const { candidates, kind, plain } = read(text);
    assert.ok(candidates.length <= 3 && plain.length <= 32);
    for (const each of [plain, ...candidates]) assert.match(each, /^[ -`{-~]*$/);
    if (kind === 'member' || kind === 'voucher') assert.match(plain, /^7[12]\d{20}$/);
  }
});

test('a hundred and twenty thousand mangled codes are read as the server reads them', () => {
  const dump = `${process.env.B ?? 'build/release'}/tests/support/reading_dump`;
  const lines = execFileSync(dump, ['120000'], { encoding: 'utf8', maxBuffer: 1 << 28 }).trim().split('\n');
  assert.equal(lines.length, 120000);
  for (const line of lines) {
    const [sent, kind, digits, plain, candidates] = JSON.parse(line);
    const got = read(sent);
    assert.deepEqual([got.kind, got.digits, got.plain, got.candidates], [kind, digits, plain, candidates], line);
  }
});
