/* The till's model by itself: a scripted server behind fetch, no page, no clock but ours. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { loadTs } from '../support/load_ts.mjs';

const { Till, pointsFor, Queue, memoryStore } = await loadTs('web/till/model.ts', 'web/till/queue.ts');

const codeOf = (kind, n) => {
  const front = `${kind}${String(n).padStart(10, '0')}12345678`;
  return front + String(98n - (BigInt(front) * 100n) % 97n).padStart(2, '0');
};
const MEMBER = codeOf(71, 1);
const OTHER = codeOf(71, 2);
const VOUCHER = codeOf(72, 1);
const NOW = 1_800_000_000_000;

const INFO = { state: 'signed_in', till: 'Till 1', shop: 'Shop', people: [{ id: 1, name: 'Staff 1' }], locked: [], now: NOW,
  staff: { id: 1, name: 'Staff 1', role: 'cashier' }, plans: [{ id: 1, name: 'Card', unit: 'stamp', goal: 10, yen_per_point: 0, rounding: 'down' }] };
const found = (more = {}) => [200, { kind: 'member', scan: 17, card: { plan: 1, plan_name: 'Card', unit: 'stamp', balance: 6, goal: 10, name: null, language: 'ja' },
  may: { grant: true }, vouchers: [], until: NOW + 120_000, ...more }];
const granted = [201, { transfer: 57, amount: 1, balance: 7, goal: 10, unit: 'stamp', name: null, vouchers: [], undo_until: NOW + 10_000 }];

async function open(script = {}) {
  const calls = [];
  const timers = [];
  const world = { isDown: false, calls, timers, tunes: [] };
  const answers = { '/api/till': [200, INFO], '/api/till/today': [200, { items: [], redeemed: [], totals: { grants: 0, reversals: 0, redemptions: 0 } }],
    '/api/till/scans': found(), '/api/till/grants': granted, '/api/till/reversals': [201, { balance: 6 }],
    '/api/till/redemptions': [200, { title: 'Coffee', at: NOW }], ...script };
  globalThis.fetch = async (path, options) => {
    const body = options.body ? JSON.parse(options.body) : null;
    if (options.method === 'POST') calls.push({ path, body, key: options.headers['Idempotency-Key'] });
    if (world.isDown) throw new TypeError('Failed to fetch');
    const answer = answers[path];
    const [status, data] = typeof answer === 'function' ? await answer(body) : answer;
    return new Response(status === 204 ? null : JSON.stringify(data), { status });
  };
  const till = new Till({ now: () => NOW, after: (ms, work) => timers.push({ ms, work }), play: (tune) => world.tunes.push(tune) }, () => {});
  till.queue = new Queue(memoryStore(), { now: () => till.now(), changed: () => till.queueChanged(), alone: (work) => work(),
    send: async (body, key) => {
      const response = await fetch('/api/till/grants', { method: 'POST', body: JSON.stringify(body), headers: { 'Idempotency-Key': key } })
        .catch(() => { throw { status: 0, word: 'offline', facts: {} }; });
      const data = await response.json();
      if (!response.ok) throw { status: response.status, word: data.error, facts: data };
      return data;
    } });
  await till.start();
  const settle = async () => { for (let i = 0; i < 60; i++) await new Promise((resolve) => setImmediate(resolve)); };
  const at = () => till.state.screen.at;
  const scan = async (text) => { till.scan({ text, sent: text, gapMs: 5 }); await settle(); };
  const type = async (keys) => { for (const key of keys) till.type(key); await settle(); };
  return { till, world, answers, scan, type, at, settle, granted: () => calls.filter((call) => call.path === '/api/till/grants') };
}

test.afterEach(() => { delete globalThis.fetch; });

test('points are rounded as the plan says', () => {
  const rows = [[99, 100, 'down', 0], [100, 100, 'down', 1], [1999, 100, 'down', 19], [150, 100, 'nearest', 2], [149, 100, 'nearest', 1],
    [1, 100, 'up', 1], [100, 100, 'up', 1], [101, 100, 'up', 2], [7, 1, 'nearest', 7], [50, 0, 'down', 50]];
  for (const [yen, yen_per_point, rounding, want] of rows) assert.equal(pointsFor(yen, { yen_per_point, rounding }), want, `${yen} ${rounding}`);
});

test('scan, Enter: one stamp, done, ready again, and ten seconds to undo', async () => {
  const { till, world, scan, type, at, settle, granted } = await open();
  assert.equal(at(), 'ready');
  await scan(MEMBER);
  assert.equal(at(), 'member');
  await type(['Enter']);
  assert.equal(at(), 'done');
  assert.deepEqual(granted().map((call) => call.body), [{ scan: 17, stamps: 1 }]);
  assert.equal(till.state.screen.result.balance, 7);
  assert.ok(world.tunes.includes('ok'));
  world.timers.filter((timer) => timer.ms === 3000).forEach((timer) => timer.work());
  assert.equal(at(), 'ready');
  till.undoing.last();
  await settle();
  assert.equal(at(), 'undone');
  assert.deepEqual(world.calls.at(-1).body, { transfer: 57 });
  assert.equal(till.state.undo, null);
});

test('a scan during the green band is the next customer, and the band does not come back', async () => {
  const { world, scan, type, at } = await open();
  await scan(MEMBER);
  await type(['2', 'Enter']);
  assert.equal(world.calls.at(-1).body.stamps, 2);
  await scan(OTHER);
  assert.equal(at(), 'member');
  world.timers.filter((timer) => timer.ms === 3000).forEach((timer) => timer.work());
  assert.equal(at(), 'member');
});

test('a scan while a grant is under way waits for it, and no press counts twice', async () => {
  let answer;
  const { till, scan, at, settle, granted } = await open({ '/api/till/grants': () => new Promise((resolve) => { answer = () => resolve(granted_()); }) });
  const granted_ = () => [201, { transfer: 1, amount: 1, balance: 7, goal: 10, unit: 'stamp', name: null, vouchers: [], undo_until: NOW }];
  await scan(MEMBER);
  void till.giving.give(1);
  void till.giving.give(1);
  till.type('Enter');
  await settle();
  await scan(OTHER);
  assert.equal(at(), 'member');
  assert.equal(till.state.isBusy, true);
  answer();
  await settle();
  assert.equal(granted().length, 1);
  assert.equal(at(), 'member');
  assert.equal(till.state.screen.code, OTHER);
});

test('offline: a right code may be stamped and is kept; a wrong one and a voucher may not', async () => {
  const { till, world, scan, type, at, granted } = await open();
  world.isDown = true;
  await scan(MEMBER);
  assert.equal(at(), 'offline');
  await type(['Enter']);
  assert.equal(at(), 'done');
  assert.equal(till.state.screen.result.balance, null);
  assert.deepEqual(granted()[0].body, { code: MEMBER, scanned_at: NOW, stamps: 1 });
  assert.equal(till.queue.waiting.length, 1);
  await scan(VOUCHER);
  assert.equal(till.state.screen.word, 'voucher_offline');
  await scan(MEMBER.slice(0, 21) + ((Number(MEMBER[21]) + 1) % 10));
  assert.equal(till.state.screen.word, 'code_unreadable');
  world.isDown = false;
  till.setOnline(true);
  for (let i = 0; i < 50 && till.queue.waiting.length; i++) { till.queue.wake(); await new Promise((resolve) => setTimeout(resolve, 2)); }
  assert.equal(till.queue.entries.length, 0);
  assert.equal(new Set(granted().map((call) => call.key)).size, 1);
  till.queue.close();
});

test('offline, the prefix of a JAN tells our cards from the shop’s own goods', async () => {
  const plans = [{ ...INFO.plans[0], jan_prefix: 21 }, { ...INFO.plans[0], id: 2, unit: 'point', yen_per_point: 100, jan_prefix: 29 }];
  const { till, world, scan, at } = await open({ '/api/till': [200, { ...INFO, plans }] });
  world.isDown = true;
  await scan('2999999999991');
  assert.deepEqual([at(), till.state.screen.unit], ['offline', 'point']);
  await scan('2010000000175');
  assert.equal(till.state.screen.word, 'code_goods');
  till.queue.close();
});

test('each refusal is a problem with its facts; only what can be no number at all is not asked about', async () => {
  for (const [status, word] of [[409, 'code_stale'], [409, 'code_used'], [404, 'code_unknown'], [409, 'card_blocked'], [409, 'voucher_redeemed']]) {
    const { till, scan, at } = await open({ '/api/till/scans': [status, { error: word, at: 5, till: 'Till 2' }] });
    await scan(MEMBER);
    assert.deepEqual([at(), till.state.screen.word, till.state.screen.facts.till], ['problem', word, 'Till 2']);
  }
  const { till, world, scan } = await open({ '/api/till/scans': [409, { error: 'code_goods' }] });
  await scan('4901234567894'); /* a chain's own number may look like a product's */
  assert.equal(till.state.screen.word, 'code_goods');
  assert.equal(world.calls.length, 1);
  for (const [text, word] of [[`${MEMBER}${VOUCHER}`, 'code_unreadable'], ['https://example.com', 'code_unknown']]) {
    await scan(text);
    assert.equal(till.state.screen.word, word);
  }
  assert.equal(world.calls.length, 1);
});

test('without a connection a number that does not change waits for it, and goods are known', async () => {
  const { till, world, scan } = await open();
  world.isDown = true;
  for (const [text, word] of [['A1234567A', 'static_offline'], ['4901234567894', 'code_goods'], ['2123456789011', 'code_unreadable']]) {
    await scan(text);
    assert.equal(till.state.screen.word, word);
  }
  till.queue.close();
});

test('a card that was stamped already shows when it may be again, and Enter does nothing', async () => {
  const { scan, type, at, granted } = await open({ '/api/till/scans': found({ may: { grant: false, reason: 'too_soon', last: 1, again: 2 } }) });
  await scan(MEMBER);
  await type(['Enter', '2', 'Enter']);
  assert.equal(at(), 'member');
  assert.equal(granted().length, 0);
});

test('a redemption without an answer is tried again with the same key, never queued', async () => {
  const { till, world, scan, type, at } = await open({ '/api/till/scans': [200, { kind: 'voucher', voucher: { id: 3, title: 'Coffee', kind: 'plain', value: 0, redeem: null, expires: NOW, plan_name: 'Card', name: null },
    token: 't', until: NOW + 120_000 }] });
  await scan(VOUCHER);
  assert.equal(at(), 'voucher');
  world.isDown = true;
  await type(['Enter']);
  assert.equal(till.state.screen.word, 'redeem_unsure');
  assert.equal(till.queue.entries.length, 0);
  world.isDown = false;
  await type(['Enter']);
  assert.equal(at(), 'handed');
  const keys = world.calls.filter((call) => call.path === '/api/till/redemptions').map((call) => call.key);
  assert.equal(keys.length, 2);
  assert.equal(new Set(keys).size, 1);
});

test('a reward that asks for a sale is handed over once the sale is large enough', async () => {
  const voucher = { id: 3, title: '500 off', kind: 'yen_off', value: 500, redeem: { min_yen: 1500 }, expires: NOW, plan_name: 'Card', name: null };
  const { till, world, scan, type, at } = await open({
    '/api/till/scans': [200, { kind: 'voucher', voucher, token: 't', until: NOW + 120_000 }],
    '/api/till/redemptions': [200, { voucher: 3, title: '500 off', at: NOW }],
  });
  await scan(VOUCHER);
  await type(['1', '4', '9', '9', 'Enter']);
  assert.equal(at(), 'voucher');
  assert.equal(till.rewarding.canHandOver, false);
  await type(['Backspace', 'Backspace', 'Backspace', '5', '0', '0', 'Enter']);
  assert.equal(at(), 'handed');
  assert.deepEqual(world.calls.filter(({ path }) => path === '/api/till/redemptions').map(({ body }) => body), [{ voucher: 3, token: 't', yen: 1500 }]);
});

test('a reward out of its hours is not handed over', async () => {
  const voucher = { id: 3, title: 'Tea', kind: 'free_item', value: 0, redeem: { days: 31, from_min: 840, until_min: 1020 }, reason: 'wrong_hour', again: NOW + 3_600_000,
    expires: NOW, plan_name: 'Card', name: null };
  const { till, scan, type, at } = await open({ '/api/till/scans': [200, { kind: 'voucher', voucher, token: 't', until: NOW + 120_000 }] });
  await scan(VOUCHER);
  await type(['Enter']);
  assert.equal(at(), 'voucher');
  assert.equal(till.rewarding.canHandOver, false);
});

test('an ended session asks the same person for the PIN and keeps the grant', async () => {
  const { till, scan, type, at, answers, settle } = await open();
  await scan(MEMBER);
  answers['/api/till/grants'] = [401, { error: 'session_over' }];
  answers['/api/till'] = [200, { ...INFO, state: 'enrolled' }];
  await type(['Enter']);
  assert.equal(at(), 'pin');
  assert.equal(till.state.screen.staff.name, 'Staff 1');
  assert.equal(till.queue.waiting.length, 1);
  assert.deepEqual(till.listening, { ignoreScans: true, minLength: 10 });
  answers['/api/till/staff'] = [200, INFO];
  answers['/api/till/grants'] = granted;
  await type([...'123456']);
  await settle();
  assert.equal(at(), 'ready');
  assert.equal(till.queue.entries.length, 0);
  till.queue.close();
});

test('digits on the first screen start a number by hand; Esc leads back', async () => {
  const { till, type, at } = await open();
  await type([...'2123']);
  assert.equal(at(), 'entry');
  await type(['Backspace', 'Backspace', 'Backspace', 'Backspace']);
  assert.equal(at(), 'ready');
  await type([...MEMBER, 'Enter']);
  assert.equal(at(), 'member');
  till.back();
  assert.equal(at(), 'ready');
});

const LATE_INFO = { ...INFO, plans: [{ ...INFO.plans[0], late: { days: 14, cashier_max: 3 } }] };

test('credit afterwards: the form says what it lacks, a refusal stays in it, and done can be undone', async () => {
  const { till, world, answers, scan, at, settle } = await open({ '/api/till': [200, LATE_INFO], '/api/till/late': [409, { error: 'receipt_used', at: NOW - 1 }] });
  await scan(MEMBER);
  till.late.open();
  assert.equal(at(), 'late');
  assert.equal(Date.parse(till.state.screen.form.soldAt), NOW - NOW % 60_000);
  assert.equal(till.late.isReady, false); /* no reason yet */
  till.late.fill({ reason: 'no_phone', receipt: ' 0012 ', soldAt: '2027-01-14T12:00', stamps: 2 });
  assert.equal(till.late.isReady, true);
  void till.late.credit();
  await settle();
  assert.equal(at(), 'late');
  assert.equal(till.state.screen.failure.word, 'receipt_used');
  till.late.fill({ receipt: '0013' });
  assert.equal(till.state.screen.failure, null);
  answers['/api/till/late'] = granted;
  void till.late.credit();
  await settle();
  assert.equal(at(), 'done');
  const sent = world.calls.filter((call) => call.path === '/api/till/late');
  assert.deepEqual(sent.map((call) => call.body.receipt), ['0012', '0013']);
  assert.deepEqual(sent[1].body, { scan: 17, receipt: '0013', sold_at: Date.parse('2027-01-14T12:00'), stamps: 2, reason: 'no_phone' });
  assert.equal(new Set(sent.map((call) => call.key)).size, 2); /* another body, another key */
  till.undoing.last();
  await settle();
  assert.equal(at(), 'undone');
});

test('credit afterwards: without an answer the same is sent again under the same key', async () => {
  const { till, world, scan, type, at, settle } = await open({ '/api/till': [200, LATE_INFO], '/api/till/late': granted });
  await scan(MEMBER);
  till.late.open();
  till.late.fill({ reason: 'forgotten' });
  world.isDown = true;
  void till.late.credit();
  await settle();
  assert.equal(till.state.screen.word, 'late_unsure');
  world.isDown = false;
  await type(['Enter']);
  assert.equal(at(), 'done');
  const sent = world.calls.filter((call) => call.path === '/api/till/late');
  assert.equal(sent.length, 2);
  assert.deepEqual(sent[0], sent[1]);
});

test('credit afterwards: a card scanned into the field is the next customer; Esc leads back to the one before', async () => {
  const { till, world, scan, at, settle } = await open({ '/api/till': [200, LATE_INFO] });
  await scan(MEMBER);
  till.late.open();
  till.back();
  assert.equal(at(), 'member');
  till.late.open();
  till.late.fill({ reason: 'forgotten', receipt: OTHER });
  void till.late.credit();
  await settle();
  assert.equal(at(), 'member');
  assert.equal(till.state.screen.code, OTHER);
  assert.equal(world.calls.filter((call) => call.path === '/api/till/late').length, 0);
});

const POINTS = (spend = {}) => found({ card: { plan: 1, plan_name: 'Card', unit: 'point', balance: 550, goal: 0, name: null, language: 'ja' },
  spend: { yen: 1, step: 1, least: 1, percent: 100, most: 550, worth: 550, agreed: false, ...spend } });
const quoted = (agreed) => [200, { points: 300, worth: 300, usable: 550, balance: 550, left: 250, agreed, until: NOW + 120_000 }];
const spentOf = [201, { transfer: 58, mac: '00', points: 300, worth: 300, balance: 250, undo_until: NOW + 600_000 }];

test('points are used once the member has said yes, and the sale may earn on the same scan', async () => {
  const answers = [quoted(false), quoted(false), quoted(true)];
  const { till, world, scan, type, at, settle } = await open({ '/api/till/scans': POINTS(), '/api/till/quotes': () => answers.shift(), '/api/till/spends': spentOf });
  await scan(MEMBER);
  till.spending.open();
  await type(['3', '0', '0', 'Enter']);
  assert.equal(till.state.screen.isAsking, true);
  world.timers.at(-1).work();
  await settle();
  world.timers.at(-1).work();
  await settle();
  assert.equal(at(), 'spent');
  const quotes = world.calls.filter((call) => call.path === '/api/till/quotes');
  assert.deepEqual(quotes.map((call) => call.body.ask), [true, false, false]); /* the member is asked once */
  assert.deepEqual(world.calls.find((call) => call.path === '/api/till/spends').body, { scan: 17, points: 300 });
  assert.equal(till.state.undo.transfer, 58);
  await type(['Enter']);
  assert.equal(at(), 'member');
  assert.equal(till.state.screen.found.card.balance, 250);
  assert.equal(till.state.screen.found.spend, undefined); /* a scan carries one spending */
});

test('nobody is asked any more once the next customer is there', async () => {
  const { world, till, scan, type, at, settle } = await open({ '/api/till/scans': POINTS(), '/api/till/quotes': quoted(false) });
  await scan(MEMBER);
  till.spending.open();
  await type(['1', 'Enter']);
  const again = world.timers.at(-1);
  await scan(OTHER);
  const asked = world.calls.length;
  again.work();
  await settle();
  assert.equal(world.calls.length, asked);
  assert.equal(at(), 'member');
});

test('what cannot be used is said in the form, which stays as it is', async () => {
  const { till, scan, type, at } = await open({ '/api/till/scans': POINTS(), '/api/till/quotes': [409, { error: 'points_short', have: 550, most: 550 }] });
  await scan(MEMBER);
  till.spending.open();
  await type(['9', '9', '9', 'Enter']);
  assert.equal(at(), 'spend');
  assert.equal(till.state.screen.failure.word, 'points_short');
  assert.equal(till.state.screen.form.points, '999');
});

test('where points pay a part of a sale, the sale comes first and limits them', async () => {
  const { till, world, scan, type } = await open({ '/api/till/scans': POINTS({ percent: 50, step: 100, least: 100 }), '/api/till/quotes': quoted(true), '/api/till/spends': spentOf });
  await scan(MEMBER);
  till.spending.open();
  await type(['7', '5', '0', 'Enter']);
  assert.equal(till.state.screen.form.field, 'points');
  assert.equal(till.spending.mostOf(till.state.screen), 300);
  await type(['3', '0', '0', 'Enter']);
  assert.deepEqual(world.calls.find((call) => call.path === '/api/till/spends').body, { scan: 17, points: 300, yen: 750 });
});

test('without an answer the same points are sent under the same key', async () => {
  const { till, world, scan, type, at, settle } = await open({ '/api/till/scans': POINTS(), '/api/till/quotes': quoted(true) });
  await scan(MEMBER);
  till.spending.open();
  world.isDown = true;
  await type(['3', '0', '0']);
  world.isDown = false;
  globalThis.fetch = ((real) => async (path, options) => {
    if (path !== '/api/till/spends') return real(path, options);
    world.calls.push({ path, key: options.headers['Idempotency-Key'] });
    if (world.calls.filter((call) => call.path === path).length === 1) throw new TypeError('Failed to fetch');
    return new Response(JSON.stringify(spentOf[1]), { status: 201 });
  })(globalThis.fetch);
  await type(['Enter']);
  assert.equal(at(), 'problem');
  assert.equal(till.state.screen.word, 'spend_unsure');
  till.confirm();
  await settle();
  assert.equal(at(), 'spent');
  const keys = world.calls.filter((call) => call.path === '/api/till/spends').map((call) => call.key);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  assert.equal(world.calls.filter((call) => call.path === '/api/till/quotes').length, 1); /* it would be told that the scan is used up */
});

test('a redemption that was a mistake is undone under today, after one question', async () => {
  const { till, world, at, settle } = await open({ '/api/till/redemptions/undo': [200, { voucher: 3, title: 'Coffee', expires: NOW }] });
  till.undoing.openToday();
  await settle();
  await till.undoing.ask({ voucher: 3 });
  assert.equal(world.calls.length, 0);
  await till.undoing.unredeem(3);
  await settle();
  assert.equal(at(), 'unredeemed');
  assert.deepEqual(world.calls.at(-1).body, { voucher: 3 });
});

const SALE = { transfer: 57, at: NOW, sale: 2000, unit: 'point', name: null, have: 20, rounds: 0, yen: 2000, left: 0, taken: 20, forgiven: 0, owed: 0, balance: 0, vouchers_cancelled: 0 };
const POINT_INFO = { ...INFO, plans: [{ ...INFO.plans[0], unit: 'point', yen_per_point: 100 }] };

test('a refund: the sale, the part, what it takes, and exactly that is sent', async () => {
  const ahead = { ...SALE, yen: 550, left: 1450, taken: 6, balance: 14 };
  const { till, world, type, at, settle } = await open({ '/api/till': [200, POINT_INFO],
    '/api/till/refunds/quote': (body) => [200, body.yen ? ahead : SALE], '/api/till/refunds': [201, { ...ahead, refund: 3, transfer: 61, mac: '00' }] });
  till.refunding.open();
  till.refunding.fill(' 12-0345 ');
  await type(['Enter']);
  assert.equal(at(), 'refund_part');
  await type(['5', '5', '0', 'Enter']);
  assert.equal(at(), 'refund_ask');
  assert.deepEqual(world.calls.map(({ path, body }) => [path.split('/').at(-1), body]),
    [['quote', { receipt: '12-0345' }], ['quote', { transfer: 57, yen: 550 }]]);
  till.back();
  assert.equal(till.state.screen.yen, '550');
  await type(['Enter', 'Enter']);
  await settle();
  assert.equal(at(), 'refund_ask');
  await type(['Enter']);
  assert.equal(at(), 'refunded');
  assert.deepEqual(world.calls.at(-1).body, { transfer: 57, yen: 550 });
  assert.match(world.calls.at(-1).key, /^[0-9a-f]{32}$/);
});

test('a refund without an answer goes out again under the same key; a refusal stays in the form', async () => {
  const { till, world, answers, type, at, settle } = await open({ '/api/till': [200, POINT_INFO],
    '/api/till/refunds/quote': [404, { error: 'receipt_unknown' }], '/api/till/refunds': [201, { ...SALE, refund: 3, transfer: null, mac: null }] });
  till.refunding.open();
  till.refunding.fill('1');
  await type(['Enter']);
  assert.equal(till.state.screen.failure.word, 'receipt_unknown');
  till.refunding.fill('2');
  assert.equal(till.state.screen.failure, null);
  answers['/api/till/refunds/quote'] = [200, SALE];
  await type(['Enter']);
  await type(['Enter']); /* all of it */
  world.isDown = true;
  await type(['Enter']);
  assert.equal(till.state.screen.word, 'change_unsure');
  world.isDown = false;
  await type(['Enter']);
  await settle();
  assert.equal(at(), 'refunded');
  const sent = world.calls.filter((call) => call.path === '/api/till/refunds');
  assert.equal(sent.length, 2);
  assert.deepEqual(sent[0], sent[1]);
});

test('where nothing is earned by yen, refunds are not offered', async () => {
  const { till, at } = await open();
  till.refunding.open();
  assert.equal(at(), 'ready');
});

const SHELF = { plan: 1, usable: 550, recent: [], now: NOW, offers: [
  { id: 4, title: 'Mug', kind: 'gift', value: 0, price: 300, valid_days: 30, left: null, final: false, issue: null, redeem: null, prizes: [] },
  { id: 5, title: 'Mill', kind: 'gift', value: 0, price: 900, valid_days: 30, left: 1, final: false, reason: 'not_enough', missing: 350, issue: null, redeem: null, prizes: [] }] };
const SWAPS = { '/api/till': [200, { ...INFO, plans: [{ ...INFO.plans[0], unit: 'point', yen_per_point: 100, swaps: true }] }],
  '/api/till/scans': POINTS(), '/api/till/offers?scan=17': [200, SHELF],
  '/api/till/swaps': [201, { transfer: 70, mac: '00', amount: 300, balance: 250, voucher: 9, expires: NOW, title: 'Mug', kind: 'gift', value: 0, undo_until: NOW + 1 }],
  '/api/till/swaps/undo': [201, { transfer: 71, balance: 550, mac: '00' }] };

test('a swap: what can be had is chosen, asked about and sent; it goes back with its voucher, not alone', async () => {
  const { till, world, scan, type, at, settle } = await open(SWAPS);
  await scan(MEMBER);
  till.rewarding.open();
  await settle();
  till.rewarding.choose(SHELF.offers[1]); /* not enough */
  assert.equal(at(), 'rewards');
  till.rewarding.choose(SHELF.offers[0]);
  assert.equal(at(), 'swap_ask');
  await type(['Enter']);
  assert.equal(at(), 'swapped');
  assert.deepEqual(world.calls.at(-1).body, { scan: 17, reward: 4 });
  till.undoing.last();
  await settle();
  assert.equal(at(), 'undone');
  assert.equal(world.calls.at(-1).path, '/api/till/swaps/undo');
});

test('offers that come late are not shown to the next customer; a fixed number is shown none', async () => {
  let answer;
  const { till, world, answers, scan, at, settle } = await open({ ...SWAPS, '/api/till/offers?scan=17': () => new Promise((resolve) => { answer = () => resolve([200, SHELF]); }) });
  await scan(MEMBER);
  till.rewarding.open();
  await settle();
  assert.equal(at(), 'rewards');
  await scan(OTHER);
  answer();
  await settle();
  assert.equal(at(), 'member');
  answers['/api/till/scans'] = [200, { ...POINTS()[1], by_number: true }];
  await scan(MEMBER);
  till.rewarding.open();
  assert.equal(at(), 'member');
  assert.equal(world.calls.filter(({ path }) => path === '/api/till/swaps').length, 0);
});

test('a cashier cancels no reward, a manager after the figures; without an answer under the same key', async () => {
  const ahead = { voucher: 3, title: 'Mug', name: null, unit: 'point', have: 0, units: 10, balance: 10, vouchers_cancelled: 1 };
  for (const role of ['cashier', 'manager']) {
    const { till, world, type, at, settle } = await open({ '/api/till': [200, { ...INFO, staff: { ...INFO.staff, role } }],
      '/api/till/vouchers/cancel/quote': [200, ahead], '/api/till/vouchers/cancel': [201, { ...ahead, transfer: 61 }] });
    await till.rewarding.askCancel(3);
    assert.equal(at(), role === 'manager' ? 'cancel_ask' : 'ready');
    if (role === 'cashier') continue;
    world.isDown = true;
    await type(['Enter']);
    assert.equal(till.state.screen.word, 'change_unsure');
    world.isDown = false;
    await type(['Enter']);
    await settle();
    assert.equal(at(), 'cancelled');
    const keys = world.calls.filter(({ path }) => path === '/api/till/vouchers/cancel').map(({ key }) => key);
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
  }
});

test('what a basket keeps is given back by whoever may', async () => {
  const held = [{ hold: 5, points: 300, till: 'Till 1', until: NOW + 60_000, may_release: true }, { hold: 6, points: 10, till: 'Till 2', until: NOW + 60_000, may_release: false }];
  const { till, world, scan, type, at } = await open({ '/api/till/scans': [200, { ...POINTS()[1], held }], '/api/till/holds/5/release': [200, { hold: 5, back: 300, balance: 850 }] });
  await scan(MEMBER);
  till.holding.ask(held[1]);
  assert.equal(at(), 'member');
  till.holding.ask(held[0]);
  await type(['Enter']);
  assert.equal(at(), 'released');
  assert.equal(till.state.screen.balance, 850);
  assert.equal(world.calls.at(-1).path, '/api/till/holds/5/release');
});

const RULED = { ...INFO, plans: [{ ...INFO.plans[0], unit: 'point', yen_per_point: 100, about: true, categories: [{ name: 'tobacco', pieces: false }] }] };
const ruledCard = found({ card: { plan: 1, plan_name: 'Card', unit: 'point', balance: 6, goal: 0, name: null, language: 'ja' } });
const wait = async ({ world, settle }) => {
  world.timers.splice(0).filter((timer) => timer.ms === 150).forEach((timer) => timer.work());
  await settle();
};

test('what a grant will give is asked once the typing rests, and only of what stands there', async () => {
  const asked = [];
  const open_ = await open({ '/api/till': [200, RULED], '/api/till/scans': ruledCard,
    '/api/till/grants/quote': (body) => (asked.push(body), [200, { amount: 2 * Math.floor(body.yen / 110), unit: 'point' }]) });
  const { till, scan, type, at, granted } = open_;
  await scan(MEMBER);
  await type(['1', '1', '0', '0']);
  assert.equal(till.foretelling.known, null);
  await wait(open_);
  assert.deepEqual(asked, [{ scan: 17, yen: 1100 }]);
  assert.equal(till.foretelling.known.answer.amount, 20);
  await type(['0']);
  assert.equal(till.foretelling.known, null); /* that was another sum */
  await type(['Backspace', 'Enter']);
  assert.equal(at(), 'done');
  assert.deepEqual(granted().map((call) => call.body), [{ scan: 17, yen: 1100 }]);
});

test('a refusal foretold is shown, a lost answer leaves the sum about, and neither keeps what was typed from being sent', async () => {
  const open_ = await open({ '/api/till': [200, RULED], '/api/till/scans': ruledCard, '/api/till/grants/quote': [409, { error: 'member_cap', again: NOW }] });
  const { till, world, scan, type, at } = open_;
  await scan(MEMBER);
  await type(['9', '9', '0']);
  await wait(open_);
  assert.equal(till.foretelling.known.failure.word, 'member_cap');
  world.isDown = true;
  await type(['0']);
  await wait(open_);
  assert.equal(till.foretelling.known, null);
  assert.equal(at(), 'member');
  world.isDown = false;
  await type(['Enter']);
  assert.equal(at(), 'done');
});

test('a plan of the rate alone asks nobody, and stamps that count twice are two', async () => {
  const plain = await open({ '/api/till': [200, { ...RULED, plans: [{ ...RULED.plans[0], about: undefined }] }], '/api/till/scans': ruledCard });
  await plain.scan(MEMBER);
  await plain.type(['1', '0', '0']);
  assert.ok(!plain.world.timers.some((timer) => timer.ms === 150));
  const twice = await open({ '/api/till': [200, { ...INFO, plans: [{ ...INFO.plans[0], stamps_each: 2 }] }] });
  await twice.scan(MEMBER);
  assert.equal(twice.till.giving.amountOf({ stamps: 3 }, twice.till.giving.planOf(twice.till.state.screen)), 6);
});

const PAST = { transfer: 57, kind: 'earn', amount: 2, sign: 1, unit: 'stamp', at: NOW, name: null, staff: 'Staff 1', till: 'Till 2', shop: 'Shop', undone: false, undo: 'reversal' };

test('a manager looks back, hears what it would do, and undoes exactly that', async () => {
  const manager = { ...INFO, staff: { ...INFO.staff, role: 'manager' } };
  const { till, world, at, settle, type } = await open({ '/api/till': [200, manager], '/api/till/past?': [200, { lines: [PAST], next: { below: 57, before: 1, voucher: 2 } }],
    '/api/till/past?below=57&before=1&voucher=2': [200, { lines: [{ ...PAST, transfer: 40 }], next: null }],
    '/api/till/reversals/40': [200, { ...PAST, transfer: 40, with: 0, have: 6, balance: 4, rounds: 0, vouchers: [] }] });
  await till.looking.open(null);
  assert.equal(at(), 'past');
  await till.looking.more();
  assert.deepEqual(till.state.screen.lines.map(({ transfer }) => transfer), [57, 40]);
  await till.looking.choose(till.state.screen.lines[1]);
  assert.equal(at(), 'past_ask');
  assert.equal(till.state.screen.ahead.balance, 4);
  assert.equal(world.calls.length, 0);
  await type(['Enter']);
  await settle();
  assert.equal(at(), 'undone');
  assert.deepEqual(world.calls.at(-1).body, { transfer: 40 });
});

const TODAY = { ...PAST, staff: 'Staff 1', reversed: false, may_reverse: true };

/** Signed in, with that line under today. */
async function openWith(item, script = {}) {
  const opened = await open({ '/api/till/today': [200, { items: [{ ...TODAY, ...item }], redeemed: [], totals: { grants: 1, reversals: 0, redemptions: 0 } }], ...script });
  await opened.settle();
  return opened;
}

test('what a cashier takes back under today is told in figures before; of a swap the line says all', async () => {
  const { till, world, answers, at, settle } = await openWith({}, { '/api/till/reversals/57': [200, { ...PAST, with: 0, have: 6, balance: 4, rounds: 0, vouchers: [] }] });
  world.isDown = true;
  await till.undoing.ask({ transfer: 57 });
  assert.equal(till.state.screen.word, 'no_answer');
  world.isDown = false;
  till.state.screen.again();
  await settle();
  assert.equal(at(), 'today');
  assert.deepEqual(till.state.screen.asking.of, { transfer: 57 });
  assert.equal(till.state.screen.asking.ahead.balance, 4);
  answers['/api/till/reversals/57'] = [409, { error: 'balance_too_low', missing: 2 }];
  await till.undoing.ask({ transfer: 57 });
  assert.equal(till.state.screen.word, 'balance_too_low');
  assert.equal(world.calls.length, 0);
  const swapped = await openWith({ kind: 'swap' });
  await swapped.till.undoing.ask({ transfer: 57 });
  assert.equal(swapped.till.state.screen.asking.ahead, null);
});

test('a sale that cannot be taken back whole says why, and can be refunded', async () => {
  const { till, at } = await openWith({ unit: 'point', sale: 2000, refunded: 0 }, { '/api/till/reversals/57': [409, { error: 'balance_too_low', missing: 2 }] });
  await till.undoing.ask({ transfer: 57 });
  assert.equal(at(), 'today');
  assert.deepEqual(till.state.screen.asking.failure.facts, { error: 'balance_too_low', missing: 2 });
  const rest = await openWith({ unit: 'point', sale: 2000, refunded: 500, may_reverse: false });
  await rest.till.undoing.ask({ transfer: 57 });
  assert.deepEqual(rest.till.state.screen.asking, { of: { transfer: 57 }, ahead: null, failure: null });
});

test('a cashier does not look back, and no answer is said so', async () => {
  const cashier = await open({});
  await cashier.till.looking.open(null);
  assert.equal(cashier.at(), 'ready');
  const { till, world, at, settle } = await open({ '/api/till': [200, { ...INFO, staff: { ...INFO.staff, role: 'owner' } }], '/api/till/past?': [200, { lines: [], next: null }] });
  world.isDown = true;
  await till.looking.open(null);
  assert.equal(till.state.screen.word, 'no_answer');
  world.isDown = false;
  till.state.screen.again();
  await settle();
  assert.equal(at(), 'past');
});
