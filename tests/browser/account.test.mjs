/* Linking and moving in a real browser: typed by people, said aloud, at every width. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { violationsOf } from './axe.mjs';
import { launch, openCard, startWorld } from './world.mjs';

const shots = process.env.SHOTS ?? mkdtempSync(join(tmpdir(), 'stampd-shots-')); /* SHOTS=folder keeps the pictures */
let browser, world;

before(async () => {
  world = await startWorld({ language: 'ja' });
  writeFileSync(join(shots, 'customers.csv'), 'number,birthday,points\n2000,1990-04-01,3\n2001,1991-04-01,0\n');
  world.stampd('customer', 'import', '--plan', '1', '--file', join(shots, 'customers.csv'));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await world?.stop();
  if (!process.env.SHOTS) rmSync(shots, { recursive: true });
});

/** The account page of person n; anything the policy or a script complains about fails the test. */
async function account(person, options, use) {
  const { context, page } = await openCard(browser, world, person, options);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => /Content Security Policy|Uncaught/.test(message.text()) && complaints.push(message.text()));
  await page.click('[data-to="me"]');
  await page.click('a[href="/account"]');
  await page.waitForSelector('#link');
  await use(page, context);
  await context.close();
  assert.deepEqual(complaints, []);
}

const problem = (page, form) => page.locator(`#${form} .problem:visible`).textContent();

test('a card of plastic is linked by number and birthday, and unlinked after a question', async () => {
  await account(1, {}, async (page) => {
    await page.fill('#link [name=number]', '20-00');
    await page.fill('#link [name=birthday]', '1990-04-02');
    await page.press('#link [name=birthday]', 'Enter');
    assert.match(await problem(page, 'link'), /\S/);
    await page.fill('#link [name=birthday]', '1990-04-01');
    assert.equal(await page.locator('#link .problem').isVisible(), false, 'a new input takes the problem away');
    await page.click('#link button');
    await page.waitForSelector('.linked');
    assert.match(await page.locator('.linked').textContent(), /2000/);
    assert.equal(await page.locator('#link [name=number]').inputValue(), '');
    await page.screenshot({ path: join(shots, 'account-linked.png'), fullPage: true });
    await page.click('.linked .button-quiet');
    await page.waitForSelector('.linked .choice');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'button', 'the harmless answer has the focus');
    await page.screenshot({ path: join(shots, 'account-unlink.png'), fullPage: true });
    await page.click('.linked .choice .button-quiet');
    await page.waitForSelector('.linked', { state: 'detached' });
  });
});

test('a code is shown once, and in the new account brings the card back', async () => {
  let code;
  await account(2, {}, async (page) => {
    await page.click('#recovery');
    code = await page.locator('#recovery-code:visible').textContent();
    assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    await page.screenshot({ path: join(shots, 'account-code.png'), fullPage: true });
    await page.reload();
    await page.waitForSelector('#recovery-has:visible');
    assert.equal(await page.locator('#recovery-code').isVisible(), false);
  });
  await account(5, {}, async (page) => {
    await page.fill('#recover [name=code]', code.replace(/.$/, (last) => (last === '2' ? '3' : '2')));
    await page.click('#recover button');
    await page.waitForSelector('#recover .problem:visible');
    await page.fill('#recover [name=code]', code.toLowerCase());
    await page.click('#recover button');
    await page.waitForURL(/\/card$/);
    await page.waitForSelector('#codes', { state: 'attached' });
    await page.goto(`${world.url}/account`);
    await page.waitForSelector('#joined li');
    await page.screenshot({ path: join(shots, 'account-joined.png'), fullPage: true });
  });
});

test('without LINE there is a card, which says how to keep it', async () => {
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, deviceScaleFactor: 2, locale: 'ja-JP' });
  const page = await context.newPage();
  await page.goto(`${world.url}/card`);
  await page.screenshot({ path: join(shots, 'guest-signin.png'), fullPage: true });
  await page.click('#guest');
  await page.waitForSelector('#codes', { state: 'attached' });
  assert.ok(await page.locator('a[href="/line/login?next=/card"]').isVisible());
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'wider than the screen');
  const violations = await violationsOf(page, { exclude: ['.demo'] });
  assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes[0].html}`), []);
  await page.screenshot({ path: join(shots, 'guest-card.png'), fullPage: true });
  await context.close();
});

const PHONES = [
  { name: '320', viewport: { width: 320, height: 640 }, deviceScaleFactor: 2 },
  { name: '390', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
  { name: 'dark', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, colorScheme: 'dark' },
  { name: 'wide', viewport: { width: 820, height: 1180 } },
];

test('it fits every screen, and axe finds nothing', async () => {
  for (const { name, ...options } of PHONES)
    await account(3, options, async (page) => {
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}: wider than the screen`);
      const violations = await violationsOf(page, { exclude: ['.demo'] });
      assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes[0].html}`), [], name);
      await page.screenshot({ path: join(shots, `account-${name}.png`), fullPage: true });
    });
});
