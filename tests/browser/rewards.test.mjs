/* Points swapped, vouchers cancelled and holds given back at the till, in a real browser before a stand-in. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { answers, codeOf } from './fake_api.mjs';
import { beginAnew, isFit, scan, shown, signIn, text, tillBeforeFake } from './till_page.mjs';

const here = tillBeforeFake();

const held = () => [
  { hold: 5, points: 300, till: 'Till 1', until: Date.now() + 600_000, may_release: true },
  { hold: 6, voucher: 5, till: 'Till 2', until: Date.now() + 600_000, may_release: false },
];

/** The points card read, and its rewards opened by F2. */
async function openRewards(page) {
  await scan(page, codeOf(answers.points));
  await shown(page, 'member');
  await page.keyboard.press('F2');
  await shown(page, 'rewards');
  await page.waitForSelector('.offer');
}

const SCREENS = [
  { language: 'ja', viewport: { width: 320, height: 640 } },
  { language: 'ja', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  { language: 'en', viewport: { width: 1024, height: 768 } },
  { language: 'zh-Hant', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  { language: 'th', viewport: { width: 320, height: 640 } },
];
for (const { language, ...screen } of SCREENS) {
  test(`swaps, cancellations and holds fit and are usable by everyone: ${language}, ${screen.viewport.width} wide, ${screen.colorScheme ?? 'light'}`, async () => {
    beginAnew(here.fake, language, { role: 'manager', held: held() });
    await here.visit('/till', screen, async (page) => {
      const fits = async (name) => {
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/rewards-${name}-${language}-${screen.viewport.width}.png`, fullPage: true });
        await isFit(page, name);
      };
      await signIn(page);
      await openRewards(page);
      await fits('rewards');
      await page.click('.offer');
      await shown(page, 'swap_ask');
      await fits('swap-sure');
      await page.keyboard.press('Enter');
      await shown(page, 'swapped');
      await fits('swapped');
      await page.keyboard.press('Enter'); /* the card, read again */
      await shown(page, 'member');
      await fits('card');
      await page.keyboard.press('F2');
      await page.waitForSelector('.rewards .vouchers button');
      await page.waitForSelector('.offer');
      await fits('with-one');
      await page.click('.rewards .vouchers button');
      await shown(page, 'cancel_ask');
      await fits('cancel-sure');
      await page.keyboard.press('Enter');
      await shown(page, 'cancelled');
      await fits('cancelled');
      await scan(page, codeOf(answers.held));
      await shown(page, 'member');
      await fits('held');
      await page.click('.held button');
      await shown(page, 'release_ask');
      await fits('release-sure');
      await page.keyboard.press('Enter');
      await shown(page, 'released');
      await fits('released');
    });
  });
}

test('a swap says what it takes, what cannot be had says why, and F1 takes it back', async () => {
  beginAnew(here.fake, 'en');
  await here.visit('/till', {}, async (page) => {
    await signIn(page);
    await openRewards(page);
    assert.match(await text(page, '.offers'), /コーヒーミル.*1,760 more are needed/s);
    assert.equal(await page.locator('.offer:disabled').count(), 1);
    await page.locator('.offer').first().focus();
    await page.keyboard.press('Enter'); /* the keyboard alone */
    await shown(page, 'swap_ask');
    assert.match(await text(page, '.sheet'), /Swap for “マグカップ”\?.*300 pt of 1,240 are used, 940 stay/s);
    assert.equal(here.fake.state.written.length, 0);
    await page.keyboard.press('Enter');
    await shown(page, 'swapped');
    await page.keyboard.press('Enter');
    await shown(page, 'member');
    assert.match(await text(page, '.member-card'), /940.*マグカップ/s);
    await page.keyboard.press('F1');
    await shown(page, 'undone');
    assert.match(await text(page, '.band'), /1,240/);
    assert.equal(here.fake.state.items.filter(({ kind, reversed }) => kind === 'swap' && reversed).length, 1);
  });
});

test('a swap whose answer is lost is sent again under the same key; one with a code is not offered to be undone', async () => {
  beginAnew(here.fake, 'en');
  await here.visit('/till', {}, async (page) => {
    await signIn(page);
    await openRewards(page);
    await page.locator('.offer').nth(1).click();
    await shown(page, 'swap_ask');
    assert.match(await text(page, '.sheet'), /Only a manager can take this back/);
    here.fake.state.loseAnswers = 1;
    await page.keyboard.press('Enter');
    await shown(page, 'problem');
    here.fake.state.loseAnswers = 0;
    await page.keyboard.press('Enter');
    await shown(page, 'swapped');
    assert.equal(here.fake.state.written.length, 1);
    assert.equal(await page.locator('.undo').count(), 0);
  });
});

test('only a manager is shown that a reward can be cancelled, and its points come back in figures', async () => {
  for (const role of ['cashier', 'manager']) {
    beginAnew(here.fake, 'en', { role });
    await here.visit('/till', {}, async (page) => {
      await signIn(page);
      await openRewards(page);
      await page.click('.offer');
      await shown(page, 'swap_ask');
      await page.keyboard.press('Enter');
      await shown(page, 'swapped');
      await page.keyboard.press('Enter');
      await shown(page, 'member');
      await page.keyboard.press('F2');
      await page.waitForSelector('.rewards .vouchers li');
      assert.equal(await page.locator('.rewards .vouchers button').count(), role === 'manager' ? 1 : 0);
      if (role === 'cashier') return;
      await page.click('.rewards .vouchers button');
      await shown(page, 'cancel_ask');
      assert.match(await text(page, '.sheet'), /Cancel “マグカップ”\?.*300 pt come back: 940 now, then 1,240/s);
      await page.keyboard.press('Enter');
      await shown(page, 'cancelled');
      await page.keyboard.press('Enter');
      await shown(page, 'member');
      assert.match(await text(page, '.member-balance'), /1,240/);
    });
  }
});

test('what a basket keeps is seen, and given back where this till may', async () => {
  beginAnew(here.fake, 'en', { held: held() });
  await here.visit('/till', {}, async (page) => {
    await signIn(page);
    await scan(page, codeOf(answers.held));
    await shown(page, 'member');
    assert.match(await text(page, '.held'), /300 pt.*Till 1, until.*焼き菓子.*Till 2, until/s);
    assert.equal(await page.locator('.held button').count(), 1); /* the other is not ours */
    await page.click('.held button');
    await shown(page, 'release_ask');
    assert.match(await text(page, '.sheet'), /300 pt come back: 1,240 now, then 1,540/);
    await page.keyboard.press('Enter');
    await shown(page, 'released');
    await page.keyboard.press('Enter');
    await shown(page, 'member');
    assert.match(await text(page, '.member-balance'), /1,540/);
    assert.doesNotMatch(await text(page, '.held'), /300 pt/);
  });
});
