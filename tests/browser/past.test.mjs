/* A manager at the till looks back, in a real browser before a stand-in: what was done, what undoing it would do, and that. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { codeOf } from './fake_api.mjs';
import { beginAnew, isFit, scan, shown, signIn, text, tillBeforeFake } from './till_page.mjs';

const here = tillBeforeFake();

const HOUR = 3_600_000;
const place = { staff: 'Staff 2', till: 'Till 2', shop: '本町店', undone: false };
const pastOf = (now) => [
  { ...place, transfer: 61, kind: 'earn', amount: 53, sign: 1, unit: 'point', at: now - HOUR, name: '会員 1', undo: 'reversal' },
  { ...place, voucher: 3, title: 'お好きなドリンク 1杯', expires: now + 9 * 24 * HOUR, at: now - 25 * HOUR, name: '会員 1', undo: 'redemption' },
  { ...place, transfer: 58, kind: 'reverse', amount: 2, sign: -1, unit: 'stamp', at: now - 26 * HOUR, name: null, reason: 'not_a_grant' },
  { ...place, transfer: 57, kind: 'earn', amount: 2, sign: 1, unit: 'stamp', at: now - 27 * HOUR, name: null, undone: true, reason: 'already_reversed' },
  { ...place, transfer: 40, kind: 'spend', amount: 300, sign: -1, unit: 'point', at: now - 90 * HOUR, name: null, shop: '駅前店', reason: 'other_till' },
  { ...place, transfer: 39, kind: 'swap', amount: 30, sign: -1, unit: 'point', at: now - 91 * HOUR, name: '会員 1', undo: 'swap' },
];
const manage = (language) => beginAnew(here.fake, language, { role: 'manager', past: pastOf(Date.now()) });

const SCREENS = [
  { language: 'ja', viewport: { width: 390, height: 844 } },
  { language: 'ja', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  { language: 'en', viewport: { width: 1024, height: 768 } },
  { language: 'zh-Hant', viewport: { width: 320, height: 640 } },
  { language: 'th', viewport: { width: 320, height: 640 }, colorScheme: 'dark' },
];
for (const { language, ...screen } of SCREENS) {
  test(`looking back fits and is usable by everyone: ${language}, ${screen.viewport.width} wide, ${screen.colorScheme ?? 'light'}`, async () => {
    manage(language);
    await here.visit('/till', screen, async (page) => {
      const fits = async (name) => {
        if (process.env.SHOTS)
          await page.screenshot({ path: `${process.env.SHOTS}/past-${name}-${language}-${screen.viewport.width}-${screen.colorScheme ?? 'light'}.png`, fullPage: true });
        await isFit(page, name);
      };
      await signIn(page);
      await page.keyboard.press('F1');
      await shown(page, 'today');
      await page.click('.today-top .till-button:nth-last-child(2)');
      await shown(page, 'past');
      await page.waitForSelector('.past-table');
      await fits('shop');
      await page.click('.past-table .row-button button');
      await shown(page, 'past_ask');
      await fits('ask');
    });
  });
}

test('a manager finds yesterday, page by page, is told in figures, and undoes it', async () => {
  manage('en');
  await here.visit('/till', {}, async (page) => {
    await signIn(page);
    await page.keyboard.press('F1');
    await shown(page, 'today');
    await page.click('text=Earlier');
    await page.waitForSelector('.past-table');
    assert.equal(await page.locator('.past-table .row-button button').count(), 2); /* not what was undone, nor its undoing */
    await page.click('text=Show older');
    await page.waitForFunction(() => document.querySelectorAll('.past-table tbody tr:not(:first-child)').length === 6);
    assert.match(await text(page, '.past-table'), /−300 pt.*points used.*Given at another till/s);
    assert.equal(await page.locator('text=Show older').count(), 0);
    await page.click('.past-table .row-button button >> nth=0');
    await shown(page, 'past_ask');
    assert.match(await text(page, '.sheet'), /\+53 pt.*53 pt leave the card.*5 pt of bonuses go with them.*53 → 0.*opened again: 1.*Cancelled with it: お好きなドリンク/s);
    await page.keyboard.press('Escape');
    await shown(page, 'past');
    assert.equal(await page.locator('.past-table .row-button button').count(), 3); /* still both pages */
    await page.click('.past-table .row-button button >> nth=1');
    await shown(page, 'past_ask');
    assert.match(await text(page, '.sheet'), /Was this not handed over\?.*Good again until/s);
    await page.keyboard.press('Enter');
    await shown(page, 'unredeemed');
  });
});

test('of a scanned card only its own lines; what is refused is said in words', async () => {
  manage('en');
  here.fake.state.past[0].blocked = 'voucher_redeemed';
  await here.visit('/till', {}, async (page) => {
    await signIn(page);
    await scan(page, codeOf(7));
    await shown(page, 'member');
    await page.click('text=The last 31 days on this card');
    await page.waitForSelector('.past-table');
    assert.equal(await page.locator('.past-table .row-button').count(), 3);
    await page.click('.past-table .row-button button >> nth=2');
    await shown(page, 'past_ask');
    assert.match(await text(page, '.sheet'), /30 pt come back.*reward it was exchanged for is cancelled/s);
    await page.keyboard.press('Escape');
    await page.click('.past-table .row-button button >> nth=0');
    await shown(page, 'problem');
    assert.match(await text(page, '.band'), /Already used/);
  });
});

test('a cashier is not offered it', async () => {
  beginAnew(here.fake, 'en');
  await here.visit('/till', {}, async (page) => {
    await signIn(page);
    await page.keyboard.press('F1');
    await shown(page, 'today');
    assert.equal(await page.locator('text=Earlier').count(), 0);
    await scan(page, codeOf(7));
    await shown(page, 'member');
    assert.equal(await page.locator('text=The last 31 days').count(), 0);
  });
});
