/* The pad of a sale, in a real browser before a stand-in: the points that will be given, and why, before anybody presses. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { answers, codeOf, plans } from './fake_api.mjs';
import { beginAnew, isFit, scan, shown, signIn, text, tillBeforeFake } from './till_page.mjs';

const here = tillBeforeFake();

const ruled = [{ ...plans[0], stamps_each: 2 }, { ...plans[1], about: true, categories: [{ name: 'タバコ', pieces: false }, { name: '弁当', pieces: true }] }];
const points = (page, what) => page.waitForFunction((want) => document.querySelector('.amount-points')?.textContent === want, what);

const SCREENS = [
  { language: 'ja', viewport: { width: 390, height: 844 } },
  { language: 'ja', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  { language: 'en', viewport: { width: 1024, height: 768 } },
  { language: 'zh-Hant', viewport: { width: 320, height: 640 } },
  { language: 'th', viewport: { width: 320, height: 640 }, colorScheme: 'dark' },
];
for (const { language, ...screen } of SCREENS) {
  test(`the pad with kinds of goods fits and is usable by everyone: ${language}, ${screen.viewport.width} wide, ${screen.colorScheme ?? 'light'}`, async () => {
    beginAnew(here.fake, language, { plans: ruled });
    await here.visit('/till', screen, async (page) => {
      await signIn(page);
      await scan(page, codeOf(answers.points));
      await shown(page, 'member');
      await page.keyboard.type('1650', { delay: 120 });
      await page.click('.kinds .unit');
      await page.keyboard.type('550', { delay: 120 });
      await page.waitForSelector('.foretold span');
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/pad-${language}-${screen.viewport.width}-${screen.colorScheme ?? 'light'}.png`, fullPage: true });
      await isFit(page, 'pad');
    });
  });
}

test('what the server says is what the pad shows, with the reasons; tobacco is left out; and exactly that is sent', async () => {
  beginAnew(here.fake, 'en', { plans: ruled });
  await here.visit('/till', {}, async (page) => {
    await signIn(page);
    await scan(page, codeOf(answers.points));
    await shown(page, 'member');
    await page.keyboard.type('1650', { delay: 120 });
    await points(page, '+30 pt'); /* 16 by the rate: 15 without tax, twice */
    assert.match(await text(page, '.foretold'), /2× on Tuesday \+15/);
    await page.click('.kinds >> text=タバコ');
    await page.keyboard.type('550', { delay: 120 });
    await points(page, '+20 pt');
    await page.keyboard.type('0', { delay: 120 });
    assert.match(await text(page, '.kinds [role=alert]'), /more than the sale/);
    assert.ok(await page.locator('.pad-enter').isDisabled());
    await page.keyboard.press('Backspace');
    await page.click('.kinds >> text=タバコ'); /* back to the sale */
    await page.click('.kinds >> text=弁当');
    await page.keyboard.type('500', { delay: 120 });
    await page.click('.kinds >> text=弁当');
    assert.match(await text(page, '.kinds'), /弁当 ×2/);
    await page.keyboard.press('Enter');
    await shown(page, 'done');
    assert.deepEqual(here.fake.state.written.at(-1).lines, [{ category: 'タバコ', quantity: 1, yen: 550 }, { category: '弁当', quantity: 2, yen: 500 },
      { category: 'other', quantity: 1, yen: 600 }]);
  });
});

test('a refusal is said before anybody presses, and without an answer the sum is about', async () => {
  beginAnew(here.fake, 'en', { plans: ruled });
  await here.visit('/till', {}, async (page) => {
    await signIn(page);
    await scan(page, codeOf(answers.points));
    await shown(page, 'member');
    await page.keyboard.type('100000', { delay: 120 });
    await page.waitForSelector('.amount .note-warn');
    assert.match(await text(page, '.amount .note-warn'), /The customer has earned enough for today.*again from/s);
    assert.ok(await page.locator('.pad-enter').isDisabled());
    here.fake.state.isDown = true;
    await page.keyboard.press('Backspace');
    await points(page, 'about +100 pt');
    assert.ok(await page.locator('.pad-enter').isEnabled());
    here.fake.state.isDown = false;
  });
});

test('stamps that count twice say so on their buttons', async () => {
  beginAnew(here.fake, 'en', { plans: ruled });
  await here.visit('/till', {}, async (page) => {
    await signIn(page);
    await scan(page, codeOf(6));
    await shown(page, 'member');
    assert.deepEqual((await page.locator('.preset-amount').allTextContents()).map((said) => said.replace(/^Give /, '')), ['+2', '+4', '+6']);
    await page.keyboard.type('2', { delay: 120 });
    await page.keyboard.press('Enter');
    await shown(page, 'done');
    assert.equal(here.fake.state.written.at(-1).stamps, 2);
  });
});

const cups = [{ ...plans[0], about: true, categories: [{ name: 'コーヒー', pieces: true }, { name: 'ケーキ', pieces: true }] }, plans[1]];

for (const { language, ...screen } of SCREENS) {
  test(`stamps by what was bought fit and are usable by everyone: ${language}, ${screen.viewport.width} wide, ${screen.colorScheme ?? 'light'}`, async () => {
    beginAnew(here.fake, language, { plans: cups });
    await here.visit('/till', screen, async (page) => {
      await signIn(page);
      await scan(page, codeOf(6));
      await shown(page, 'member');
      const keep = async (name) => { if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/cups-${name}-${language}-${screen.viewport.width}-${screen.colorScheme ?? 'light'}.png`, fullPage: true }); };
      await keep('count');
      await isFit(page, 'counted');
      await page.click('.units .unit:last-child');
      await page.keyboard.type('900', { delay: 120 });
      await page.click('.kinds .unit');
      await page.keyboard.type('900', { delay: 120 });
      await page.waitForFunction(() => document.querySelector('.amount-points')?.textContent !== '');
      await keep('goods');
      await isFit(page, 'by what was bought');
    });
  });
}

test('stamps are counted by the cashier, or by the cups that were bought', async () => {
  beginAnew(here.fake, 'en', { plans: cups });
  await here.visit('/till', {}, async (page) => {
    await signIn(page);
    await scan(page, codeOf(6));
    await shown(page, 'member');
    await page.click('text=By what was bought');
    await page.keyboard.type('1200', { delay: 120 });
    assert.ok(await page.locator('.pad-enter').isDisabled()); /* nothing of it gives stamps yet */
    await page.click('.kinds >> text=コーヒー');
    await page.keyboard.type('900', { delay: 120 });
    await page.click('.kinds >> text=コーヒー');
    await points(page, '+2');
    await page.click('text=I count');
    await page.waitForSelector('.presets');
    await page.click('text=By what was bought');
    await page.keyboard.type('450', { delay: 120 });
    await page.click('.kinds >> text=コーヒー');
    await page.keyboard.type('450', { delay: 120 });
    await page.keyboard.press('Enter');
    await shown(page, 'done');
    const { yen, stamps, lines } = here.fake.state.written.at(-1);
    assert.deepEqual({ yen, stamps, lines }, { yen: 450, stamps: undefined, lines: [{ category: 'コーヒー', quantity: 1, yen: 450 }] });
    await scan(page, codeOf(answers.points)); /* the next one has a sale and no such choice */
    await shown(page, 'member');
    assert.equal(await page.locator('.units').count(), 0);
  });
});
