/* The demo, walked from the first step to the last on the real server: it cannot rot unnoticed. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { launch, startWorld } from './world.mjs';

let browser, world;

before(async () => {
  [browser, world] = await Promise.all([launch(), startWorld()]);
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

test('one visit, step by step: every step ticks itself', { timeout: 120_000 }, async () => {
  const context = await browser.newContext({ viewport: { width: 1600, height: 900 }, locale: 'en-GB' });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  /* When the phone goes to another person, what the page of the one before is still asking is refused. */
  const isOfThePersonBefore = (message) => message.text().includes('401') && new URL(message.location().url).pathname.startsWith('/api/');
  page.on('console', (message) => message.type() === 'error' && !isOfThePersonBefore(message) && errors.push(message.text()));
  const done = (step) => page.waitForSelector(`[data-step=${step}][data-state=done]`, { timeout: 20_000 });
  const current = (step) => page.waitForSelector(`[data-step=${step}][data-state=current]`, { timeout: 20_000 });
  const phone = page.frameLocator('iframe.phone');
  const till = page.frameLocator('iframe.tablet-page');
  const openCard = async () => {
    await phone.locator('#menu-areas button').first().click();
    await phone.frameLocator('#liff-page').locator('#panel').waitFor();
  };
  const scan = async (screen) => {
    await page.click('.scan-button');
    await till.locator(`.main-${screen}`).waitFor();
    await page.waitForTimeout(450); /* a cashier's Enter, not the scanner's */
  };

  await page.goto(`${world.url}/demo`);
  await openCard();
  await done('card');
  await page.click('.guide-button'); /* enrols the till and signs in */
  await done('till');
  await scan('member');
  await done('scan');
  await current('stamp');
  await page.click('.guide-button');
  await done('stamp');
  await done('voucher'); /* person 1 was one stamp short */
  await page.click('.guide-button');
  await page.frameLocator('iframe.owner-page').locator('.tiles').waitFor();
  await done('owner');
  if (process.env.PICTURE) await page.screenshot({ path: process.env.PICTURE }); /* make picture */

  await page.click('.pane-phone .choice:nth-child(2)');
  await openCard();
  await page.waitForTimeout(1000);
  await scan('member');
  await phone.locator('#liff-close').click();
  await page.locator('.counter .button-quiet').last().click(); /* Enter */
  await done('message');

  await page.click('.pane-phone .choice:nth-child(1)');
  await openCard();
  await phone.frameLocator('#liff-page').locator('#tickets button').first().click();
  await phone.frameLocator('#liff-page').locator('.show .full-text:not(:empty)').waitFor();
  await scan('voucher');
  await page.locator('.counter .button-quiet').last().click();
  await till.locator('.main-handed').waitFor();
  await done('redeem');
  await context.close();
  assert.deepEqual(errors, []);
});
