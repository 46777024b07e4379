/* Terms, own data and leaving in a real browser: asked politely, hard to do by accident, usable by everyone. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { RULES, violationsOf } from './axe.mjs';
import { startCard } from './card_page.mjs';
import { until } from './until.mjs';
import { launch } from './world.mjs';

const shots = process.env.SHOTS; /* SHOTS=folder keeps pictures */
let browser, card;

before(async () => {
  card = await startCard();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  card?.stop();
});

/** A page, closed after `use`; anything the policy or a script complains about fails the test. */
async function visit(path, options, use) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo', ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => /Content Security Policy|Uncaught/.test(message.text()) && complaints.push(message.text()));
  await page.goto(card.url + path);
  await use(page, context);
  await context.close();
  assert.deepEqual(complaints, []);
}

const shoot = async (page, name) => shots && page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });

async function axeFinds(page) {
  const found = await violationsOf(page, null, RULES);
  return found.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`);
}

test('axe finds nothing, nothing is wider than 320 px, and targets are 44 px, in every language and scheme', async () => {
  for (const language of ['ja', 'en', 'zh-Hant', 'th'])
    for (const colorScheme of ['light', 'dark']) {
      card.reset({ language });
      await visit('/card/me', { viewport: { width: 320, height: 640 }, colorScheme }, async (page) => {
        await page.click('#leave');
        assert.deepEqual(await axeFinds(page), [], `${language} ${colorScheme}`);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320, language);
        const small = await page.evaluate(() => [...document.querySelectorAll('button, main a, label')]
          .filter((node) => node.getClientRects().length && node.getBoundingClientRect().height < 43.9).map((node) => node.outerHTML));
        assert.deepEqual(small, [], language);
        await shoot(page, `me-${language}-${colorScheme}`);
      });
    }
});

test('leaving takes a button, a tick and another button, and says what LINE was told', async () => {
  for (const [told, shown] of [[true, '#told'], [false, '#untold']]) {
    card.reset({ leave: [200, { told }] });
    await visit('/card/me', {}, async (page) => {
      assert.equal(await page.isVisible('#sure'), false);
      await page.click('#leave');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'sure');
      assert.equal(await page.isDisabled('#gone'), true);
      await page.check('#understood');
      await page.click('#stay');
      assert.equal(await page.isVisible('#sure'), false);
      assert.equal(await page.evaluate(() => document.activeElement.id), 'leave');
      await page.click('#leave');
      assert.equal(await page.isDisabled('#gone'), true, 'the tick does not outlive a change of mind');
      await page.check('#understood');
      await page.click('#gone');
      await page.waitForSelector('#left:not([hidden])');
      assert.equal(await page.isVisible(shown), true);
      assert.equal(await page.isVisible('#here'), false);
      assert.deepEqual(await axeFinds(page), []);
      await shoot(page, `left-${told}`);
    });
    assert.deepEqual(card.state.left, { confirm: 'leave-0123456789abcdef', access_token: null });
  }
});

test("line-sim's live token goes along, and out of the address", async () => {
  card.reset();
  await visit('/card#id_token=a.b.c&access_token=live', {}, async (page) => {
    await page.waitForFunction(() => location.hash === '');
    await page.goto(`${card.url}/card/me`);
    await page.click('#leave');
    await page.check('#understood');
    await page.click('#gone');
    await page.waitForSelector('#left:not([hidden])');
    assert.equal(await page.evaluate(() => sessionStorage.getItem('stampd.sim_access')), null);
  });
  assert.deepEqual(card.state.left, { confirm: 'leave-0123456789abcdef', access_token: 'live' });
});

test('a token that is refused as none is left out, and the member leaves', async () => {
  card.reset({ leave: (body) => (body.access_token === null ? [200, { told: false }] : [400, { error: 'field_range' }]) });
  await visit('/card#id_token=a.b.c&access_token=not+one', {}, async (page) => {
    await page.waitForFunction(() => location.hash === '');
    await page.goto(`${card.url}/card/me`);
    await page.click('#leave');
    await page.check('#understood');
    await page.click('#gone');
    await page.waitForSelector('#untold:not([hidden])');
  });
  assert.deepEqual(card.state.left, { confirm: 'leave-0123456789abcdef', access_token: null });
});

test('who cannot leave is told why, and may try again', async () => {
  for (const [answer, shown] of [[[409, { error: 'still_owner' }], '#still_owner'], [[409, { error: 'member_other' }], '#member_other'], [[503, { error: 'busy' }], '#failed']]) {
    card.reset({ leave: answer });
    await visit('/card/me', {}, async (page) => {
      await page.click('#leave');
      await page.check('#understood');
      await page.click('#gone');
      await page.waitForSelector(`${shown}:not([hidden])`);
      assert.equal(await page.isDisabled('#gone'), false);
      assert.equal(await page.isVisible('#left'), false);
    });
  }
});

test('a login that is too old leads to LINE, for leaving and for the data', async () => {
  card.reset({ leave: [403, { error: 'login_stale' }], exportLink: [403, { error: 'login_stale' }] });
  await visit('/card/me', {}, async (page) => {
    await page.click('#leave');
    await page.check('#understood');
    await page.click('#gone');
    await page.waitForURL(/\/card\/again\?act=leave$/);
  });
  await visit('/card/me', {}, async (page) => {
    await page.click('#download');
    await page.waitForURL(/\/card\/again\?act=export$/);
  });
});

test("the data is a plain link, but in LINE's browser one that opens in the phone's", async () => {
  card.reset();
  await visit('/card/me', {}, async (page) => assert.equal(await page.getAttribute('#download', 'href'), '/api/me/export'));
  await visit('/card/me', { userAgent: 'Mozilla/5.0 (iPhone) Safari Line/14.2.0/IAB' }, async (page, context) => {
    const opened = context.waitForEvent('page');
    await page.click('#download');
    await opened;
    await until(() => card.state.calls.includes('GET /data/once'), 'the other browser asks for the data');
  });
});

test('terms are asked about below the code, once, and the answer is said', async () => {
  card.reset({ asksTerms: true });
  await visit('/card', {}, async (page) => {
    assert.equal(await page.isVisible('#qr svg'), true);
    const [code, terms] = await Promise.all(['#panel', '#terms'].map((part) => page.locator(part).boundingBox()));
    assert.ok(terms.y > code.y + code.height);
    await shoot(page, 'card-asks');
    assert.deepEqual(await axeFinds(page), []);
    await page.click('#terms button');
    await page.waitForSelector('#terms', { state: 'detached' });
    await page.waitForFunction(() => document.querySelector('.toast')?.textContent === 'ありがとうございます');
  });
  assert.deepEqual(card.state.agreed, { version: 2 });
  await visit('/terms', { colorScheme: 'dark' }, async (page) => {
    assert.deepEqual(await axeFinds(page), []);
    await shoot(page, 'terms');
  });
});
