/* A session alone is not enough: the way through LINE's login for taking data away, leaving and linking, in a real browser. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { violationsOf } from './axe.mjs';
import { launch, startWorld } from './world.mjs';

const shots = process.env.SHOTS ?? mkdtempSync(join(tmpdir(), 'stampd-shots-')); /* SHOTS=folder keeps the pictures */
const IPHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' };
let browser, world;

before(async () => {
  world = await startWorld({ language: 'ja' });
  writeFileSync(join(shots, 'customers.csv'), 'number,birthday,points\n2000,1990-04-01,3\n');
  world.stampd('customer', 'import', '--plan', '1', '--file', join(shots, 'customers.csv'));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await world?.stop();
  if (!process.env.SHOTS) rmSync(shots, { recursive: true });
});

/** LINE's page (line-sim's): who one is, and whether one goes on. */
async function answer(page, person, button) {
  await page.waitForSelector('form[action="/sim/authorize"]');
  if (person > 0) await page.check(`[name=person][value="${person}"]`);
  await page.click(`button[value=${button}]`);
}

/** Signed in through LINE's pages, which did not say when person n last proved it; closed after `use`. */
async function visit(person, options, use) {
  const context = await browser.newContext({ ...IPHONE, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => /Content Security Policy|Uncaught/.test(message.text()) && complaints.push(message.text()));
  await page.goto(`${world.url}/card`);
  await page.click('#login');
  await answer(page, person, 'allow');
  await page.waitForSelector('#codes', { state: 'attached' });
  await use(page, context);
  await context.close();
  assert.deepEqual(complaints, []);
}

const shoot = (page, name) => page.screenshot({ path: join(shots, `again-${name}.png`), fullPage: true });
const focuses = (page, id) => page.waitForFunction((want) => document.activeElement?.id === want, id);

/** A word of the card in the language of the page. */
async function word(page, key) {
  const language = await page.evaluate(() => document.documentElement.lang);
  return JSON.parse(readFileSync(`web/lang/card.${language}.json`, 'utf8'))[key];
}

/** The button has LINE's own colours. */
async function axeFinds(page) {
  const violations = await violationsOf(page, { exclude: ['.demo', '.line-button'] });
  return violations.map((one) => `${one.id}: ${one.nodes[0].html}`);
}

/** As far as the button that ends a membership. */
async function wantToLeave(page) {
  await page.goto(`${world.url}/card/me`);
  await page.click('#leave');
  await page.check('#understood');
  await page.click('#gone');
}

test('leaving asks for LINE once more, comes back, and asks again before anything is done', async () => {
  await visit(1, {}, async (page) => {
    await wantToLeave(page);
    await page.waitForURL(/\/card\/again\?act=leave$/);
    await page.waitForSelector('#login:visible');
    assert.deepEqual(await axeFinds(page), []);
    await shoot(page, 'asked');
    await page.click('#login');
    await answer(page, 1, 'allow');
    await page.waitForURL(/\/card\/me\?act=leave$/);
    await page.waitForSelector('#sure:visible');
    await focuses(page, 'sure');
    await page.waitForFunction((text) => document.querySelector('.toast')?.textContent === text, await word(page, 'card.again_done'));
    assert.equal(await page.isDisabled('#gone'), true, 'it is asked again');
    assert.equal(await page.evaluate(() => fetch('/api/card').then((got) => got.status)), 200, 'and nothing is done');
    await shoot(page, 'back');
    await page.check('#understood');
    await page.click('#gone');
    await page.waitForSelector('#left:visible');
    await page.goto(`${world.url}/card/me`);
    await page.waitForURL(/\/card$/);
  });
});

test('data is saved only after LINE was asked, at a second tap', async () => {
  await visit(2, {}, async (page) => {
    await page.goto(`${world.url}/card/me`);
    await page.click('#download');
    await page.waitForURL(/\/card\/again\?act=export$/);
    await page.click('#login');
    await answer(page, 2, 'allow');
    await page.waitForURL(/\/card\/me\?act=export$/);
    await focuses(page, 'download');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
    const data = JSON.parse(readFileSync(await download.path(), 'utf8'));
    assert.equal(data.profile.name, 'Shopper 2 (en)');
    assert.match(download.suggestedFilename(), /^membership-.*\.json$/);
  });
});

test('who says no at LINE, or is somebody else there, finds all as it was', async () => {
  await visit(3, { colorScheme: 'dark' }, async (page, context) => {
    const cookie = async () => (await context.cookies()).find(({ name }) => name === '__Host-m').value;
    const held = await cookie();
    await wantToLeave(page);
    await page.click('#login');
    await answer(page, 0, 'cancel');
    await page.waitForURL(/\/card\/again\?act=leave&login=denied$/);
    assert.equal(await page.locator('#fault:visible').textContent(), await word(page, 'card.login_denied'));
    assert.deepEqual(await axeFinds(page), []);
    await shoot(page, 'denied-dark');
    await page.click('#login');
    await answer(page, 4, 'allow');
    await page.waitForURL(/\/card\/again\?act=leave&login=other$/);
    assert.equal(await page.locator('#fault:visible').textContent(), await word(page, 'card.again_another'));
    await shoot(page, 'other-dark');
    assert.equal(await cookie(), held, 'the session is the same');
    await page.click('.button-quiet');
    await page.waitForURL(/\/card\/me$/);
    assert.equal(await page.isVisible('#sure'), false);
    await page.goto(`${world.url}/card`);
    await page.waitForSelector('#codes', { state: 'attached' });
  });
});

test('what was typed to link a card is there again, and waits', async () => {
  await visit(5, {}, async (page) => {
    await page.goto(`${world.url}/account`);
    await page.fill('#link [name=number]', '2000');
    await page.fill('#link [name=birthday]', '1990-04-01');
    await page.click('#link button:not([type=button])');
    await page.waitForURL(/\/card\/again\?act=link$/);
    await page.click('#login');
    await answer(page, 5, 'allow');
    await page.waitForURL(/\/account\?act=link$/);
    await page.waitForFunction(() => document.querySelector('#link [name=number]').value === '2000');
    assert.equal(await page.inputValue('#link [name=birthday]'), '1990-04-01');
    assert.equal(await page.locator('.linked').count(), 0, 'nothing is linked yet');
    assert.equal(await page.evaluate(() => sessionStorage.getItem('stampd.begun')), null, 'it is kept no longer');
    await page.waitForFunction(() => document.activeElement?.closest('#link'));
    await shoot(page, 'link');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.linked');
    await page.reload();
    await page.waitForSelector('.linked');
    assert.equal(await page.inputValue('#link [name=number]'), '');
  });
});

test("inside LINE the app's own token is the proof, without a page in between", async () => {
  await visit(6, {}, async (page) => {
    const { id_token: token } = await (await fetch(`${world.sim}/sim/liff-token?person=6`)).json();
    await page.goto('about:blank');
    const signedIn = page.waitForResponse((answer) => answer.url().endsWith('/line/session')); // it names the device the token is used by
    await page.goto(`${world.url}/card#id_token=${token}`); // the card is opened in LINE
    await page.waitForFunction(() => location.hash === '');
    await signedIn;
    await wantToLeave(page);
    await page.waitForURL(/\/card\/me\?act=leave$/);
    await page.waitForSelector('#sure:visible');
    assert.equal(await page.isDisabled('#gone'), true);
  });
});

test('the page that asks fits 320 px in every language and scheme, and axe finds nothing', async () => {
  await visit(7, { viewport: { width: 320, height: 640 } }, async (page) => {
    for (const language of ['ja', 'en', 'zh-Hant', 'th'])
      for (const colorScheme of ['light', 'dark']) {
        const changed = await page.evaluate((to) => fetch('/api/profile', { method: 'POST', headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ language: to }) }).then((got) => got.status), language);
        assert.equal(changed, 200);
        await page.emulateMedia({ colorScheme });
        await page.goto(`${world.url}/card/again?act=leave&login=old`);
        await page.waitForSelector('#login:visible');
        assert.match(await page.getAttribute('#login', 'href'), /forced=1$/);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320, language);
        assert.deepEqual(await axeFinds(page), [], `${language} ${colorScheme}`);
        await shoot(page, `${language}-${colorScheme}`);
      }
  });
});
