/* Giving and taking in a real browser: the link, the question before it is taken back, every width. */
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
  const file = join(shots, 'points.json');
  writeFileSync(file, JSON.stringify({ rewards: [{ at: 1000, title: '手挽きミル', valid_days: 90 }], gift: { day_max: 100, min: 5, days: 7 } }));
  world.stampd('plan', 'load', '--plan', '2', '--file', file, '--accept', 'reward_removed');
  writeFileSync(join(shots, 'customers.csv'), 'number,birthday,points\n2000,1990-04-01,300\n');
  world.stampd('customer', 'import', '--plan', '2', '--file', join(shots, 'customers.csv'));
  browser = await launch();
  await visit(1, '/card', {}, async (page) => {
    const status = await page.evaluate(() => fetch('/api/me/link', { method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'brings-some-points' },
      body: JSON.stringify({ number: '2000', birthday: '1990-04-01' }) }).then((response) => response.status));
    assert.equal(status, 200);
  });
});
after(async () => {
  await browser?.close();
  await world?.stop();
  if (!process.env.SHOTS) rmSync(shots, { recursive: true });
});

/** The page where person n gives; anything the policy or a script complains about fails the test. */
async function visit(person, path, options, use) {
  const { context, page } = await openCard(browser, world, person, { locale: 'ja-JP', ...options });
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => /Content Security Policy|Uncaught/.test(message.text()) && complaints.push(message.text()));
  await page.goto(world.url + path);
  await use(page, context);
  await context.close();
  assert.deepEqual(complaints, []);
}

async function isFit(page, name) {
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}: wider than the screen`);
  const violations = await violationsOf(page, { exclude: ['.demo', '.line-button'] }); /* LINE's own colours */
  assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes[0].html}`), [], name);
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

const problem = (page) => page.locator('.problem:visible').textContent();

async function makeLink(page, amount, name = '') {
  await page.waitForSelector('#give:visible');
  await page.fill('[name=amount]', amount);
  await page.fill('[name=name]', name);
  await page.click('#give button');
}

test('a gift is made, sent, and taken by whoever opens it', async () => {
  let link;
  await visit(1, '/card/2', {}, async (page) => {
    await page.click('[data-to="me"]');
    await page.click('a[href="/card/gift?plan=2"]');
    await makeLink(page, '4');
    assert.match(await problem(page), /^5以上から贈れます/);
    await page.fill('[name=amount]', '101');
    await page.click('#give button');
    assert.match(await problem(page), /数を減らすか、\d{4}\/\d{2}\/\d{2} \d+:\d{2}以降に/, 'when it is another day');
    await page.fill('[name=amount]', '100000');
    await page.click('#give button');
    assert.match(await problem(page), /^あと99,[0-9]+足りません/);
    await page.fill('[name=amount]', '３０'); /* as a Japanese keyboard types it */
    assert.equal(await page.locator('.problem').isVisible(), false, 'a new input takes the problem away');
    await page.fill('[name=name]', 'となりの人');
    await page.press('[name=name]', 'Enter');
    await page.waitForSelector('.given');
    assert.match(await page.textContent('.given'), /30ポイント/);
    const share = new URL(await page.getAttribute('.given a', 'href'));
    assert.equal(share.host, 'line.me');
    link = share.searchParams.get('text').match(/http\S+/)[0];
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'A', 'sending is next, and has the focus');
    await isFit(page, 'gift-made');
  });
  await visit(2, new URL(link).pathname, {}, async (page) => {
    assert.match(await page.textContent('main'), /となりの人さんから.*30ポイント/s);
    await isFit(page, 'gift-take');
    await page.click('#take');
    await page.waitForSelector('#taken:visible');
    assert.match(await page.textContent('#taken-balance'), /\d+ポイント/);
    await isFit(page, 'gift-taken');
    await page.reload();
    assert.match(await problem(page), /\d+年\d+月\d+日に受け取られています/);
  });
  await visit(1, '/card/gift', {}, async (page) => {
    await page.waitForSelector('.given');
    assert.match(await page.textContent('.given'), /受け取られました/);
    assert.doesNotMatch(world.log(), new RegExp(new URL(link).pathname.slice(11)), 'the log knows no link');
  });
});

test('it is taken back after a question, whose harmless answer has the focus', async () => {
  await visit(1, '/card/gift?plan=2', {}, async (page) => {
    await makeLink(page, '10');
    await page.waitForSelector('.given a');
    await page.click('.given .choice > button:last-child');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'button');
    await isFit(page, 'gift-ask');
    await page.keyboard.press('Enter');
    await page.click('.given .choice > button:last-child');
    await page.click('.given .choice .button-quiet:visible');
    await page.waitForFunction(() => !document.querySelector('.given a'));
    assert.match(await page.textContent('.given'), /戻りました/);
  });
});

test('who has not signed in is told of a gift, and not from whom', async () => {
  let path;
  await visit(1, '/card/gift?plan=2', {}, async (page) => {
    await makeLink(page, '10', 'となりの人');
    await page.waitForSelector('.given a');
    path = new URL(new URL(await page.getAttribute('.given a', 'href')).searchParams.get('text').match(/http\S+/)[0]).pathname;
  });
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, locale: 'ja-JP' });
  const page = await context.newPage();
  await page.goto(world.url + path);
  assert.match(await page.textContent('main'), /贈りもの/);
  assert.doesNotMatch(await page.textContent('main'), /となりの人/);
  assert.ok(await page.locator(`a[href="/line/login?next=${path}"]`).isVisible());
  await isFit(page, 'gift-signin');
  await context.close();
});

test('it fits every screen and language', async () => {
  const screens = [{ language: 'ja', viewport: { width: 320, height: 640 } }, { language: 'en', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
    { language: 'th', viewport: { width: 320, height: 640 }, colorScheme: 'dark' }, { language: 'zh-Hant', viewport: { width: 820, height: 1180 } }];
  for (const { language, ...options } of screens)
    await visit(1, '/card', options, async (page) => {
      await page.evaluate((wanted) => fetch('/api/profile', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ language: wanted }) }), language);
      await page.goto(`${world.url}/card/gift?plan=2`);
      await page.waitForSelector('.given');
      await isFit(page, `gift-${language}`);
    });
});
