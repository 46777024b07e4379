import assert from 'node:assert/strict';
import test from 'node:test';
import { IDBFactory } from 'fake-indexeddb';
import { loadTs } from '../support/load_ts.mjs';

const { Queue, memoryStore, openStore } = await loadTs('web/till/queue.ts');

let seed = 11;
const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;

/** A server that keeps its promise about keys, behind a network that keeps none. */
function fakeServer() {
  const server = { isUp: true, isSignedOut: false, loseAnswers: 0, refuse: () => null, answers: new Map(), written: [], calls: 0 };
  server.send = async (body, key) => {
    server.calls++;
    await null;
    if (!server.isUp) throw new TypeError('Failed to fetch');
    if (server.isSignedOut) throw { status: 401, word: 'session_over', facts: {} };
    if (!server.answers.has(key)) {
      const refusal = server.refuse(body, key);
      if (refusal) throw refusal;
      server.written.push({ key, body });
      server.answers.set(key, { transfer: server.written.length });
    }
    if (random() < server.loseAnswers) throw { status: 0, word: 'offline', facts: {} };
    return server.answers.get(key);
  };
  return server;
}

const grant = (n, scan = null) => ({ scan, code: `code-${n}`, scannedAt: n, give: { stamps: 1 }, name: null, staff: 'Staff 1' });

/** A page: dies without a word when `die` is called, its promises never to be kept. */
function page(store, server, changed = () => {}) {
  const state = { isDead: false };
  const orNever = (work) => (...facts) => (state.isDead ? new Promise(() => {})
    : work(...facts).then((value) => (state.isDead ? new Promise(() => {}) : value)));
  const frail = Object.fromEntries(Object.entries(store).map(([name, work]) => [name, orNever(work)]));
  const queue = new Queue(frail, { send: orNever(server.send), changed, now: () => 1, alone: (work) => work() });
  return { queue, die: () => { state.isDead = true; queue.close(); } };
}

async function drained(queue) {
  for (let i = 0; i < 2000 && queue.waiting.length > 0; i++) {
    queue.wake();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  queue.close();
}

test('online: stored before it is sent, answered, gone', async () => {
  const server = fakeServer();
  const store = await openStore('t', new IDBFactory());
  const seen = [];
  const { queue } = page(store, { ...server, send: async (body, key) => {
    seen.push((await store.all()).map((entry) => entry.key));
    return server.send(body, key);
  } });
  await queue.open();
  const outcome = await queue.give(grant(1, 17));
  assert.deepEqual(outcome, { state: 'done', answer: { transfer: 1 } });
  assert.deepEqual(server.written[0].body, { scan: 17, stamps: 1 });
  assert.match(server.written[0].key, /^[A-Za-z0-9_-]{16,64}$/);
  assert.deepEqual(seen, [[server.written[0].key]]);
  assert.deepEqual(await store.all(), []);
});

for (const [name, newStore] of [['IndexedDB', () => openStore('t', new IDBFactory())], ['memory', memoryStore]]) {
  test(`200 grants, a dead server, lost answers, reloads in the middle: each key once, in order (${name})`, async () => {
    const server = fakeServer();
    const store = await newStore();
    let { queue, die } = page(store, server);
    await queue.open();
    server.loseAnswers = 0.3;
    const outcomes = { done: 0, waiting: 0, refused: 0 };
    for (let n = 0; n < 200; n++) {
      if (n === 20) server.isUp = false;
      if (n === 150) server.isUp = true;
      const giving = queue.give(grant(n, n % 3 ? n : null));
      if (n % 40 === 39) {
        /* The page goes away while this grant is somewhere between the store, the wire and the answer. */
        for (let i = 0; i < 1 + Math.floor(random() * 3); i++) await null;
        while ((await store.all()).every((entry) => entry.code !== `code-${n}`) && !server.written.some((row) => row.body.code === `code-${n}`
          || row.body.scan === n)) await new Promise((resolve) => setTimeout(resolve, 0));
        die();
        ({ queue, die } = page(store, server));
        await queue.open();
      } else {
        outcomes[(await giving).state]++;
      }
    }
    await drained(queue);
    assert.equal(outcomes.refused, 0);
    assert.ok(outcomes.waiting >= 100, `some had to wait: ${outcomes.waiting}`);
    assert.deepEqual(await store.all(), []);
    assert.equal(server.written.length, 200);
    assert.equal(new Set(server.written.map((row) => row.key)).size, 200);
    assert.deepEqual(server.written.map((row) => row.body.scan ?? Number(row.body.code.slice(5))), Array.from({ length: 200 }, (_, n) => n));
    assert.ok(server.calls > 200, 'answers were lost and asked for again');
  });
}

test('a grant made without a connection carries its code and when it was read', async () => {
  const server = fakeServer();
  server.isUp = false;
  const { queue } = page(memoryStore(), server);
  await queue.open();
  const outcome = await queue.give(grant(5));
  assert.equal(outcome.state, 'waiting');
  assert.equal(queue.isDown, true);
  server.isUp = true;
  await drained(queue);
  assert.deepEqual(server.written[0].body, { code: 'code-5', scanned_at: 5, stamps: 1 });
});

test('a refusal the cashier sees is told to them; one that comes later stays until it was looked at', async () => {
  const server = fakeServer();
  const refusal = { status: 409, word: 'too_soon', facts: { again: 9 } };
  server.refuse = (body) => (body.code === 'code-1' ? refusal : null);
  const { queue } = page(memoryStore(), server);
  await queue.open();
  assert.deepEqual(await queue.give(grant(1)), { state: 'refused', failure: refusal });
  assert.equal(queue.entries.length, 0);

  server.isUp = false;
  for (const n of [0, 1, 2]) await queue.give(grant(n));
  server.isUp = true;
  await drained(queue);
  assert.deepEqual(server.written.map((row) => row.body.code), ['code-0', 'code-2']);
  const [problem] = queue.problems;
  assert.deepEqual([problem.code, problem.word, problem.facts.again], ['code-1', 'too_soon', 9]);
  await queue.dismiss(problem.seq);
  assert.equal(queue.entries.length, 0);
});

test('a scan that ended while the grant waited is sent by its code, under a new key', async () => {
  const server = fakeServer();
  server.isUp = false;
  const { queue } = page(memoryStore(), server);
  await queue.open();
  await queue.give(grant(3, 33));
  server.isUp = true;
  server.refuse = (body) => (body.scan ? { status: 409, word: 'scan_over', facts: {} } : null);
  await drained(queue);
  assert.deepEqual(server.written.map((row) => row.body), [{ code: 'code-3', scanned_at: 3, stamps: 1 }]);
  assert.equal(queue.problems.length, 0);
});

test('an ended session keeps everything until somebody signs in', async () => {
  const server = fakeServer();
  server.isSignedOut = true;
  const { queue } = page(memoryStore(), server);
  await queue.open();
  assert.equal((await queue.give(grant(1))).state, 'waiting');
  assert.equal(queue.isSignedOut, true);
  assert.equal((await queue.give(grant(2))).state, 'waiting');
  assert.equal(server.calls, 1);
  server.isSignedOut = false;
  await drained(queue);
  assert.equal(server.written.length, 2);
});

test('what was never sent can be taken back; what may have been sent cannot', async () => {
  const server = fakeServer();
  server.isUp = false;
  const { queue } = page(memoryStore(), server);
  await queue.open();
  const first = await queue.give(grant(1)); /* tried once, no answer */
  const second = await queue.give(grant(2));
  assert.equal(await queue.withdraw(first.entry.seq), false);
  assert.equal(await queue.withdraw(second.entry.seq), true);
  server.isUp = true;
  await drained(queue);
  assert.deepEqual(server.written.map((row) => row.body.code), ['code-1']);
});

test('server trouble and rate limits are waited out, not taken for refusals', async () => {
  for (const status of [0, 408, 425, 429, 500, 502, 503]) {
    const server = fakeServer();
    let isBad = true;
    server.refuse = () => (isBad ? { status, word: 'x', facts: {} } : null);
    const { queue } = page(memoryStore(), server);
    await queue.open();
    assert.equal((await queue.give(grant(1))).state, 'waiting', String(status));
    isBad = false;
    await drained(queue);
    assert.equal(server.written.length, 1);
  }
});
