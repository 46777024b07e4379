/* What the phone checks of the ledger: a sound book passes, and each way of tampering with it is told by its name. */
import assert from 'node:assert/strict';
import { createHash, webcrypto } from 'node:crypto';
import test, { before } from 'node:test';
import { loadTs } from '../support/load_ts.mjs';

const { judge, prove } = await loadTs('web/card/proof.ts');

/* ---- a book of our own, made as RFC 6962 says it, in the plainest way */

const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
const join = (left, right) => sha([1], left, right);
const half = (n) => 2 ** (Math.ceil(Math.log2(n)) - 1);
const root = (leaves) => (leaves.length === 1 ? leaves[0] : join(root(leaves.slice(0, half(leaves.length))), root(leaves.slice(half(leaves.length)))));
const path = (m, leaves) => {
  if (leaves.length === 1) return [];
  const k = half(leaves.length);
  return m < k ? [...path(m, leaves.slice(0, k)), root(leaves.slice(k))] : [...path(m - k, leaves.slice(k)), root(leaves.slice(0, k))];
};

const text = (l) => `stampd line 1\n${l.seq},${l.card},${l.kind},${l.amount},${l.balance},${l.at},${l.visit ?? ''},${l.plan},${l.version},`
  + `${l.shop ?? ''},${l.yen ?? ''},${l.cause ?? ''},${l.reverses ?? ''},${l.usable ?? ''},${l.expires ?? ''},${l.mac},${l.reason}`;
const leaf = (line) => sha([0], text(line));

const line = (seq, card, amount, balance, more = {}) => ({
  seq, card, kind: amount > 0 ? 1 : 2, amount, balance, at: 1775005200000 + seq, visit: null, plan: 1, version: 1, shop: 1, yen: null,
  cause: amount > 0 ? null : seq - 1, reverses: null, usable: null, expires: null, mac: sha(String(seq)).toString('hex').slice(0, 32),
  reason: 'visit', ...more,
});

/** Card 1 is ours; a filled round among its lines. */
const lines = [];
const balances = new Map();
for (let seq = 1; seq <= 200; seq++) {
  const card = seq % 7 === 0 ? 1 : 2 + (seq % 5);
  const amount = balances.get(card) === 4 ? -4 : 1;
  balances.set(card, (balances.get(card) ?? 0) + amount);
  lines.push(line(seq, card, amount, balances.get(card)));
}

let pair, other, key, heads;
const headText = (h) => `stampd head 1\nnumber ${h.number}\nat ${h.at}\nsize ${h.size}\nroot ${h.root}\nlast ${h.last}\n`
  + `audit ${h.audit_seq} ${h.audit}\nbefore ${h.before}\n`;
async function sign(head, by = pair) {
  const signature = await webcrypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, by.privateKey, Buffer.from(headText(head)));
  return { ...head, signature: Buffer.from(signature).toString('base64url') };
}
async function makeHeads(book, sizes, by = pair) {
  const made = [];
  for (const [i, size] of sizes.entries())
    made.push(await sign({
      number: i + 1, at: 1775005200000 + i * 86_400_000, size, root: root(book.slice(0, size).map(leaf)).toString('hex'),
      last: sha(Buffer.from(book[size - 1].mac, 'hex')).toString('hex'), audit_seq: i, audit: sha(String(i)).toString('hex'),
      before: i ? sha(headText(made[i - 1])).toString('hex') : '0'.repeat(64),
    }, by));
  return made;
}

const own = (book, head, card = 1) => book.filter((l) => l.card === card).reverse().map((l) => ({
  ...l, proof: l.seq <= head.size ? path(l.seq - 1, book.slice(0, head.size).map(leaf)).map((hash) => hash.toString('hex')) : null,
}));
const page = (number = 3) => structuredClone({ key, head: heads[number - 1], more: false, lines: own(lines, heads[number - 1]) });

before(async () => {
  const generate = () => webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  [pair, other] = [await generate(), await generate()];
  key = Buffer.from(await webcrypto.subtle.exportKey('raw', pair.publicKey)).toString('base64url');
  heads = await makeHeads(lines, [61, 128, 199]);
});

const fault = async (of, remembered = null, since = []) => {
  const verdict = await judge(of, remembered, since);
  return verdict.state === 'differs' ? [verdict.fault, verdict.seq].filter((part) => part !== undefined).join(' ') : verdict.state;
};
const rememberedAt = async (number) => (await judge(page(number), null, [])).remember;

/* ---- */

test('the line that the server is held to as well is hashed here from the same text', async () => {
  const one = line(12, 7, 30, 45, { at: 1775005200000, plan: 2, yen: 3000, mac: 'ab000000000000000000000000000000', reason: 'sale' });
  assert.equal(text(one), 'stampd line 1\n12,7,1,30,45,1775005200000,,2,1,1,3000,,,,,ab000000000000000000000000000000,sale');
});

test('a sound book matches: every line under the head, the newer ones wait', async () => {
  for (const number of [1, 2, 3]) {
    const verdict = await judge(page(number), null, []);
    assert.equal(verdict.state, 'matches');
    assert.equal(verdict.until, heads[number - 1].at);
    assert.equal(verdict.lines + verdict.waiting, 28);
    assert.equal(verdict.lines, Math.floor(heads[number - 1].size / 7));
  }
});

test('trees of one line, and of sizes around powers of two', async () => {
  for (const size of [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 32, 33, 63, 64, 65, 70]) {
    const book = lines.slice(0, size).map((l, i) => line(i + 1, 1, 1, i + 1));
    const [head] = await makeHeads(book, [size]);
    assert.equal(await fault({ key, head, more: false, lines: own(book, head) }), 'matches', `size ${size}`);
  }
});

test('without a head there is nothing to compare yet', async () => {
  assert.equal(await fault({ key, head: null, more: false, lines: page().lines }), 'none');
});

test('a tampered row is told, whichever of its fields it was', async () => {
  const changes = { amount: 2, balance: 9, at: 1, visit: 5, kind: 4, plan: 3, version: 2, shop: 2, yen: 100, cause: 8, reverses: 8, usable: 1,
    expires: 2, mac: '0'.repeat(32), reason: 'gift' };
  for (const [name, value] of Object.entries(changes)) {
    const changed = page();
    changed.lines[3][name] = value;
    assert.equal(await fault(changed), `line ${changed.lines[3].seq}`, name);
  }
});

test('a removed row is told: in the middle, at the beginning, and at the end when it was known before', async () => {
  const middle = page();
  middle.lines.splice(5, 1);
  assert.equal(await fault(middle), `balance ${page().lines[4].seq}`);
  const first = page();
  first.lines.pop();
  assert.equal(await fault(first), 'balance 14');
  const known = await rememberedAt(3);
  const last = page();
  last.lines = last.lines.filter((l) => l.seq <= 190);
  assert.equal(await fault(last, known), 'gone');
});

test('a row that was removed from the whole book, with everything after it made anew, does not fit the head that is published', async () => {
  const book = lines.filter((l) => l.seq !== 70).map((l, i) => ({ ...l, seq: i + 1 }));
  const rewritten = { ...page(), lines: own(book, heads[2]) };
  assert.match(await fault(rewritten), /^line /);
});

test('a wrong proof is told: another hash, one too few, one too many, of another line, none at all', async () => {
  const wrong = [
    (proof) => (proof[2] = '0'.repeat(64)),
    (proof) => proof.pop(),
    (proof) => proof.push('0'.repeat(64)),
    (proof) => proof.splice(0, proof.length, ...page().lines[7].proof),
    (proof) => proof.splice(0),
    (proof) => (proof[0] = 'not hex'),
    (proof) => proof.reverse(),
  ];
  for (const [i, spoil] of wrong.entries()) {
    const changed = page();
    spoil(changed.lines[0].proof);
    assert.equal(await fault(changed), `line ${changed.lines[0].seq}`, `way ${i}`);
  }
  const hidden = page();
  hidden.lines[0].proof = null;
  assert.equal(await fault(hidden), `line ${hidden.lines[0].seq}`);
});

test('a wrong signature is told: of another key, of another text, of no form', async () => {
  const forged = page();
  forged.head = await sign(heads[2], other);
  assert.equal(await fault(forged), 'signature');
  for (const [name, value] of Object.entries({ number: 4, at: 1, size: 198, root: '0'.repeat(64), last: '1'.repeat(64), audit_seq: 99,
    audit: '2'.repeat(64), before: '3'.repeat(64), signature: 'AAAA' })) {
    const changed = page();
    changed.head[name] = value;
    assert.equal(await fault(changed), 'signature', name);
  }
  assert.equal(await fault({ ...page(), key: key.slice(0, -4) + 'AAAA' }), 'signature');
  assert.equal(await fault({ ...page(), key: 'x' }), 'signature');
});

test('another key than the first time is told, even when everything fits it', async () => {
  const known = await rememberedAt(3);
  const theirs = await makeHeads(lines, [199], other);
  const raw = Buffer.from(await webcrypto.subtle.exportKey('raw', other.publicKey)).toString('base64url');
  const whole = { key: raw, head: theirs[0], more: false, lines: own(lines, theirs[0]) };
  assert.equal(await fault(whole), 'matches');
  assert.equal(await fault(whole, known), 'key');
});

test('an older head, or none, than was seen is told', async () => {
  const known = await rememberedAt(3);
  assert.equal(await fault(page(2), known), 'older');
  assert.equal(await fault({ ...page(), head: null }, known), 'older');
  const smaller = await sign({ ...heads[1], number: 4, before: sha(headText(heads[2])).toString('hex') });
  assert.equal(await fault({ ...page(2), head: smaller }, known), 'older');
});

test('the heads between then and now are a chain, and a break in it is told', async () => {
  const known = await rememberedAt(1);
  assert.equal(await fault(page(3), known, heads), 'matches');
  assert.equal(await fault(page(3), known, []), 'chain');
  assert.equal(await fault(page(3), known, [heads[0]]), 'chain');
  const unsigned = [{ ...heads[1], signature: heads[0].signature }];
  assert.equal(await fault(page(3), known, unsigned), 'signature');
  const history = await makeHeads(lines.map((l) => (l.seq === 3 ? { ...l, amount: 1, balance: 8 } : l)), [61, 128, 199]);
  assert.equal(await fault({ ...page(3), head: history[2] }, known, history), 'chain');
  const same = await sign({ ...heads[0], at: 1 });
  assert.equal(await fault({ ...page(1), head: same }, known), 'chain');
});

/* ---- asking for it */

/** A server that answers as src/api/api_proof.c does, so many lines a page. */
const server = (at, { size = 5, headsAt = 1 } = {}) => async (asked) => {
  const { pathname, searchParams } = new URL(asked, 'http://here');
  if (pathname === '/api/heads') return { key, heads: heads.slice(Number(searchParams.get('from')) - 1).slice(0, headsAt) };
  const whole = page(at);
  const rest = whole.lines.filter((l) => l.seq < Number(searchParams.get('below') ?? Infinity));
  return { ...whole, lines: rest.slice(0, size), more: rest.length >= size };
};

test('all pages are asked for, and the heads in between', async () => {
  const known = await rememberedAt(1);
  for (const before of [null, known]) {
    const verdict = await prove(server(3), before);
    assert.deepEqual([verdict.state, verdict.lines], ['matches', 28]);
    assert.equal(verdict.remember.number, 3);
  }
});

test('a server that gives the same page again and again is not asked for ever', async () => {
  const stuck = async () => ({ ...page(3), lines: page(3).lines.slice(0, 5), more: true });
  assert.deepEqual(await prove(stuck, null), { state: 'differs', fault: 'line' });
});

test('that nobody answers is told to who asked', async () => {
  await assert.rejects(prove(async () => { throw new Error('offline'); }, null), /offline/);
});
