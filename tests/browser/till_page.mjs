/*
 * till_page.mjs - the till's page for tests: opened before the stand-in of fake_api.mjs, signed in, scanned at, judged.
 */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { violationsOf } from './axe.mjs';
import { plans, startFake } from './fake_api.mjs';
import { stands } from './until.mjs';
import { launch } from './world.mjs';

/** A page; what the policy or a script complains about fails the test. */
export async function visitTill(browser, fake, path, options, use) {
  const context = await browser.newContext({ viewport: { width: 1024, height: 768 }, locale: 'en-GB', timezoneId: 'Asia/Tokyo', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => /Content Security Policy|Uncaught/.test(message.text()) && complaints.push(message.text()));
  await page.goto(fake.url + path);
  await use(page);
  await context.close();
  assert.deepEqual(complaints, []);
}

/** A browser and a stand-in for all tests of a file: both are there once they begin. */
export function tillBeforeFake() {
  const here = { visit: (path, options, use) => visitTill(here.browser, here.fake, path, options, use) };
  before(async () => {
    here.fake = await startFake();
    here.browser = await launch();
  });
  after(async () => {
    await here.browser?.close();
    here.fake?.stop();
  });
  return here;
}

/** As a scanner in keyboard mode: a burst of keys, then Enter. */
export async function scan(page, code) {
  await page.evaluate((text) => {
    for (const key of [...text, 'Enter'])
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code: key === 'Enter' ? key : `Digit${key}`, bubbles: true, cancelable: true }));
  }, code);
  await page.waitForTimeout(420); /* what a person does next comes later than a scanner's own Enter */
}

/** Nothing cut off, nothing too small to hit, nothing axe objects to. */
export async function isFit(page, name) {
  await stands(page);
  const { over, small } = await page.evaluate(() => ({
    over: Math.max(document.documentElement.scrollWidth - innerWidth, document.querySelector('main').scrollWidth - document.querySelector('main').clientWidth),
    small: [...document.querySelectorAll('button')].filter(({ offsetWidth, offsetHeight }) => /* as laid out: a band grows as it arrives */
      offsetWidth > 0 && (offsetWidth < 56 || offsetHeight < 56)).map((button) => button.textContent),
  }));
  assert.ok(over <= 0, `${name} is ${over} px too wide`);
  assert.deepEqual(small, [], `${name}: targets under 56 px`);
  const violations = await violationsOf(page);
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.target).join(' ')}`), [], name);
}

export const shown = (page, name) => page.waitForSelector(`.main-${name}`, { timeout: 5000 });
export const text = (page, selector) => page.textContent(selector);

/** A stand-in that has seen nothing yet, and a page in that language. */
export function beginAnew(fake, language, more = {}) {
  Object.assign(fake.state, { signed: 'new', language, isDown: false, items: [], redeemed: [], written: [], held: [], past: [], plans, role: 'cashier', ...more });
  for (const kept of ['cards', 'scans', 'given']) fake.state[kept].clear();
}

export async function signIn(page) {
  await shown(page, 'enrol');
  await page.keyboard.type('12345678', { delay: 120 });
  await shown(page, 'people');
  await page.click('.person');
  await page.keyboard.type('123456', { delay: 120 });
  await shown(page, 'ready');
}
