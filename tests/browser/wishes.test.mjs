/* The card: what a member may be written to about, and what they have not been told yet. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { RULES, violationsOf } from './axe.mjs';
import { startCard } from './card_page.mjs';
import { until } from './until.mjs';
import { launch } from './world.mjs';

const DAY = 86_400_000;
const shots = process.env.SHOTS; /* SHOTS=folder keeps the pictures */
let browser, card;

before(async () => {
  [browser, card] = await Promise.all([launch(), startCard()]);
});
after(async () => {
  await browser?.close();
  card?.stop();
});

/** A page, closed after `use`; anything the policy or a script complains about fails the test. */
async function visit(options, use) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'ja-JP', timezoneId: 'Asia/Tokyo', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => /Content Security Policy|Uncaught/.test(message.text()) && complaints.push(message.text()));
  await page.goto(`${card.url}/card`);
  await use(page);
  await context.close();
  assert.deepEqual(complaints, []);
}

/** Nothing for axe, nothing wider than the screen, nothing too small to hit. */
async function isFit(page, name) {
  const violations = await violationsOf(page, null, RULES);
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ').slice(0, 200)}`), [], name);
  const { wide, small } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - innerWidth,
    small: [...document.querySelectorAll('button, a, select, .wish label')].filter((node) => node.offsetParent !== null)
      .filter((node) => node.getBoundingClientRect().width < 44 || node.getBoundingClientRect().height < 44).map((node) => node.textContent),
  }));
  assert.equal(wide, 0, `${name} is too wide`);
  assert.deepEqual(small, [], name);
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

const openMe = async (page) => {
  await page.click('[data-to="me"]');
  await page.waitForSelector('#wishes');
};
const posts = (path) => card.state.calls.filter((call) => call === `POST ${path}`).length;
const news = (id, more) => ({ id, kind: 'grant', over: false, plan: 1, plan_name: 'スタンプカード', unit: 'stamp', amount: 1, balance: 7, left: 3,
  reward: 'お好きなドリンク1杯', expires: null, shop: '上野店', text: null, at: Date.now() - DAY, ...more });
const everything = () => [
  news(9, { kind: 'staff', plan: null, unit: null, shop: null, text: '傘をお預かりしています。\nご来店をお待ちしています。' }),
  news(8, { kind: 'voucher', reward: 'クッキー1枚', stays: true }),
  news(7, { kind: 'voucher_lapse', reward: 'クッキー1枚', expires: Date.now() + 3 * DAY }),
  news(6),
  news(5, { plan: 2, plan_name: 'ポイントカード', unit: 'point', amount: 25, balance: 1240 }),
];

test('every topic is chosen by a switch, at once, and can be taken back', async () => {
  card.reset();
  await visit({}, async (page) => {
    await openMe(page);
    const switches = page.locator('#wishes [role="switch"]');
    assert.deepEqual(await switches.evaluateAll((all) => all.map((one) => one.checked)), [true, true, false]);
    await switches.nth(2).check();
    await page.waitForSelector('.wish-said');
    assert.equal(card.state.topics.offers, true);
    assert.match(await page.textContent('#said'), /保存しました/);
    await page.click('.wish-said button');
    await page.waitForSelector('.wish-said', { state: 'detached' });
    assert.equal(card.state.topics.offers, false);
    assert.equal(await switches.nth(2).isChecked(), false);
    await switches.nth(0).focus();
    await page.keyboard.press('Space');
    await page.waitForSelector('.wish-said');
    assert.equal(card.state.topics.receipts, false);
  });
});

test('what could not be saved stands as it is, and says so', async () => {
  card.reset({ refuses: '/api/me/topics' });
  await visit({}, async (page) => {
    await openMe(page);
    await page.locator('#wishes [role="switch"]').nth(1).click();
    await page.waitForSelector('.toast');
    assert.equal(await page.locator('#wishes [role="switch"]').nth(1).isChecked(), true);
    assert.equal(await page.locator('.wish-said').count(), 0);
  });
});

test('a birthday: only days that there are, removable, and back by undo', async () => {
  card.reset();
  await visit({}, async (page) => {
    await openMe(page);
    const save = page.locator('.birthday [type="submit"]');
    assert.equal(await save.isDisabled(), true);
    await page.selectOption('#birth-month', '1');
    await page.selectOption('#birth-day', '31');
    await page.selectOption('#birth-month', '2');
    assert.equal(await page.inputValue('#birth-day'), '', 'there is no 31st of February');
    assert.equal(await page.locator('#birth-day option').count(), 30);
    await page.selectOption('#birth-day', '29');
    await save.click();
    await page.waitForSelector('.wish-said');
    assert.deepEqual([card.state.birthday.month, card.state.birthday.day], [2, 29]);
    await page.click('.birthday .button-quiet');
    await page.waitForFunction(() => document.querySelector('#birth-month').value === '');
    assert.equal(card.state.birthday.month, null);
    assert.equal(await page.locator('.birthday .button-quiet').isVisible(), false);
    await page.click('.wish-said button');
    await page.waitForFunction(() => document.querySelector('#birth-day').value === '29');
    assert.equal(card.state.birthday.month, 2);
  });
});

const nobodyGreets = { asked: false, greets: false, bonuses: [] };

test('a birthday that earns is asked for though nobody greets, and says what it brings', async () => {
  for (const [language, says] of [['ja', /「珈琲カード」に3個.*うかがいません/s], ['en', /your 珈琲カード gets 3 stamps.*not ask for the year/s],
    ['zh-Hant', /「珈琲カード」可獲得 3 章.*不需要年份/s], ['th', /บัตร 珈琲カード.*3 ดวง.*เราไม่ถามปีเกิด/s]]) {
    card.reset({ language, birthday: { asked: true, greets: false, bonuses: [{ name: '珈琲カード', unit: 'stamp', units: 3 }], month: null, day: null } });
    await visit({}, async (page) => {
      await openMe(page);
      const why = await page.textContent('.birthday .wish-note');
      assert.match(why, says);
      assert.doesNotMatch(why, /ごあいさつ|greeting|問候|อวยพร/);
    });
  }
});

test('nobody is asked for a birthday that nobody greets, but it can be removed', async () => {
  card.reset({ birthday: { ...nobodyGreets, month: null, day: null } });
  await visit({}, async (page) => {
    await openMe(page);
    assert.equal(await page.locator('.birthday').count(), 0);
  });
  card.reset({ birthday: { ...nobodyGreets, month: 4, day: 1 } });
  await visit({}, async (page) => {
    await openMe(page);
    assert.equal(await page.inputValue('#birth-month'), '4');
    await page.click('.birthday .button-quiet');
    await page.waitForFunction(() => document.querySelector('#birth-month').value === '');
    assert.equal(card.state.birthday.month, null);
  });
});

test('news stand under the code, are seen when they were shown, and a person’s words when put away', async () => {
  card.reset({ notices: everything() });
  await visit({}, async (page) => {
    await page.waitForSelector('#news li');
    const lines = await page.locator('#news li p').allTextContents();
    assert.deepEqual(lines.map((line) => line.slice(0, 4)), ['傘をお預', '特典「ク', 'クッキー', 'スタンプ', '25ポイ']);
    await until(() => [7, 6, 5].every((id) => posts(`/api/notices/${id}/seen`)), 'what was shown is seen');
    assert.deepEqual([9, 8, 7, 6, 5].map((id) => posts(`/api/notices/${id}/seen`)), [0, 0, 1, 1, 1]);
    const [panel, box] = [await page.locator('.panel').boundingBox(), await page.locator('#news').boundingBox()];
    assert.ok(box.y >= panel.y + panel.height, 'the code is not covered');
    await page.click('#news button');
    assert.equal(await page.locator('#news').count(), 0);
    await until(() => [9, 8].every((id) => posts(`/api/notices/${id}/seen`)), 'what was put away is seen');
    const asked = () => card.state.calls.filter((call) => call.startsWith('GET /api/card')).length;
    const before = asked();
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await until(() => asked() > before, 'the page is looked at again');
    assert.equal(await page.locator('#news').count(), 0, 'what was put away stays away');
  });
});

test('what is over or out of date is not told, but seen; later news come when the page is looked at again', async () => {
  card.reset({ notices: [news(3, { kind: 'voucher_lapse', over: true }), news(2, { kind: 'one_more', balance: 4, left: 1 }), news(1, { kind: 'of_tomorrow' })] });
  await visit({}, async (page) => {
    await page.waitForFunction(() => document.querySelector('#history .day'));
    await until(() => [3, 2, 1].every((id) => posts(`/api/notices/${id}/seen`)), 'all are seen');
    assert.equal(await page.locator('#news').count(), 0);
    assert.deepEqual([3, 2, 1].map((id) => posts(`/api/notices/${id}/seen`)), [1, 1, 1]);
    card.state.notices = [news(4, { kind: 'one_more', balance: 7, left: 3 })];
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.waitForSelector('#news li');
    assert.match(await page.textContent('#news li p'), /3/);
  });
});

test('in four languages, both schemes, at 320 px', { timeout: 120_000 }, async () => {
  for (const language of ['ja', 'en', 'zh-Hant', 'th'])
    for (const colorScheme of ['light', 'dark']) {
      card.reset({ language, notices: [...everything().slice(0, 2), news(4, { kind: 'tier', text: 'ゴールド' }), news(3, { kind: 'birthday' }), news(2, { kind: 'dormant' })],
        birthday: { asked: true, greets: true, bonuses: [{ name: 'ポイントカード', unit: 'point', units: 300 }], month: 2, day: 29 } });
      await visit({ colorScheme, viewport: { width: 320, height: 640 }, deviceScaleFactor: 2, bypassCSP: true }, async (page) => {
        await page.waitForSelector('#news li');
        await isFit(page, `news-${language}-${colorScheme}`);
        await openMe(page);
        await page.locator('#wishes [role="switch"]').nth(2).check();
        await page.waitForSelector('.wish-said');
        await page.evaluate(() => document.querySelector('.toast')?.remove());
        await isFit(page, `wishes-${language}-${colorScheme}`);
        assert.doesNotMatch(await page.textContent('body main'), /card\.[a-z]/);
      });
    }
});
