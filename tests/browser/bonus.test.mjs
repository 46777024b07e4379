/* The owner gives a bonus to many: sees first who gets it and why others do not, and nobody gets it twice. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { claimOwner, isFit, visitOwner } from './owner_pages.mjs';
import { launch, openCard, startWorld } from './world.mjs';

const shots = process.env.SHOTS; /* SHOTS=folder keeps pictures */
let browser, world, owner, digits;

before(async () => {
  [browser, world] = await Promise.all([launch(), startWorld()]);
  owner = await claimOwner(browser, world);
  const { context, page } = await openCard(browser, world, 2); /* somebody new, who never had one */
  digits = await page.evaluate(() => fetch('/api/card/codes').then((answer) => answer.json()).then(({ codes }) => codes[0].digits));
  await context.close();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

const visit = (options, use) => visitOwner(browser, world, owner, '#bonus', options, async (page) => {
  await page.waitForSelector('[name=bonus-what]');
  await use(page);
});
const press = (page, name) => page.getByRole('button', { name }).click();
const look = async (page) => {
  await press(page, 'See who gets it');
  await page.waitForSelector('#bonus-sum');
};
const numberOf = async (page, selector) => Number((await page.textContent(selector)).replace(/\D.*$/s, '').replace(/,/g, ''));

test('a list: each line that is wrong is told, the others get it once, however often it is given', async () => {
  await visit({}, async (page) => {
    await page.check('[name=bonus-what]');
    await press(page, 'See who gets it');
    await page.waitForSelector('.news >> text=The list is empty');
    await page.fill('#bonus-codes', `number,name\n${digits},Ann\n123,Ben\n${digits},Ann again\n`);
    await look(page);
    assert.equal(await numberOf(page, '.bonus-total strong'), 1);
    const said = (await page.locator('.bonus-problems li').allTextContents()).join(' ');
    assert.match(said, /Line 3: is no card number.*Line 4: stands in the list twice/s);
    if (shots) await page.screenshot({ path: join(shots, 'bonus-list.png'), fullPage: true });
    await isFit(page, 'a list');
    await press(page, 'Give it');
    await press(page, 'Yes, give it');
    await page.waitForSelector('#bonus-result >> text=It is given');
    assert.equal(await numberOf(page, 'section[aria-labelledby=bonus-result] [role=status]'), 1);
    await look(page);
    assert.match((await page.locator('.bonus-problems li').allTextContents()).join(' '), /Line 2: has it already/);
  });
});

test('a level: counted before, given with a bar that fills, and told afterwards; a second time nobody is left', async () => {
  await visit({}, async (page) => {
    await page.check('[name=bonus-what]');
    await page.getByLabel('Level Mate').check();
    await look(page);
    const ready = await numberOf(page, '.bonus-total strong');
    assert.ok(ready > 0);
    assert.match(await page.textContent('.bonus-total'), new RegExp(`${(ready * 30).toLocaleString('en')} points in all`));
    await press(page, 'Give it');
    await page.waitForFunction(() => document.activeElement.textContent === 'No, not yet'); /* the harmless answer has the focus */
    await isFit(page, 'the question');
    await press(page, 'Yes, give it');
    await page.waitForSelector('#bonus-result >> text=It is given', { timeout: 60_000 });
    assert.equal(await numberOf(page, 'section[aria-labelledby=bonus-result] [role=status]'), ready);
    if (shots) await page.screenshot({ path: join(shots, 'bonus-given.png'), fullPage: true });
    await isFit(page, 'the result');
    await look(page);
    assert.equal(await numberOf(page, '.bonus-total strong'), 0);
    await page.click('.behind summary');
    assert.match(await page.textContent('.bonus-problems'), /has it already/);
  });
});

test('without a line it stops, and goes on where it was: nobody gets it twice', async () => {
  await visit({}, async (page) => {
    await page.check('[name=bonus-what]');
    await page.getByLabel('Below all levels').or(page.getByLabel('Level Deckhand')).check();
    await look(page);
    const ready = await numberOf(page, '.bonus-total strong');
    let asked = 0;
    await page.route(/bonuses\/\d+$/, async (route) => {
      asked += 1;
      if (asked !== 3) return route.continue();
      await route.fetch(); /* done, and the answer is lost */
      return route.fulfill({ status: 408, body: '' });
    });
    await press(page, 'Give it');
    await press(page, 'Yes, give it');
    await page.waitForSelector('button >> text=Go on');
    await press(page, /^Go on/);
    await page.waitForSelector('#bonus-result >> text=It is given', { timeout: 60_000 });
    assert.equal(await numberOf(page, 'section[aria-labelledby=bonus-result] [role=status]'), ready, 'the one without an answer is counted, and was given once');
    assert.match(world.stampd('check'), /the book is sound/);
  });
});

test('it fits in every language, on a phone and on a desk, light and dark', async () => {
  for (const locale of ['ja-JP', 'en-GB', 'zh-TW', 'th-TH'])
    for (const options of [{ viewport: { width: 320, height: 700 }, colorScheme: 'dark' }, { viewport: { width: 1280, height: 900 } }])
      await visit({ locale, ...options }, async (page) => {
        await page.check('[name=bonus-what]');
        await page.locator('[name=bonus-who]').nth(1).check();
        await page.locator('form .button-quiet').click();
        await page.waitForSelector('#bonus-sum');
        await isFit(page, locale);
        if (shots) await page.screenshot({ path: join(shots, `bonus-${locale}-${options.viewport.width}.png`), fullPage: true });
      });
});
