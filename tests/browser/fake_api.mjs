/*
 * fake_api.mjs - a stand-in for the server, for looking at and testing the till and the owner's page
 * by themselves: the interface as agreed, one shop, everything in memory, every refusal on demand.
 *
 *   const fake = await startFake();  // fake.url, fake.state, fake.stop()
 *
 * Codes: 22 digits whose locator chooses the answer, see `answers`. state.isDown closes every call.
 */
import { build } from 'esbuild';
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';

export const codeOf = (locator, kind = 71, otp = 12345678) => {
  const front = `${kind}${String(locator).padStart(10, '0')}${String(otp).padStart(8, '0')}`;
  return front + String(98n - (BigInt(front) * 100n) % 97n).padStart(2, '0');
};

/** Locators and what a scan of them meets. */
export const answers = { stale: 901, used: 902, unknown: 903, blocked: 904, own: 905, soon: 906, full: 907, points: 908, double: 909, capped: 910,
  v_redeemed: 911, v_expired: 912, v_cancelled: 913, held: 914 };

const refusals = {
  901: [409, { error: 'code_stale' }],
  902: [409, { error: 'code_used', at: Date.now() - 40_000, till: 'Till 2' }],
  903: [404, { error: 'code_unknown' }],
  904: [409, { error: 'card_blocked' }],
  911: [409, { error: 'voucher_redeemed', at: Date.now() - 3_600_000 }],
  912: [409, { error: 'voucher_expired' }],
  913: [409, { error: 'voucher_cancelled' }],
};

export const plans = [
  { id: 1, name: '珈琲カード', unit: 'stamp', goal: 10, yen_per_point: 0, rounding: 'down', jan_prefix: 21, late: { days: 14, cashier_max: 3 } },
  { id: 2, name: 'ポイントカード', unit: 'point', goal: 500, yen_per_point: 100, rounding: 'down', jan_prefix: 22, swaps: true },
];
const people = [1, 2, 3].map((id) => ({ id, name: `Staff ${id}` }));

function newState() {
  return { isDown: false, loseAnswers: 0, signed: 'new', staff: null, cards: new Map(), keys: new Map(), items: [], nextTransfer: 100,
    scans: new Map(), given: new Map(), written: [], redemptions: 0, redeemed: [], held: [], past: [], plans, streams: new Set() };
}

function cardOf(state, locator) {
  if (!state.cards.has(locator)) state.cards.set(locator, { balance: locator === answers.points || locator === answers.held ? 1240 : locator % 10, name: locator % 2 ? '会員 1' : null });
  return state.cards.get(locator);
}

const hours = [0, 0, 0, 0, 0, 0, 0, 4, 18, 12, 9, 14, 31, 26, 11, 9, 13, 17, 22, 12, 6, 1, 0, 0];
function adminToday(state) {
  return { day: '2026-11-22', visits: 205, grants: 208 + state.items.length, units: { stamp: 231, point: 1860 }, new_members: 17, vouchers_issued: 14,
    vouchers_redeemed: 9, reversals: 2, messages: { sent: 11, saved: 63, waiting: 2 }, members: 1284, gone: { left: 2, purged: 1 }, hours, last_week: { visits: 183, grants: 190 },
    shops: [{ name: '本町店', visits: 96, grants: 98, redemptions: 4 }, { name: '駅前店', visits: 71, grants: 72, redemptions: 4 }, { name: '港店', visits: 38, grants: 38, redemptions: 1 }] };
}

function tillInfo(state) {
  if (state.signed === 'new') return { state: 'new', now: Date.now() };
  const info = { state: state.signed, till: 'Till 1', shop: '本町店', people, now: Date.now() };
  return state.signed === 'signed_in' ? { ...info, staff: { ...state.staff, role: state.role ?? 'cashier' }, plans: state.plans } : info;
}

function scan(state, body) {
  const code = String(body.code);
  const locator = Number(code.length === 13 ? code.slice(2, 12) : code.slice(2, 12));
  if (refusals[locator]) return refusals[locator];
  if (code.startsWith('49')) return [409, { error: 'code_goods' }];
  if (code.startsWith('72'))
    return [200, { kind: 'voucher', voucher: { id: locator, title: 'お好きなドリンク 1杯', kind: 'plain', value: 0, redeem: null, expires: Date.now() + 20 * 86_400_000, plan_name: plans[0].name, name: '会員 1' },
      token: 't', until: Date.now() + 120_000 }];
  const plan = plans[locator === answers.points || locator === answers.held ? 1 : 0];
  const card = cardOf(state, locator);
  const again = [...state.scans].find(([, one]) => one.code === code);
  const id = again?.[0] ?? state.scans.size + 1;
  const last = state.given.get(id);
  state.scans.set(id, { code, locator, plan });
  const may = last ? { grant: false, last, ...(plan.unit === 'point' ? { reason: 'scan_over' } : { reason: 'too_soon', again: last + 4 * 3_600_000 }) }
    : locator === answers.own ? { grant: false, reason: 'own_card' } : locator === answers.soon ? { grant: false, reason: 'too_soon', last: Date.now() - 3_600_000, again: Date.now() + 3 * 3_600_000 }
    : locator === answers.full ? { grant: false, reason: 'day_full', last: Date.now() - 600_000, again: Date.now() + 14 * 3_600_000 } : { grant: true };
  return [200, { kind: 'member', scan: id, again: Boolean(again), until: Date.now() + 120_000, may,
    ...(plan.unit === 'point' && { spend: { yen: 1, step: 10, least: 100, percent: 100, most: card.balance - (card.balance % 10), worth: card.balance - (card.balance % 10), agreed: false } }),
    card: { plan: plan.id, plan_name: plan.name, unit: plan.unit, balance: card.balance, goal: plan.goal, name: card.name, language: 'ja' },
    ...(locator === answers.held && state.held.length > 0 && { held: state.held }),
    vouchers: locator === 7 || locator === answers.held ? [{ id: 5, title: '焼き菓子 1個', kind: 'free_item', value: 0, expires: Date.now() + 9 * 86_400_000 }] : card.vouchers ?? [] }];
}

function grant(state, body) {
  const found = body.scan ? state.scans.get(body.scan) : { locator: Number(String(body.code).slice(2, 12)), plan: plans[0] };
  if (!found) return [409, { error: 'scan_over' }];
  if (refusals[found.locator]) return refusals[found.locator];
  if (found.locator === answers.own) return [409, { error: 'own_card' }];
  if (found.locator === answers.capped) return [409, { error: 'staff_cap', again: Date.now() + 18 * 3_600_000 }];
  if (!body.scan && found.locator === answers.soon) return [409, { error: 'too_soon', last: Date.now() - 60_000, again: Date.now() + 60_000 }];
  const card = cardOf(state, found.locator);
  const more = found.locator === answers.double ? { cut: true, parts: [{ reason: 'weekday', percent: 200, weekday: 2, units: 1 }, { reason: 'join', units: 3 }] } : {};
  const amount = (body.stamps ?? (found.plan.unit === 'stamp' ? piecesOf(body) : Math.floor(body.yen / found.plan.yen_per_point))) + (more.parts ?? []).reduce((sum, part) => sum + part.units, 0);
  card.balance += amount;
  const isGoal = found.plan.unit === 'stamp' && card.balance >= found.plan.goal;
  if (isGoal) card.balance -= found.plan.goal;
  const transfer = state.nextTransfer++;
  state.items.unshift({ transfer, at: Date.now(), kind: 'earn', amount, sign: 1, unit: found.plan.unit, name: card.name, staff: state.staff?.name ?? 'Staff 1', reversed: false, may_reverse: true,
    ...(body.yen && { sale: body.yen, refunded: 0 }), card });
  state.written.push(body);
  if (body.scan) state.given.set(body.scan, Date.now());
  return [201, { transfer, mac: '00', amount, balance: card.balance, goal: found.plan.goal, unit: found.plan.unit, name: card.name, rounds: isGoal ? 1 : 0,
    vouchers: isGoal ? [{ id: 9, title: 'お好きなドリンク 1杯' }] : [], undo_until: Date.now() + 10_000, ...more }];
}

/** A stamp for each cup, and nothing else of the sale. */
const piecesOf = ({ lines = [] }) => lines.filter(({ category }) => category === 'コーヒー').reduce((sum, line) => sum + line.quantity, 0);

/** On the points card: a double Tuesday on yen without tax, and no points for tobacco; over 99,999 yen the customer's day is full. */
function quoteGrant(state, body) {
  if (state.scans.get(body.scan)?.plan.unit === 'stamp') return [200, { amount: body.stamps ?? piecesOf(body), unit: 'stamp' }];
  if (body.yen > 99_999) return [409, { error: 'member_cap', again: Date.now() + 9 * 3_600_000 }];
  const yen = body.yen - (body.lines ?? []).filter(({ category }) => category === 'タバコ').reduce((sum, line) => sum + line.yen, 0);
  const base = Math.floor((yen * 10) / 11 / 100);
  return base === 0 ? [409, { error: 'no_points' }]
    : [200, { amount: 2 * base, unit: 'point', parts: [{ reason: 'weekday', percent: 200, weekday: 2, units: base }] }];
}

/** Receipt 1 was credited before; the locator of its own card counts as elsewhere. */
const late = (state, body) => (body.receipt === '1' ? [409, { error: 'receipt_used', at: Date.now() - 3_600_000, till: 'Till 2' }] : grant(state, body));

/** The member says yes when they are asked the third time. */
function quote(state, body) {
  const card = cardOf(state, state.scans.get(body.scan).locator);
  if (body.points % 10 !== 0) return [409, { error: 'spend_step', step: 10, most: card.balance - (card.balance % 10) }];
  if (body.points > card.balance) return [409, { error: 'points_short', have: card.balance, most: card.balance }];
  state.quotes = (state.quotes ?? 0) + 1;
  return [200, { points: body.points, worth: body.points, usable: card.balance, balance: card.balance, left: card.balance - body.points,
    agreed: state.quotes % 3 === 0, until: Date.now() + 60_000 }];
}

function spend(state, body) {
  const card = cardOf(state, state.scans.get(body.scan).locator);
  card.balance -= body.points;
  const transfer = state.nextTransfer++;
  state.items.unshift({ transfer, at: Date.now(), kind: 'spend', amount: body.points, sign: -1, unit: 'point', name: card.name, staff: 'Staff 1', reversed: false, may_reverse: true });
  return [201, { transfer, mac: '00', points: body.points, worth: body.points, balance: card.balance, undo_until: Date.now() + 600_000 }];
}

function unredeem(state, body) {
  const item = [...state.redeemed, ...state.past].find((each) => each.voucher === body.voucher && !each.undone);
  if (!item) return [409, { error: 'not_redeemed' }];
  item.undone = true;
  state.redemptions--;
  return [200, { voucher: item.voucher, title: item.title, expires: Date.now() }];
}

function redeem(state, body) {
  state.redemptions++;
  state.redeemed.unshift({ voucher: body.voucher, title: 'お好きなドリンク 1杯', at: Date.now(), expires: Date.now() + 9 * 86_400_000, name: '会員 1', staff: 'Staff 1', undone: false });
  return [200, { voucher: body.voucher, title: 'お好きなドリンク 1杯', at: Date.now() }];
}

function reverse(state, body) {
  const item = [...state.items, ...state.past].find((each) => each.transfer === body.transfer);
  if (!item || item.reversed) return [409, { error: 'already_reversed' }];
  item.reversed = true;
  item.may_reverse = false;
  state.items.unshift({ ...item, transfer: state.nextTransfer++, at: Date.now(), kind: 'reverse', sign: -item.sign, reversed: false });
  return [201, { transfer: state.nextTransfer, balance: 7, mac: '00' }];
}

/** Of a point for 100 yen; receipt 100 is the newest sale's. */
function quoteRefund(state, body) {
  const sales = state.items.filter((each) => each.sale);
  const item = body.receipt === undefined ? sales.find((each) => each.transfer === body.transfer) : body.receipt === '100' ? sales[0] : null;
  if (!item) return [404, { error: 'receipt_unknown' }];
  const left = item.sale - item.refunded;
  const yen = body.yen ?? left;
  if (left === 0) return [409, { error: 'already_refunded' }];
  if (yen > left) return [409, { error: 'refund_too_much', left }];
  if (item.sale > 100_000 && state.role !== 'manager') return [409, { error: 'manager_needed' }];
  const taken = Math.floor(left / 100) - Math.floor((left - yen) / 100);
  return [200, { transfer: item.transfer, at: item.at, sale: item.sale, unit: 'point', name: item.name, have: item.card.balance, rounds: 0, yen, left: left - yen,
    taken, forgiven: 0, owed: 0, balance: item.card.balance - taken, vouchers_cancelled: yen === item.sale ? 1 : 0 }];
}

function refund(state, body) {
  const [status, ahead] = quoteRefund(state, body);
  if (status !== 200) return [status, ahead];
  const item = state.items.find((each) => each.transfer === ahead.transfer);
  Object.assign(item, { refunded: item.refunded + ahead.yen, may_reverse: false });
  item.card.balance = ahead.balance;
  state.items.unshift({ ...item, transfer: state.nextTransfer++, at: Date.now(), kind: 'refund', amount: ahead.taken, sign: -1, sale: undefined, refunded: undefined });
  state.written.push(body);
  return [201, { ...ahead, refund: 1, transfer: state.nextTransfer, mac: '00' }];
}

const shelf = [
  { id: 1, title: 'マグカップ', kind: 'gift', value: 0, price: 300, valid_days: 30, left: 4, final: false },
  { id: 2, title: '500円割引券', kind: 'yen_off', value: 500, price: 500, valid_days: 30, left: null, final: true },
  { id: 3, title: 'コーヒーミル', kind: 'gift', value: 0, price: 3000, valid_days: 30, left: 1, final: false },
];

function offers(state, body, key, url) {
  const { balance } = cardOf(state, state.scans.get(Number(url.searchParams.get('scan'))).locator);
  return [200, { plan: 2, usable: balance, recent: [], now: Date.now(), offers: shelf.map((offer) =>
    ({ ...offer, issue: null, redeem: null, prizes: [], ...(offer.price > balance && { reason: 'not_enough', missing: offer.price - balance }) })) }];
}

function swap(state, body) {
  const card = cardOf(state, state.scans.get(body.scan).locator);
  const { price, title, kind, value, final } = shelf.find(({ id }) => id === body.reward);
  const transfer = state.nextTransfer++;
  card.balance -= price;
  card.vouchers = [...(card.vouchers ?? []), { id: transfer, title, kind, value, expires: Date.now() + 30 * 86_400_000, price }];
  state.items.unshift({ transfer, at: Date.now(), kind: 'swap', amount: price, sign: -1, unit: 'point', name: card.name, staff: 'Staff 1', reversed: false, may_reverse: true, card });
  state.written.push(body);
  return [201, { transfer, mac: '00', amount: price, balance: card.balance, voucher: transfer, expires: Date.now() + 30 * 86_400_000, title, kind, value,
    undo_until: final ? 0 : Date.now() + 3_600_000 }];
}

function undoSwap(state, body) {
  const item = state.items.find((each) => each.transfer === body.transfer);
  item.card.vouchers = item.card.vouchers.filter(({ id }) => id !== body.transfer);
  item.card.balance += item.amount;
  return [201, { ...reverse(state, body)[1], balance: item.card.balance, voucher: body.transfer }];
}

function quoteCancel(state, body) {
  if (state.role !== 'manager') return [409, { error: 'manager_needed' }];
  const card = [...state.cards.values()].find(({ vouchers }) => vouchers?.some(({ id }) => id === body.voucher));
  const voucher = card?.vouchers.find(({ id }) => id === body.voucher);
  if (!voucher) return [409, { error: 'voucher_cancelled' }];
  return [200, { voucher: voucher.id, title: voucher.title, name: card.name, unit: 'point', have: card.balance, units: voucher.price,
    balance: card.balance + voucher.price, vouchers_cancelled: 1 }];
}

function cancel(state, body) {
  const [status, ahead] = quoteCancel(state, body);
  if (status !== 200) return [status, ahead];
  const card = [...state.cards.values()].find(({ vouchers }) => vouchers?.some(({ id }) => id === body.voucher));
  card.vouchers = card.vouchers.filter(({ id }) => id !== body.voucher);
  card.balance = ahead.balance;
  state.written.push(body);
  return [201, { ...ahead, transfer: state.nextTransfer++, mac: '00' }];
}

function release(state, body, key, url) {
  const hold = Number(url.pathname.split('/')[4]);
  const held = state.held.find((each) => each.hold === hold);
  if (!held) return [409, { error: 'hold_released', at: Date.now() }];
  state.held = state.held.filter((each) => each !== held);
  const card = cardOf(state, answers.held);
  card.balance += held.points ?? 0;
  return [200, held.voucher ? { hold, voucher: held.voucher } : { hold, transfer: 1, mac: '00', points: 0, worth: 0, back: held.points, balance: card.balance }];
}

/** A manager's list, two lines a page; state.past is what there is. */
function past(state, body, key, url) {
  if (state.role === 'cashier') return [409, { error: 'manager_needed' }];
  const from = Number(url.searchParams.get('below') ?? 0);
  const lines = state.past.filter((line) => !url.searchParams.has('scan') || line.name === '会員 1');
  return [200, { lines: lines.slice(from, from + 4), next: from + 4 < lines.length ? { below: from + 4, before: 1, voucher: 1 } : null }];
}

function foresee(state, body, key, url) {
  const line = [...state.items, ...state.past].find((each) => each.transfer === Number(url.pathname.split('/').at(-1)));
  if (line.blocked) return [409, { missing: 9, error: line.blocked }];
  return [200, { ...line, with: 5, have: 53, balance: 0, rounds: 1, vouchers: [{ id: 3, title: 'お好きなドリンク 1杯' }] }];
}

const keyed = (state, key, work) => {
  if (!/^[A-Za-z0-9_-]{16,64}$/.test(key ?? '')) return [400, { error: 'idempotency_key_missing' }];
  if (!state.keys.has(key)) state.keys.set(key, work());
  return state.keys.get(key);
};

const routes = {
  'GET /api/till': (state) => [200, tillInfo(state)],
  'POST /api/till/enrol': (state, body) => (body.code === '12345678' ? ((state.signed = 'enrolled'), [200, tillInfo(state)]) : [401, { error: 'enrol_code_wrong' }]),
  'POST /api/till/staff': (state, body) => {
    if (body.pin !== '123456') return body.staff === 3 ? [409, { error: 'pin_locked', until: Date.now() + 900_000 }] : [401, { error: 'pin_wrong', left: 4 }];
    state.signed = 'signed_in';
    state.staff = people.find((person) => person.id === body.staff);
    return [200, tillInfo(state)];
  },
  'POST /api/till/lock': (state) => ((state.signed = 'enrolled'), [204, null]),
  'POST /api/till/scans': scan,
  'POST /api/till/grants': (state, body, key) => keyed(state, key, () => grant(state, body)),
  'POST /api/till/late': (state, body, key) => keyed(state, key, () => late(state, body)),
  'POST /api/till/reversals': (state, body, key) => keyed(state, key, () => reverse(state, body)),
  'POST /api/till/grants/quote': quoteGrant,
  'GET /api/till/past': past,
  'GET /api/till/reversals/:id': foresee,
  'POST /api/till/redemptions': (state, body, key) => keyed(state, key, () => redeem(state, body)),
  'POST /api/till/redemptions/undo': (state, body, key) => keyed(state, key, () => unredeem(state, body)),
  'POST /api/till/refunds/quote': quoteRefund,
  'POST /api/till/refunds': (state, body, key) => keyed(state, key, () => refund(state, body)),
  'GET /api/till/offers': offers,
  'POST /api/till/swaps': (state, body, key) => keyed(state, key, () => swap(state, body)),
  'POST /api/till/swaps/undo': (state, body, key) => keyed(state, key, () => undoSwap(state, body)),
  'POST /api/till/vouchers/cancel/quote': quoteCancel,
  'POST /api/till/vouchers/cancel': (state, body, key) => keyed(state, key, () => cancel(state, body)),
  'POST /api/till/holds/5/release': (state, body, key, url) => keyed(state, key, () => release(state, body, key, url)),
  'POST /api/till/holds/6/release': (state, body, key, url) => keyed(state, key, () => release(state, body, key, url)),
  'POST /api/till/quotes': quote,
  'POST /api/till/spends': (state, body, key) => keyed(state, key, () => spend(state, body)),
  'GET /api/till/today': (state) => [200, { items: state.items, redeemed: state.redeemed, totals: { grants: state.items.filter((i) => i.kind === 'earn').length,
    reversals: state.items.filter((i) => i.kind === 'reverse').length, redemptions: state.redemptions } }],
  'GET /api/admin': (state) => [200, state.owner ? { state: 'owner', name: 'Owner' } : { state: 'guest', signed_in: Boolean(state.member) }],
  'POST /api/admin/claim': (state, body) => (body.token === 'good' ? ((state.owner = true), [200, { state: 'owner', name: 'Owner' }]) : [401, { error: 'owner_link_wrong' }]),
  'GET /api/admin/today': (state) => [200, adminToday(state)],
};
const staffOnly = (path) => /^\/api\/till\/(scans|grants|late|reversals|refunds|refunds\/quote|offers|swaps|swaps\/undo|vouchers\/cancel|vouchers\/cancel\/quote|holds\/\d+\/release|redemptions|redemptions\/undo|quotes|spends|today|past|lock|grants\/quote|reversals\/\d+)$/.test(path);

/** Scripts and styles as the real build makes them, but kept in memory. */
async function bundle(root) {
  const entries = ['till', 'admin', 'demo'].flatMap((name) => [`${name}.tsx`, `${name}.ts`, `${name}.css`].map((file) => `web/${name}/${file}`))
    .filter((path) => existsSync(`${root}/${path}`));
  const result = await build({ absWorkingDir: root, entryPoints: entries, bundle: true, splitting: true, format: 'esm', write: false, outdir: 'out', charset: 'utf8',
    entryNames: '[name]', chunkNames: '[name]-[hash]', publicPath: '/static/', jsx: 'automatic', jsxImportSource: 'preact', minify: true,
    target: ['es2020', 'chrome87', 'safari15', 'firefox90'], define: { 'process.env.NODE_ENV': '"production"' }, logLevel: 'error' });
  return new Map(result.outputFiles.map((file) => [`/static/${basename(file.path)}`, Buffer.from(file.contents)]));
}

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
  + "form-action 'self'; frame-src 'self' http://127.0.0.1:*; frame-ancestors 'self' http://127.0.0.1:*";

const shell = (name, language) => `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>stampd</title>`
  + '<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"><meta name="color-scheme" content="light dark">'
  + `<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/${name}.css"><script type="module" src="/static/${name}.js"></script></head>`
  + '<body><div id="app" data-title="スタンプ堂" data-demo="1"></div></body></html>';

export async function startFake({ root = process.cwd(), port = 0 } = {}) {
  const files = await bundle(root);
  const state = newState();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://x');
    if (state.isDown && url.pathname.startsWith('/api')) return void request.socket.destroy();
    const language = url.searchParams.get('lang') ?? state.language ?? 'ja';
    const page = /^\/(till|admin|demo)$/.exec(url.pathname)?.[1];
    if (page) return void response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': POLICY }).end(shell(page, language));
    if (files.has(url.pathname))
      return void response.writeHead(200, { 'Content-Type': url.pathname.endsWith('.css') ? 'text/css' : 'text/javascript' }).end(files.get(url.pathname));
    if (url.pathname === '/api/admin/events') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': hello\n\n');
      state.streams.add(response);
      return void request.on('close', () => state.streams.delete(response));
    }
    let text = '';
    for await (const part of request) text += part;
    const pattern = url.pathname.replace(/\/\d+$/, '/:id');
    const route = routes[`${request.method} ${pattern}`] ?? state.more?.[`${request.method} ${url.pathname}`];
    let [status, body] = !route ? [404, { error: 'path_unknown' }]
      : staffOnly(url.pathname) && state.signed !== 'signed_in' ? [401, { error: 'session_none' }]
      : route(state, text ? JSON.parse(text) : null, request.headers['idempotency-key'], url);
    if (Math.random() < state.loseAnswers && request.method === 'POST') return void request.socket.destroy();
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(body === null ? undefined : JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { state, server, url: `http://127.0.0.1:${server.address().port}`, stop: () => { server.closeAllConnections(); server.close(); } };
}
