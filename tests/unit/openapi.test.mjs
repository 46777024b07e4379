/*
 * The judge of our requests: what fits passes, and each way of being wrong is found. And line-sim
 * before the same judge: its webhooks are LINE's.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';

import { Line } from '../support/openapi.mjs';

const folder = process.env.LINE_OPENAPI ?? '../shared/line-openapi';
const skip = existsSync(folder) ? false : `${folder} is not there`;
const line = skip ? null : new Line(folder, ['tests/support/line-login.yml']);
const place = mkdtempSync(join(tmpdir(), 'stampd-openapi-'));
after(() => rmSync(place, { recursive: true }));

const KEY = '123e4567-e89b-12d3-a456-426614174000';
const bot = { Authorization: 'Bearer', 'Content-Type': 'application/json' };
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const text = (words) => ({ type: 'text', text: words });
const bubble = (contents) => ({ type: 'flex', altText: 'a', contents: { type: 'bubble', body: { type: 'box', layout: 'vertical', contents } } });

function request(method, path, body, headers = bot) {
  const [address, query = ''] = path.split('?');
  return { method, path: address, query, headers, body: typeof body === 'string' ? body : JSON.stringify(body ?? '').replace(/^""$/, '') };
}
const push = (body, headers) => request('POST', '/v2/bot/message/push', body, headers);

test('what is right passes', { skip }, () => {
  const right = [
    push({ to: 'U1', messages: [text('hi'), bubble([{ type: 'text', text: 'a', weight: 'bold' }])], customAggregationUnits: ['a'] }, { ...bot, 'X-Line-Retry-Key': KEY }),
    push({ to: 'U1', messages: [{ ...text('hi'), quickReply: { items: [{ type: 'action', action: { type: 'message', label: 'a', text: 'b' } }] } }] }),
    request('POST', '/v2/bot/message/reply', { replyToken: 'r', messages: [text('hi')] }),
    request('POST', '/v2/bot/user/all/richmenu/richmenu-1', '', { Authorization: 'Bearer' }),
    request('POST', '/v2/bot/richmenu/richmenu-1/content', 'x', { ...bot, 'Content-Type': 'image/png' }),
    request('POST', '/v2/bot/user/U1/linkToken', '', { Authorization: 'Bearer' }),
    request('GET', '/v2/bot/message/delivery/push?date=20260401', '', { Authorization: 'Bearer' }),
    request('POST', '/oauth2/v3/token', 'grant_type=client_credentials&client_id=1&client_secret=s', form),
    request('POST', '/oauth2/v2.1/token', 'grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Fa.example%2F&client_id=1&client_secret=s', form),
    request('GET', '/oauth2/v2.1/certs', '', {}),
    request('POST', '/v2/bot/richmenu/batch', { operations: [{ type: 'link', from: 'a', to: 'b' }] }),
  ];
  for (const one of right) assert.deepEqual(line.judge(one).problems, [], `${one.method} ${one.path}`);
});

test('what is wrong is found, and said', { skip }, () => {
  const wrong = [
    [push({ to: 'U1', message: [text('hi')] }), /messages/],
    [push({ to: 'U1', messages: [text('hi')], silent: true }), /unevaluated.*silent/],
    [push({ to: 'U1', messages: [{ ...text('hi'), color: '#fff' }] }), /messages\/0 .*color/],
    [push({ to: 'U1', messages: [{ type: 'texts', text: 'hi' }] }), /messages\/0\/type/],
    [push({ to: 'U1', messages: [bubble([{ type: 'text', text: 'a', weigth: 'bold' }])] }), /contents\/0 .*weigth/],
    [push({ to: 'U1', messages: [bubble([{ type: 'text', text: 1 }])] }), /text must be string/],
    [push({ to: 1, messages: [text('hi')] }), /to must be string/],
    [push('{"to":'), /not JSON/],
    [push({ to: 'U1', messages: [text('hi')] }, { Authorization: 'Bearer' }), /content type missing/],
    [push({ to: 'U1', messages: [text('hi')] }, { 'Content-Type': 'application/json' }), /Authorization/],
    [push({ to: 'U1', messages: [text('hi')] }, { ...bot, 'X-Line-Retry-Key': 'key-1' }), /format "uuid"/],
    [request('POST', '/v2/bot/message/reply', { replyToken: 'r', messages: [text('a')] }, { ...bot, 'X-Line-Retry-Key': KEY }), /X-Line-Retry-Key is not described/],
    [request('POST', '/v2/bot/message/reply', { replyToken: 'r', messages: [text('a')], customAggregationUnits: ['a'] }), /customAggregationUnits/],
    [request('POST', '/v2/bot/message/pushes', {}), /no such method and path/],
    [request('PUT', '/v2/bot/message/push', {}), /no such method and path/],
    [request('GET', '/v2/bot/message/delivery/push', ''), /query date is missing/],
    [request('GET', '/v2/bot/info?full=1', ''), /query full is not described/],
    [request('GET', '/v2/bot/info', '{}'), /none is described/],
    [request('POST', '/oauth2/v3/token', 'grant_type=client_credentials&client_id=1', form), /client_secret/],
    [request('POST', '/user/v1/deauthorize', { token: 't' }), /userAccessToken/],
    [request('POST', '/v2/bot/richmenu/batch', { operations: [{ type: 'link', from: 'a' }] }), /'to'/],
  ];
  for (const [one, word] of wrong)
    assert.match(line.judge(one).problems.join('; '), word, `${one.method} ${one.path} ${one.body}`);
});

function check(requests, env = {}) {
  const file = join(place, 'some.requests');
  writeFileSync(file, requests.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const { status, stdout } = spawnSync('node', ['tests/support/openapi_check.mjs', file], { encoding: 'utf8', env: { ...process.env, ...env } });
  return { status, stdout };
}

test('the check of a run counts, names the place, and fails for one wrong request or for none at all', { skip }, () => {
  const good = push({ to: 'U1', messages: [text('hi')] });
  const bad = request('POST', '/v2/bot/message/reply', { messages: [] }, { ...bot, 'X-Line-Retry-Key': KEY });
  assert.deepEqual(check([good, good]), { status: 0, stdout: 'openapi: 2 requests of stampd to 1 endpoints of LINE checked, 0 do not fit\n' });
  const found = check([good, bad]);
  assert.equal(found.status, 1);
  assert.match(found.stdout, /POST \/v2\/bot\/message\/reply \(some\.requests:2\): header X-Line-Retry-Key/);
  assert.match(found.stdout, /2 requests .* 2 endpoints .* 1 do not fit/);
  assert.equal(check([]).status, 1, 'a recorder that records nothing is broken');
});

test('without the descriptions nothing is checked and nothing fails', () => {
  const { status, stdout } = check([push({})], { LINE_OPENAPI: join(place, 'nowhere') });
  assert.equal(status, 0);
  assert.match(stdout, /1 requests not checked, for .*nowhere is not there/);
});

async function startSim() {
  const sim = spawn(`${process.env.B ?? 'build/release'}/line-sim`, ['--listen', '127.0.0.1:0', '--webhook', 'http://127.0.0.1:1/'], { stdio: ['ignore', 'pipe', 'inherit'] });
  after(() => sim.kill());
  const [hello] = await new Promise((read) => createInterface(sim.stdout).once('line', (...args) => read(args)));
  return hello.replace('line-sim listening on ', '');
}

async function call(base, method, path, body, headers = {}) {
  const answer = await fetch(base + path, { method, headers, body });
  const said = await answer.text();
  return { status: answer.status, body: said === '' ? undefined : JSON.parse(said), id: answer.headers.get('x-line-request-id') };
}

test("line-sim's answers are as LINE describes them, refusals included", { skip }, async () => {
  const base = await startSim();
  const user = 'U5a3e1d07c94b2f6880e4d1a700000001';
  const tokenOf = async (id, secret) => (await call(base, 'POST', '/oauth2/v3/token',
    `grant_type=client_credentials&client_id=${id}&client_secret=${secret}`, form)).body.access_token;
  const tokens = { bot: await tokenOf('1234567891', 'fedcba9876543210fedcba9876543210'), login: await tokenOf('1234567890', '0123456789abcdef0123456789abcdef') };
  const json = (body) => [JSON.stringify(body), { 'Content-Type': 'application/json' }];
  const menu = { size: { width: 800, height: 270 }, selected: false, name: 'm', chatBarText: 'M', areas: [] };
  let made; /* the rich menu, once there is one */
  const calls = [
    ['POST', '/oauth2/v3/token', 200, () => ['grant_type=client_credentials&client_id=1234567891&client_secret=fedcba9876543210fedcba9876543210', form]],
    ['POST', '/v2/bot/message/push', 200, () => json({ to: user, messages: [text('a')] })],
    ['POST', '/v2/bot/message/push', 400, () => json({ to: user, messages: [text('')] })],
    ['POST', '/v2/bot/message/multicast', 200, () => json({ to: [user], messages: [text('a')] })],
    ['POST', '/v2/bot/message/broadcast', 200, () => json({ messages: [text('a')] })],
    ['POST', '/v2/bot/message/reply', 400, () => json({ replyToken: 'x', messages: [text('a')] })],
    ['POST', '/v2/bot/message/validate/push', 200, () => json({ messages: [text('a')] })],
    ['GET', '/v2/bot/message/quota', 200],
    ['GET', '/v2/bot/message/quota/consumption', 200],
    ['GET', '/v2/bot/message/delivery/push?date=20260101', 200],
    ['GET', '/v2/bot/message/aggregation/info', 200],
    ['GET', '/v2/bot/message/aggregation/list', 200],
    ['GET', '/v2/bot/insight/followers?date=20260101', 200],
    ['GET', '/v2/bot/insight/message/delivery?date=20260101', 200],
    ['GET', '/v2/bot/followers/ids', 200],
    ['GET', '/v2/bot/info', 200],
    ['GET', `/v2/bot/profile/${user}`, 200],
    ['GET', '/v2/bot/channel/webhook/endpoint', 200],
    ['POST', '/v2/bot/channel/webhook/test', 200, () => json({})],
    ['POST', '/v2/bot/chat/loading/start', 202, () => json({ chatId: user })],
    ['POST', `/v2/bot/user/${user}/linkToken`, 200],
    ['POST', '/v2/bot/richmenu', 200, () => json(menu)],
    ['POST', '/v2/bot/richmenu/validate', 200, () => json(menu)],
    ['GET', '/v2/bot/richmenu/list', 200],
    ['GET', '/v2/bot/richmenu/{menu}', 200],
    ['POST', '/v2/bot/richmenu/batch', 202, () => json({ operations: [{ type: 'unlinkAll' }] })],
    ['GET', '/v2/bot/richmenu/alias/list', 200],
    ['POST', '/v2/bot/richmenu/bulk/unlink', 202, () => json({ userIds: [user] })],
    ['DELETE', '/v2/bot/richmenu/{menu}', 200],
    ['GET', '/liff/v1/apps', 200],
  ];
  for (const [method, template, status, more = () => [undefined, {}]] of calls) {
    const path = template.replace('{menu}', made), [body, headers] = more();
    const token = path.startsWith('/liff') ? tokens.login : tokens.bot;
    const answer = await call(base, method, path, body, { Authorization: `Bearer ${token}`, ...headers });
    made = answer.body?.richMenuId ?? made;
    assert.equal(answer.status, status, `${method} ${path}`);
    assert.deepEqual(line.judgeAnswer({ method, path: path.split('?')[0] }, answer), [], `${method} ${path}`);
  }
});

test("line-sim's webhooks are as LINE describes them", { skip }, async () => {
  const base = await startSim();
  const types = ['text', 'sticker', 'image', 'video', 'audio', 'file', 'location', 'unsend', 'follow', 'unfollow', 'join', 'leave',
    'memberJoined', 'memberLeft', 'postback', 'videoPlayComplete', 'beacon', 'accountLink', 'membership', 'module', 'botSuspended'];
  const send = async (events, more = {}) => {
    const answer = await fetch(`${base}/sim/webhook`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ events, wait: true, ...more }),
    });
    return JSON.parse((await answer.json()).deliveries[0].body);
  };
  for (const type of types) {
    assert.deepEqual(line.judgeWebhook(await send([{ type, person: 1, data: 'a' }])), [], type);
    assert.deepEqual(line.judgeWebhook(await send([{ type, person: 1, data: 'a' }], { mode: 'standby' })).filter((problem) => !/replyToken/.test(problem)), [], type);
  }
  assert.deepEqual(line.judgeWebhook(await send([])), []);
  assert.notDeepEqual(line.judgeWebhook(await send([{ type: 'unknown', person: 1 }])), [], 'the judge knows no such event');
});
