/* The card's script without a browser: codes by the clock, what is kept, the brake on reloads. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { loadTs } from '../support/load_ts.mjs';

const { AHEAD_MS, CodeKeeper, grouped } = await loadTs('web/card/codes.ts');
const { keep, recall } = await loadTs('web/card/kept.ts');
const { forget, mayRepeat } = await loadTs('web/card/guard.ts');
const { newsText } = await loadTs('web/card/news.ts');
const { byDay } = await loadTs('web/card/views.ts');
const { nextReward } = await loadTs('web/card/progress.ts');
const { setWords } = await loadTs('web/lib/lang.ts');

const STEP = 30_000;
const settle = () => new Promise((done) => setImmediate(done));

/** A world with a clock that a test turns: a server with its own time, and a phone that may be wrong. */
function world({ phoneIsBehindMs = 0, start = 1_795_000_000_000 } = {}) {
  let server = start;
  let timers = [];
  const seen = { codes: [], shown: [], online: [], loads: 0 };
  const answer = (n = 3) => ({
    now: server,
    step_ms: STEP,
    codes: Array.from({ length: n }, (_, i) => {
      const from = server - (server % STEP) + i * STEP;
      return { from, until: from + STEP, digits: String(from), qr_svg: '<svg/>' };
    }),
  });
  const state = { isDown: false, steps: 3 };
  const keeper = new CodeKeeper({
    load: async () => {
      seen.loads++;
      if (state.isDown) throw new Error('offline');
      return answer(state.steps);
    },
    show: (code) => seen.shown.push(code ? [server, code.from, code.until] : [server, null]),
    online: (is) => seen.online.push(is),
    now: () => server - phoneIsBehindMs,
    after: (ms, run) => timers.push({ at: server + ms, run }),
    cancel: (id) => void (timers[id - 1] = null),
  });
  /** Time passes, timer by timer. */
  const pass = async (ms) => {
    const end = server + ms;
    for (;;) {
      const due = timers.filter((timer) => timer && timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      timers[timers.indexOf(due)] = null;
      server = Math.max(server, due.at);
      due.run();
      await settle();
    }
    server = end;
  };
  return { keeper, seen, state, answer, pass, now: () => server, phone: () => server - phoneIsBehindMs };
}

test('a code is shown from its first to its last moment and never outside, for ten minutes', async () => {
  for (const phoneIsBehindMs of [0, 95_000, -3_600_000]) {
    const w = world({ phoneIsBehindMs, start: 1_795_000_012_345 });
    w.keeper.start(w.answer(), w.phone());
    await w.pass(600_000);
    assert.equal(w.seen.shown.length, 21);
    for (const [at, from, until] of w.seen.shown) assert.ok(from <= at && at < until, `${at} in ${from}..${until}`);
    for (let i = 1; i < w.seen.shown.length; i++) assert.equal(w.seen.shown[i][1], w.seen.shown[i - 1][2], 'no gap');
    assert.deepEqual(w.seen.online, []);
  }
});

test('codes are fetched ahead of need, and not more often than six times a minute', async () => {
  const w = world();
  w.keeper.start(w.answer(), w.phone());
  await w.pass(600_000);
  assert.ok(w.seen.loads >= 9 && w.seen.loads <= 20, `${w.seen.loads} loads`);

  const poor = world(); /* a server that gives the current code only */
  poor.state.steps = 1;
  poor.keeper.start(poor.answer(1), poor.phone());
  await poor.pass(600_000);
  assert.ok(poor.seen.loads <= 60 * 6, `${poor.seen.loads} loads`);
});

test('one code from the page is enough to begin with: the next ones are fetched at once', async () => {
  const w = world();
  w.keeper.start(w.answer(1), w.phone());
  await settle();
  assert.equal(w.seen.loads, 1);
  assert.equal(w.seen.shown.length, 1);
});

test('a short loss of signal goes unnoticed; a long one shows no code instead of a dead one', async () => {
  const w = world();
  w.keeper.start(w.answer(), w.phone());
  await w.pass(10_000);
  w.state.isDown = true;
  await w.pass(AHEAD_MS - STEP);
  assert.ok(!w.seen.shown.some(([, from]) => from === null));
  await w.pass(180_000);
  assert.deepEqual(w.seen.shown.at(-1)[1], null);
  assert.deepEqual(w.seen.online, [false], 'said once');
  const tried = w.seen.loads;
  await w.pass(60_000);
  assert.ok(w.seen.loads - tried <= 5, 'quietly, every 15 s');

  w.state.isDown = false;
  w.keeper.wake();
  await settle();
  assert.deepEqual(w.seen.online, [false, true]);
  const [at, from, until] = w.seen.shown.at(-1);
  assert.ok(from <= at && at < until);
});

test('a hidden page fetches nothing, and is right at once when seen again', async () => {
  const w = world();
  w.keeper.start(w.answer(), w.phone());
  w.keeper.sleep();
  await w.pass(3_600_000);
  assert.equal(w.seen.loads, 0);
  w.keeper.wake();
  assert.equal(w.seen.shown.at(-1)[1], null, 'the old code is gone before anything is fetched');
  await settle();
  const [at, from, until] = w.seen.shown.at(-1);
  assert.ok(from <= at && at < until);
});

test('digits are grouped by four; what the symbol groups itself stays', () => {
  const rows = [['', ''], ['7112', '7112'], ['71123', '7112 3'], ['2 123456 789010', '2 123456 789010'],
    ['7112345678901234567890', '7112 3456 7890 1234 5678 90']];
  for (const [text, want] of rows) assert.equal(grouped(text), want);
});

function storage(broken = false) {
  const map = new Map();
  const fail = () => {
    throw new Error('refused');
  };
  return broken
    ? { getItem: fail, setItem: fail, removeItem: fail }
    : { getItem: (k) => map.get(k) ?? null, setItem: (k, v) => void map.set(k, v), removeItem: (k) => void map.delete(k) };
}

test('what is kept counts only when it is newer than the page, whole, and of that card', () => {
  const box = storage();
  const kept = { now: 2_000, balance: 8, goal: 10 };
  keep(1, kept, box);
  assert.deepEqual(recall(1, 1_999, box), kept);
  assert.equal(recall(1, 2_000, box), null, 'the page is as new');
  assert.equal(recall(2, 0, box), null, 'another card');
  for (const bad of ['', '{', 'null', '[]', '{"now":9e9}', '{"now":1e99,"balance":1,"goal":1}', '"x"']) {
    box.setItem('stampd.card.1', bad);
    assert.equal(recall(1, 0, box), null, bad);
  }
  keep(1, kept, storage(true));
  assert.equal(recall(1, 0, storage(true)), null, 'refused storage breaks nothing');
});

test('the page repeats by itself twice a minute at most, and never when nobody can count', () => {
  const box = storage();
  assert.equal(mayRepeat('signin', 0, box), true);
  assert.equal(mayRepeat('signin', 10, box), true);
  assert.equal(mayRepeat('signin', 20, box), false);
  assert.equal(mayRepeat('member', 20, box), true, 'each matter has its own count');
  assert.equal(mayRepeat('signin', 60_001, box), true);
  assert.equal(mayRepeat('signin', 60_011, box), true, 'the second of the old two is over too');
  assert.equal(mayRepeat('signin', 60_012, box), false);
  forget('signin', box);
  assert.equal(mayRepeat('signin', 60_013, box), true);
  assert.equal(mayRepeat('signin', 0, storage(true)), false);
  assert.equal(mayRepeat('signin', 0, null), false);
  box.setItem('stampd.did.signin', '{"not":"a list"}');
  assert.equal(mayRepeat('signin', 0, box), false);
});

test('the history is grouped by day, in the order it came', () => {
  setWords('en', {});
  const noon = new Date(2026, 10, 18, 12).getTime();
  const days = byDay([0, 3, 20, 30, 80].map((hours) => ({ seq: hours, at: noon - hours * 3_600_000 })), noon);
  assert.deepEqual(days.map(({ entries }) => entries.map(({ seq }) => seq)), [[0, 3], [20, 30], [80]]);
  assert.deepEqual(days.slice(0, 2).map(({ day }) => day), ['card.today', 'card.yesterday']);
});

test('the next reward is the first one above the balance', () => {
  const rewards = [{ at: 5, title: 'a' }, { at: 10, title: 'b' }];
  for (const [balance, want] of [[0, 'a'], [4, 'a'], [5, 'b'], [9, 'b'], [10, undefined]])
    assert.equal(nextReward(rewards, balance)?.title, want);
});

test('news in words: every kind there is, and silence about what is over, out of date or unknown', () => {
  /* Without a file of words each shows its key. */
  const now = { plan: 1, balance: 9 };
  const news = (more) => ({ id: 1, kind: 'grant', over: false, plan: 1, plan_name: 'Coffee', unit: 'stamp', amount: 2, balance: 9, left: 1,
    reward: 'Cookie', expires: Date.UTC(2026, 3, 20), shop: 'Ueno', text: null, at: Date.UTC(2026, 3, 1), ...more });
  const rows = [
    [{}, 'card.earned_stamp_other'],
    [{ amount: 1 }, 'card.earned_stamp_one'],
    [{ unit: 'point', amount: 1234 }, 'card.earned_point_other'],
    [{ kind: 'one_more' }, 'card.next_stamp_one'],
    [{ kind: 'one_more', balance: 4 }, null],
    [{ kind: 'one_more', plan: 2, balance: 4 }, 'card.next_stamp_one'],
    [{ kind: 'one_more', left: null }, null],
    [{ kind: 'voucher' }, 'card.voucher_new'],
    [{ kind: 'voucher_lapse' }, 'card.news_voucher_lapse'],
    [{ kind: 'voucher_lapse', over: true }, null],
    [{ kind: 'tier', text: 'Gold' }, 'card.news_tier'],
    [{ kind: 'birthday', plan: null }, 'card.news_birthday'],
    [{ kind: 'dormant' }, 'card.news_dormant'],
    [{ kind: 'gift_taken' }, 'card.news_gift_taken'],
    [{ kind: 'gift_back' }, 'card.news_gift_back'],
    [{ kind: 'points_lapse' }, 'card.news_points_lapse: card.ends_stamp_other'],
    [{ kind: 'staff', plan: null, text: 'Your {n} umbrella' }, 'Your {n} umbrella'],
    [{ kind: 'of_tomorrow' }, null],
  ];
  for (const [more, want] of rows) assert.equal(newsText(news(more), now), want, JSON.stringify(more));
});
