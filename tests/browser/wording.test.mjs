/* The owner writes what messages say, in a real browser on the real server: until a member's phone shows it. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { isFit, OWNER, ownersWorld, press } from './owner_pages.mjs';
import { until } from './until.mjs';

const PARTS = ['headline', 'text', 'alt', 'button'];
const KINDS = ['grant', 'one_more', 'voucher', 'voucher_lapse', 'points_lapse', 'tier', 'welcome', 'welcome_back', 'birthday', 'dormant', 'balance', 'invite'];
const here = ownersWorld();
const { visit } = here;
const text = (page, selector) => page.locator(selector).innerText();
const shows = (page, words) => page.waitForFunction((wanted) => document.querySelector('.chat')?.textContent.includes(wanted), words);

test('from the list to a kind, its words, their preview, and saved', async () => {
  await visit('', {}, async (page) => {
    await page.click('.nav-link >> text=Messages');
    await page.click('.kind >> text=Stamp or points added');
    await page.waitForFunction(() => document.activeElement.className === 'editor-title'); /* the keyboard goes on from here */
    await shows(page, '+1 stamp');
    await page.fill('#part-headline', 'Thank you for ');
    await page.click('.chip >> text=Amount');
    assert.equal(await page.inputValue('#part-headline'), 'Thank you for {amount}');
    await shows(page, 'Thank you for 1 stamp');
    await page.fill('#part-alt', '{shop}: {amount}');
    await page.waitForFunction(() => /: 1 stamp$/.test(document.querySelector('.chat-alt').textContent));
    await press(page, 'Save');
    await page.waitForFunction(() => /^Saved/.test(document.querySelector('.news').textContent));
    assert.match(await text(page, '.kind[aria-current] .kind-own'), /English/);
    await isFit(page);
    await page.reload();
    await page.waitForSelector('#part-headline');
    assert.equal(await page.inputValue('#part-headline'), 'Thank you for {amount}');
  });
});

test('what is wrong is said at its part, and cannot be saved', async () => {
  await visit('#messages/birthday', {}, async (page) => {
    await page.waitForSelector('#part-text');
    for (const [words, fault] of [['Dear {name}', /nothing called name/], ['a } b', /curly brace/], ['a\u202eb', /direction/], ['{amount}', /no amount/], ['  ', /only spaces/]]) {
      await page.fill('#part-text', words);
      await page.waitForFunction((source) => new RegExp(source).test(document.querySelector('#part-text-about').textContent), fault.source);
      assert.equal(await page.getAttribute('#part-text', 'aria-invalid'), 'true');
      assert.ok(await page.isDisabled('.deed-row .button'));
    }
    await page.fill('#part-button', '{reward}');
    await page.waitForFunction(() => /too long/.test(document.querySelector('#part-button-about').textContent));
    await isFit(page);
    await page.fill('#part-button', '');
    await page.fill('#part-text', 'All the best');
    await page.waitForFunction(() => !document.querySelector('.deed-row .button').disabled);
  });
});

test('languages keep what was not saved; the standard words come back', async () => {
  await visit('#messages/grant', {}, async (page) => {
    await page.waitForSelector('#part-headline');
    await page.check('[name=language][value=th]');
    await shows(page, 'เปิดบัตร');
    await page.fill('#part-button', 'ดูบัตร');
    await page.check('[name=language][value=ja]');
    await shows(page, 'カードを開く');
    assert.equal(await page.locator('.tab-mark').count(), 1);
    await page.check('[name=language][value=th]');
    assert.equal(await page.inputValue('#part-button'), 'ดูบัตร');
    await page.check('[name=language][value=en]');
    await press(page, 'Use the standard words');
    await press(page, 'Keep them');
    await press(page, 'Use the standard words');
    await press(page, 'Take them back');
    await page.waitForFunction(() => /standard words are used/.test(document.querySelector('.news').textContent));
    assert.equal(await page.inputValue('#part-headline'), '');
    await shows(page, '+1 stamp');
  });
});

test('by keyboard alone: a kind, a language, a field put in, saved', async () => {
  await visit('#messages', {}, async (page) => {
    await page.waitForSelector('.kind');
    const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
    await page.focus('.kind >> nth=0');
    await press('Tab', 'Enter'); /* the second kind */
    await page.waitForFunction(() => document.activeElement.className === 'editor-title');
    await press('Tab', 'ArrowRight');
    await shows(page, '開啟會員卡');
    assert.equal(await page.evaluate(() => document.activeElement.value), 'zh-Hant');
    await press('Tab', 'Tab', 'Enter'); /* the second field; no part was looked at yet, so it goes into the headline */
    await page.waitForFunction(() => document.activeElement.id === 'part-headline' && document.activeElement.value === '{reward}');
    await page.keyboard.type('！');
    await press('Enter');
    await page.waitForFunction(() => /^Saved/.test(document.querySelector('.news').textContent));
    assert.equal(await page.evaluate(() => document.activeElement.id), 'part-headline');
  });
});

test('a second owner’s change is not overwritten unseen', async () => {
  await visit('#messages/tier', {}, async (page) => {
    await page.waitForSelector('#part-headline');
    await page.fill('#part-headline', 'Mine');
    await page.evaluate(() => fetch('/api/admin/templates/tier', { method: 'POST', headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ language: 'en', version: 0, headline: 'Theirs' }) }));
    await press(page, 'Save');
    await press(page, 'Load theirs');
    await page.waitForSelector('.kind[aria-current] .kind-own');
    assert.equal(await page.inputValue('#part-headline'), 'Mine');
    await press(page, 'Save');
    await page.waitForFunction(() => /^Saved/.test(document.querySelector('.news').textContent));
  });
});

test('a test arrives on the owner’s own phone', async () => {
  await visit('#messages/dormant', {}, async (page) => {
    await page.waitForSelector('#part-headline');
    await page.fill('#part-headline', 'A word from the shop');
    await shows(page, 'A word from the shop');
    await press(page, 'Send me a test');
    await page.waitForFunction(() => /On its way/.test(document.querySelector('.news').textContent));
    await until(async () => (await (await fetch(`${here.world.sim}/sim/state?person=${OWNER}`)).text()).includes('A word from the shop'), 'the message arrives');
  });
});

test('who sees the rich menus of which level', async () => {
  const level = (tier, name, look, members) => ({ plan: 'Points', tier, name, look, members });
  const menus = { menus: 90, members: 1250, owed: 0, period: null, taps: [], levels: [level(3, '', '', 1), level(2, 'ゴールド', 'gold', 40), level(1, 'Mate', 'silver', 209), level(0, '', '', 1000)] };
  for (const [locale, scheme] of [['en-GB', 'light'], ['ja-JP', 'dark']])
    await visit('#messages', { locale, colorScheme: scheme, viewport: { width: 320, height: 640 } }, async (page) => {
      await page.waitForSelector('[aria-labelledby="menus-title"]');
      assert.equal(await page.locator('.menu-levels').count(), 0); /* nothing is deployed here */
      await page.route('**/api/admin/menus', (route) => route.fulfill({ json: menus }));
      await page.reload();
      await page.waitForSelector('.menu-levels');
      const rows = (await page.locator('.menu-levels tbody tr').allInnerTexts()).map((row) => row.replace(/\s+/g, ' ').trim());
      if (locale === 'en-GB') assert.deepEqual(rows, ['Level 3 1', 'ゴールド 40', 'Mate 209', 'no level 1,000']);
      assert.equal(await page.getAttribute('.look[data-look="gold"]', 'aria-label'), locale === 'en-GB' ? 'gold' : 'ゴールド');
      assert.notEqual(...await Promise.all(['gold', 'silver'].map((look) => page.$eval(`.look[data-look="${look}"]`, (spot) => getComputedStyle(spot).backgroundColor))));
      if (process.env.SHOTS) await page.locator('section[aria-labelledby="menus-title"]').screenshot({ path: `${process.env.SHOTS}/menus-${locale}.png` });
      await isFit(page);
    });
});

test('every kind in every language: drawn, no word missing, nothing for axe, at 320 px', { timeout: 240_000 }, async () => {
  for (const [locale, scheme] of [['ja-JP', 'dark'], ['en-GB', 'light'], ['zh-TW', 'light'], ['th-TH', 'dark']])
    await visit('#messages', { locale, colorScheme: scheme, viewport: { width: 320, height: 640 } }, async (page) => {
      await page.waitForSelector('.kind');
      await isFit(page);
      for (const kind of KINDS) {
        await page.evaluate((name) => { location.hash = `#messages/${name}`; }, kind);
        await page.waitForSelector('.chat .flex-button');
        assert.doesNotMatch(await text(page, 'body'), /admin\.|\{\w+\}\}/);
      }
      await isFit(page);
    });
});

test('the golden messages are drawn with every text of theirs, in their own colours', async () => {
  await visit('#messages/grant', {}, async (page) => {
    await page.waitForSelector('.chat .flex-bubble');
    for (const name of readdirSync('tests/golden').filter((file) => /^message_.*_ja\.json$/.test(file))) {
      const { messages } = JSON.parse(readFileSync(`tests/golden/${name}`, 'utf8'));
      const texts = [...JSON.stringify(messages[0].contents ?? messages[0]).matchAll(/"(?:text|label)":"((?:[^"\\]|\\.)*)"/g)].map(([, found]) => JSON.parse(`"${found}"`));
      await page.route('**/preview', (route) => route.fulfill({ json: { alt: name, messages, parts: Object.fromEntries(PARTS.map((part) => [part, { longest: 1, max: 2, error: null, field: null }])) } }));
      await page.fill('#part-headline', name);
      await page.waitForFunction((alt) => document.querySelector('.chat-alt').textContent === alt, name);
      for (const words of texts) assert.ok((await page.locator('.chat').textContent()).includes(words), `${name}: ${words}`);
      await page.unroute('**/preview');
    }
  });
});
