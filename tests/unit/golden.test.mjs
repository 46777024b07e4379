/* Every message that the golden files keep is one that LINE's own descriptions of push, reply and multicast take. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { Line } from '../support/openapi.mjs';

const folder = process.env.LINE_OPENAPI ?? '../shared/line-openapi';
const skip = existsSync(folder) ? false : `${folder} is not there`;
const line = skip ? null : new Line(folder);
const KINDS = ['grant_stamp', 'grant_point', 'one_more_stamp', 'one_more_point', 'voucher', 'voucher_lapse', 'points_lapse_stamp', 'points_lapse_point', 'tier', 'welcome',
  'welcome_back', 'birthday', 'dormant_stamp', 'dormant_point', 'gift_taken_stamp', 'gift_taken_point', 'gift_back', 'balance_stamp', 'balance_point', 'invite', 'staff', 'digest', 'digest_grants', 'cards'];
const LANGUAGES = ['ja', 'en', 'zh-Hant', 'th'];
const files = readdirSync('tests/golden').filter((name) => name.startsWith('message_'));
const messagesOf = (name) => JSON.parse(readFileSync(`tests/golden/${name}`, 'utf8')).messages;
const ask = (path, body) => line.judge({ method: 'POST', path, query: '', body: JSON.stringify(body),
  headers: { Authorization: 'Bearer', 'Content-Type': 'application/json' } }).problems;

test('there is a file for every kind in every language, and no other', () => {
  assert.deepEqual([...files].sort(), KINDS.flatMap((kind) => LANGUAGES.map((language) => `message_${kind}_${language}.json`)).sort());
});

test('a push, a reply and a multicast may carry each of them', { skip }, () => {
  for (const name of files) {
    const messages = messagesOf(name);
    assert.deepEqual(ask('/v2/bot/message/push', { to: 'U1', messages }), [], name);
    assert.deepEqual(ask('/v2/bot/message/reply', { replyToken: 'r', messages }), [], name);
    assert.deepEqual(ask('/v2/bot/message/multicast', { to: ['U1', 'U2'], messages }), [], name);
  }
});

test('the judge sees into a bubble: one letter wrong is found', { skip }, () => {
  for (const name of files.filter((file) => !file.startsWith('message_staff'))) {
    const messages = messagesOf(name);
    const { contents } = messages[0];
    (contents.contents?.[1] ?? contents).body.contents[0].weigth = 'bold';
    assert.notDeepEqual(ask('/v2/bot/message/push', { to: 'U1', messages }), [], name);
  }
});
