/*
 * LINE's own SDK for Node, unmodified, against line-sim: what it sends, line-sim takes; what
 * line-sim answers and signs, it understands.
 */
import assert from 'node:assert/strict';
import dns from 'node:dns';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

import { HTTPFetchError, channelAccessToken, insight, liff, messagingApi, middleware, validateSignature } from '@line/bot-sdk';

/* line-sim listens on 127.0.0.1; of localhost Node 18 tries ::1 alone, and not every system has the name. */
const { lookup } = dns;
dns.lookup = (host, options, done) => {
  if (host !== 'localhost') return lookup(host, options, done);
  return options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
};

const LOGIN = { id: '1234567890', secret: '0123456789abcdef0123456789abcdef' };
const MESSAGING = { id: '1234567891', secret: 'fedcba9876543210fedcba9876543210' };
const BOT = `Ub07${'0'.repeat(26)}b07`;
const user = (n) => `U5a3e1d07c94b2f6880e4d1a7${n.toString(16).padStart(8, '0')}`;
const text = (words) => [{ type: 'text', text: words }];

/** A PNG as far as its header goes. */
function png(width, height) {
  const bytes = Buffer.from('89504e470d0a1a0a0000000d49484452000000000000000008020000000000000000', 'hex');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

let sim, baseURL, client, blobs, tokens, tokenOfBot;

/** A receiver behind the SDK's own middleware: every webhook ends in `seen`, in order. */
const seen = [];
const guard = middleware({ channelSecret: MESSAGING.secret });
const receiver = createServer((req, res) => {
  guard(req, res, (problem) => {
    seen.push(problem ? { problem: problem.name } : req.body);
    res.writeHead(problem ? 401 : 200).end();
  });
});

async function post(path, body) {
  const answer = await fetch(baseURL + path, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200, path);
  return answer.json();
}

/** Have line-sim send events, and wait until the receiver has answered. */
async function webhook(events, how = {}) {
  const { deliveries } = await post('/sim/webhook', { events, wait: true, ...how });
  return deliveries;
}

before(async () => {
  await new Promise((listening) => receiver.listen(0, '127.0.0.1', listening));
  const hook = `http://127.0.0.1:${receiver.address().port}/hook`;
  sim = spawn(`${process.env.B ?? 'build/release'}/line-sim`, ['--listen', '127.0.0.1:0', '--webhook', hook],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await new Promise((read) => createInterface(sim.stdout).once('line', (...args) => read(args)));
  baseURL = line.replace('line-sim listening on ', '');
  tokens = new channelAccessToken.ChannelAccessTokenClient({ baseURL });
  const { access_token } = await tokens.issueStatelessChannelToken('client_credentials', undefined, undefined, MESSAGING.id, MESSAGING.secret);
  tokenOfBot = access_token;
  client = new messagingApi.MessagingApiClient({ channelAccessToken: access_token, baseURL });
  blobs = new messagingApi.MessagingApiBlobClient({ channelAccessToken: access_token, baseURL: baseURL.replace('127.0.0.1', 'localhost') });
});

after(() => {
  sim.kill();
  receiver.close();
});

/** The promise fails with this status; the answer's body is what comes back. */
async function refused(promise, status) {
  try {
    await promise;
  } catch (problem) {
    assert.ok(problem instanceof HTTPFetchError, String(problem));
    assert.equal(problem.status, status, problem.body);
    return problem;
  }
  return assert.fail(`not refused with ${status}`);
}

test('a stateless token lives a quarter of an hour', async () => {
  const token = await tokens.issueStatelessChannelToken('client_credentials', undefined, undefined, MESSAGING.id, MESSAGING.secret);
  assert.equal(token.token_type, 'Bearer');
  assert.ok(token.expires_in > 800 && token.expires_in <= 900);
  await refused(tokens.issueStatelessChannelToken('client_credentials', undefined, undefined, MESSAGING.id, LOGIN.secret), 400);
});

test('a short-lived token can be verified and revoked', async () => {
  const token = await tokens.issueChannelToken('client_credentials', MESSAGING.id, MESSAGING.secret);
  assert.equal((await tokens.verifyChannelToken(token.access_token)).client_id, MESSAGING.id);
  await tokens.revokeChannelToken(token.access_token);
  await refused(tokens.verifyChannelToken(token.access_token), 400);
});

test('a push is accepted, and a repeat with the same retry key is not carried out', async () => {
  const key = randomUUID();
  const first = await client.pushMessageWithHttpInfo({ to: user(1), messages: text('hello') }, key);
  assert.match(first.body.sentMessages[0].id, /^\d{18}$/);
  const problem = await refused(client.pushMessage({ to: user(1), messages: text('hello') }, key), 409);
  assert.equal(problem.headers.get('x-line-accepted-request-id'), first.httpResponse.headers.get('x-line-request-id'));
  assert.deepEqual(JSON.parse(problem.body).sentMessages, first.body.sentMessages);
});

test('a push to nobody and a push without words are refused', async () => {
  const nobody = await refused(client.pushMessage({ to: `U${'0'.repeat(32)}`, messages: text('x') }), 400);
  assert.equal(JSON.parse(nobody.body).message, 'Failed to send messages');
  const empty = await refused(client.pushMessage({ to: user(1), messages: text('') }), 400);
  assert.equal(JSON.parse(empty.body).details[0].property, 'messages[0].text');
});

test('a Flex message goes out as the SDK writes it', async () => {
  const contents = {
    type: 'bubble', size: 'kilo',
    body: { type: 'box', layout: 'vertical', spacing: 'md', contents: [{ type: 'text', text: '7 / 10', weight: 'bold', size: 'lg' }] },
    footer: { type: 'box', layout: 'vertical', contents: [{ type: 'button', style: 'primary', action: { type: 'uri', label: 'Open', uri: 'https://liff.line.me/1234567890-AbcdEfgh/card' } }] },
  };
  await client.pushMessage({ to: user(1), messages: [{ type: 'flex', altText: '7 of 10', contents }] });
  await client.validatePush({ messages: [{ type: 'flex', altText: '7 of 10', contents }] });
  contents.body.contents[0].text = '';
  const problem = await refused(client.validatePush({ messages: [{ type: 'flex', altText: 'a', contents }] }), 400);
  assert.equal(JSON.parse(problem.body).details[0].property, '/body/contents/0/text');
});

test('multicast, broadcast and the month they are counted in', async () => {
  const used = async () => (await client.getMessageQuotaConsumption()).totalUsage;
  const before = await used();
  await client.multicast({ to: [user(1), user(2)], messages: text('hi') }, randomUUID());
  assert.equal(await used(), before + 2);
  await client.broadcast({ messages: text('hi all') }, randomUUID());
  assert.equal(await used(), before + 10);
  assert.deepEqual(await client.getMessageQuota(), { type: 'limited', value: 200 });
  assert.equal((await client.getNumberOfSentPushMessages('20200101')).success, 0);
});

test('the account and its friends have profiles', async () => {
  const info = await client.getBotInfo();
  assert.equal(info.userId, BOT);
  assert.equal(info.chatMode, 'bot');
  assert.equal((await client.getProfile(user(2))).displayName, 'Shopper 2 (en)');
  await refused(client.getProfile(user(999)), 404);
});

test('a webhook passes the middleware, and its reply token works once', async () => {
  seen.length = 0;
  const [delivery] = await webhook([{ type: 'text', person: 1, text: 'ポイント 😀' }]);
  assert.equal(delivery.status, 200);
  assert.equal(seen[0].destination, BOT);
  const [event] = seen[0].events;
  assert.equal(event.message.text, 'ポイント 😀');
  assert.equal(event.source.userId, user(1));
  assert.match(event.webhookEventId, /^[0-9A-HJKMNP-TV-Z]{26}$/);
  const answer = await client.replyMessage({ replyToken: event.replyToken, messages: text('7') });
  assert.equal(answer.sentMessages.length, 1);
  const problem = await refused(client.replyMessage({ replyToken: event.replyToken, messages: text('7') }), 400);
  assert.equal(JSON.parse(problem.body).message, 'Invalid reply token');
});

test('a forged, a foreign and an unsigned webhook do not pass', async () => {
  for (const signature of ['bad', 'other', 'missing', 'empty']) {
    seen.length = 0;
    const [delivery] = await webhook([{ type: 'text', person: 1, text: 'x' }], { signature });
    assert.equal(delivery.status, 401, signature);
    assert.equal(seen[0].problem, 'SignatureValidationFailed', signature);
  }
});

test('the signature is over the bytes, escapes and all', async () => {
  const [delivery] = await webhook([{ type: 'text', person: 1, text: '会 😀' }], { escape: true });
  assert.ok(delivery.body.includes('\\u4F1A') && !/[^\x00-\x7f]/.test(delivery.body));
  assert.ok(validateSignature(delivery.body, MESSAGING.secret, delivery.signature));
  assert.ok(!validateSignature(JSON.stringify(JSON.parse(delivery.body)), MESSAGING.secret, delivery.signature));
});

test('the webhook endpoint can be read and tested', async () => {
  const { endpoint, active } = await client.getWebhookEndpoint();
  assert.ok(active);
  seen.length = 0;
  const result = await client.testWebhookEndpoint({});
  assert.equal(result.success, true);
  assert.equal(result.reason, 'OK');
  assert.deepEqual(seen[0].events, []);
  await client.setWebhookEndpoint({ endpoint: `${endpoint}?again` });
  assert.equal((await client.getWebhookEndpoint()).endpoint, `${endpoint}?again`);
  await refused(client.setWebhookEndpoint({ endpoint: 'http://example.com/' }), 400);
});

test('a rich menu is made, drawn, shown and named', async () => {
  const menu = {
    size: { width: 1200, height: 405 }, selected: true, name: 'main', chatBarText: 'Menu',
    areas: [{ bounds: { x: 0, y: 0, width: 400, height: 405 }, action: { type: 'postback', data: 'action=balance' } }],
  };
  const { richMenuId } = await client.createRichMenu(menu);
  await refused(client.setDefaultRichMenu(richMenuId), 400); // not without its picture
  const picture = new Blob([png(1200, 405)], { type: 'image/png' });
  await blobs.setRichMenuImage(richMenuId, picture);
  await client.setDefaultRichMenu(richMenuId);
  assert.equal((await client.getDefaultRichMenuId()).richMenuId, richMenuId);
  await client.createRichMenuAlias({ richMenuAliasId: 'main', richMenuId });
  assert.equal((await client.getRichMenuAlias('main')).richMenuId, richMenuId);
  assert.deepEqual((await client.getRichMenuList()).richmenus, [{ ...menu, richMenuId }]);
  await client.deleteRichMenu(richMenuId);
  await refused(client.getRichMenu(richMenuId), 404);
});

/** A menu with its picture. */
async function drawnMenu(name) {
  const { richMenuId } = await client.createRichMenu({ size: { width: 800, height: 270 }, selected: false, name, chatBarText: 'Menu', areas: [] });
  await blobs.setRichMenuImage(richMenuId, new Blob([png(800, 270)], { type: 'image/png' }));
  return richMenuId;
}

/** Until the question has this answer: what LINE answers with 202 happens later. */
async function until(question, answer) {
  for (let i = 0; i < 200; i++) {
    if (await question() === answer) return;
    await new Promise((wait) => setTimeout(wait, 25));
  }
  assert.equal(await question(), answer);
}

const menuOf = async (n) => (await client.getRichMenuIdOfUser(user(n)).catch(() => ({}))).richMenuId;

test('menus of many people change one by one, in bulk and by batch', async () => {
  const [a, b] = [await drawnMenu('a'), await drawnMenu('b')];
  await client.linkRichMenuIdToUser(user(1), a);
  assert.equal(await menuOf(1), a);
  await client.linkRichMenuIdToUsers({ richMenuId: a, userIds: [user(2), user(3)] });
  await until(() => menuOf(3), a);
  await client.validateRichMenuBatchRequest({ operations: [{ type: 'link', from: a, to: b }] });
  const { httpResponse } = await client.richMenuBatchWithHttpInfo({ operations: [{ type: 'link', from: a, to: b }], resumeRequestKey: 'try-1' });
  assert.equal(httpResponse.status, 202);
  await until(() => menuOf(2), b);
  const progress = await client.getRichMenuBatchProgress(httpResponse.headers.get('x-line-request-id'));
  assert.equal(progress.phase, 'succeeded');
  await client.unlinkRichMenuIdFromUser(user(1));
  await client.unlinkRichMenuIdFromUsers({ userIds: [user(2), user(3)] });
  await until(() => menuOf(3), undefined);
  await refused(client.linkRichMenuIdToUsers({ richMenuId: 'richmenu-0', userIds: [user(1)] }), 404);
});

test('tabs: an alias is read, moved and taken away', async () => {
  const [a, b] = [await drawnMenu('tab-a'), await drawnMenu('tab-b')];
  await client.createRichMenuAlias({ richMenuAliasId: 'tab', richMenuId: a });
  await refused(client.createRichMenuAlias({ richMenuAliasId: 'tab', richMenuId: b }), 400);
  await client.updateRichMenuAlias('tab', { richMenuId: b });
  assert.ok((await client.getRichMenuAliasList()).aliases.some((one) => one.richMenuAliasId === 'tab' && one.richMenuId === b));
  await client.deleteRichMenuAlias('tab');
  await refused(client.getRichMenuAlias('tab'), 404);
  await client.validateRichMenuObject({ size: { width: 800, height: 270 }, selected: false, name: 'x', chatBarText: 'x', areas: [] });
  await refused(blobs.setRichMenuImage(a, new Blob([png(800, 270)], { type: 'image/png' })), 400);
  const picture = [];
  for await (const part of await blobs.getRichMenuImage(a)) picture.push(part);
  assert.ok(Buffer.concat(picture).equals(png(800, 270)));
});

test('an account is linked by token, page and event', async () => {
  const { linkToken } = await client.issueLinkToken(user(4));
  seen.length = 0;
  const page = await fetch(`${baseURL}/dialog/bot/accountLink?linkToken=${linkToken}&nonce=0123456789abcdef`);
  assert.equal(page.status, 200);
  await until(() => seen.length, 1);
  const [event] = seen[0].events;
  assert.deepEqual(event.link, { result: 'ok', nonce: '0123456789abcdef' });
  assert.equal(event.source.userId, user(4));
  assert.equal((await fetch(`${baseURL}/dialog/bot/accountLink?linkToken=${linkToken}&nonce=0123456789abcdef`)).status, 400);
  await refused(client.issueLinkToken(user(999)), 400);
});

test('dots while we think, groups we leave, friends we have', async () => {
  const { httpResponse } = await client.showLoadingAnimationWithHttpInfo({ chatId: user(1), loadingSeconds: 5 });
  assert.equal(httpResponse.status, 202);
  await webhook([{ type: 'join', person: 1, group: 'C1' }]);
  await client.leaveGroup('C1');
  await refused(client.leaveGroup('C1'), 404);
  assert.equal((await client.getFollowers(undefined, 3)).userIds.length, 3);
  const insights = new insight.InsightClient({ channelAccessToken: tokenOfBot, baseURL });
  assert.equal((await insights.getNumberOfFollowers('20200101')).followers, 8);
  assert.equal((await insights.getNumberOfMessageDeliveries('20200101')).apiPush, 0);
});

test('units of messages are counted', async () => {
  await client.pushMessage({ to: user(1), messages: text('a'), customAggregationUnits: ['stamp_2026'] });
  assert.equal((await client.getAggregationUnitUsage()).numOfCustomAggregationUnits, 1);
  assert.deepEqual((await client.getAggregationUnitNameList()).customAggregationUnits, ['stamp_2026']);
});

test('the month is over when its messages are used, and replies go on', async () => {
  await post('/sim/settings', { quota: 5, used: 4 });
  await refused(client.multicast({ to: [user(1), user(2)], messages: text('two') }), 429);
  await client.multicast({ to: [user(1), user(999)], messages: text('one of them is nobody') });
  const problem = await refused(client.pushMessage({ to: user(1), messages: text('x') }), 429);
  assert.equal(JSON.parse(problem.body).message, 'You have reached your monthly limit.');
  assert.equal((await client.getMessageQuotaConsumption()).totalUsage, 5);
  seen.length = 0;
  await webhook([{ type: 'text', person: 1, text: 'balance' }]);
  await client.replyMessage({ replyToken: seen[0].events[0].replyToken, messages: text('7') });
  await post('/sim/settings', { quota: 200, used: 0 });
});

test('every kind of event passes the middleware', async () => {
  for (const type of ['sticker', 'image', 'video', 'audio', 'file', 'location', 'unsend', 'follow', 'join', 'memberJoined', 'memberLeft',
    'postback', 'videoPlayComplete', 'beacon', 'accountLink', 'membership', 'module', 'botSuspended', 'unknown']) {
    seen.length = 0;
    const [delivery] = await webhook([{ type, person: 1, data: 'a' }]);
    assert.equal(delivery.status, 200, type);
    assert.equal(seen[0].events.length, 1, type);
  }
});

test('the LIFF app is listed for the login channel', async () => {
  const { access_token } = await tokens.issueStatelessChannelToken('client_credentials', undefined, undefined, LOGIN.id, LOGIN.secret);
  const { apps } = await new liff.LiffClient({ channelAccessToken: access_token, baseURL }).getAllLIFFApps();
  assert.equal(apps[0].liffId, '1234567890-AbcdEfgh');
  assert.deepEqual(apps[0].scope, ['openid', 'profile']);
});

test('too many requests and a fault of LINE look as the SDK expects', async () => {
  await post('/sim/faults', { path: '/v2/bot/message/push', kind: '429' });
  await refused(client.pushMessage({ to: user(1), messages: text('x') }), 429);
  const key = randomUUID();
  await post('/sim/faults', { path: '/v2/bot/message/push', kind: '500_after' });
  await refused(client.pushMessage({ to: user(1), messages: text('x') }, key), 500);
  await refused(client.pushMessage({ to: user(1), messages: text('x') }, key), 409);
});
