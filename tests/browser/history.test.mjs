/* Every line of a member's cards, in a real browser on the real server: with and without script, on the narrowest
   phone, in both schemes; and the way from a line that was undone to its undoing. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { RULES, violationsOf } from './axe.mjs';
import { cookiesOf, launch, openCard, startWorld } from './world.mjs';

const shots = process.env.SHOTS; /* SHOTS=folder keeps pictures */
let browser, world;

before(async () => {
  [browser, world] = await Promise.all([launch(), startWorld()]);
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

/** The history of person 1, whose card has a past. */
async function open(options, use) {
  const { context, page } = await openCard(browser, world, 1, options);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => /Content Security Policy|Uncaught/.test(message.text()) && complaints.push(message.text()));
  await page.goto(`${world.url}/card/history`);
  await use(page, context);
  await context.close();
  assert.deepEqual(complaints, []);
}

async function axeFinds(page) {
  const found = await violationsOf(page, { exclude: [['.demo']] }, RULES);
  return found.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`);
}

const overflows = (page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

for (const colorScheme of ['light', 'dark'])
  test(`the lines read well on the narrowest phone, ${colorScheme}`, async () => {
    await open({ viewport: { width: 320, height: 640 }, colorScheme }, async (page) => {
      assert.ok((await page.locator('ol > li').count()) > 0);
      assert.equal(await overflows(page), false);
      assert.deepEqual(await axeFinds(page), []);
      if (shots) await page.screenshot({ path: join(shots, `history-${colorScheme}.png`) });
    });
  });

/** A stamp by a till, and a moment later not: as the till's own page asks for it. */
async function stampAndUndo(person) {
  const cookies = new Map();
  const till = async (path, body) => {
    const answer = await fetch(`${world.url}${path}`, {
      method: 'POST', body: JSON.stringify(body),
      headers: {
        'Content-Type': 'application/json', Origin: world.url, 'Idempotency-Key': randomUUID(),
        Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
    });
    for (const cookie of cookiesOf(answer)) cookies.set(...cookie.split(/=(.*)/s).slice(0, 2));
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer.json();
  };
  const { context, page } = await openCard(browser, world, person);
  const digits = await page.evaluate(() => fetch('/api/card/codes?plan=1').then((a) => a.json()).then((c) => c.codes[0].digits));
  const code = world.stampd('till', 'add', '--shop', world.demo.till.shop, '--name', 'History').match(/\d{8}/)[0];
  await till('/api/till/enrol', { code });
  await till('/api/till/staff', { staff: world.demo.staff[0].id, pin: world.demo.staff[0].pin });
  const { scan } = await till('/api/till/scans', { code: digits });
  const { transfer } = await till('/api/till/grants', { scan, stamps: 1 });
  await till('/api/till/reversals', { transfer });
  await context.close();
}

test('a line that was undone leads to its undoing, and back, by keyboard', async () => {
  await stampAndUndo(1);
  await open({ viewport: { width: 390, height: 844 } }, async (page) => {
    const undone = page.locator('li:has(s)').first();
    const from = await undone.getAttribute('id');
    assert.deepEqual(await axeFinds(page), []);
    if (shots) await page.screenshot({ path: join(shots, 'history-undone.png') });
    await undone.locator('a').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/card\/history\?below=\d+#l\d+$/);
    const to = page.locator(page.url().replace(/^.*#/, '#'));
    assert.match(await to.textContent(), /取り消し/);
    await to.locator('a').first().click();
    await page.waitForURL(new RegExp(`#${from}$`));
  });
});

test('without script all is there but the comparison', async () => {
  const { context } = await openCard(browser, world, 1, {});
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await context.storageState() });
  const page = await plain.newPage();
  await page.goto(`${world.url}/card/history`);
  assert.ok((await page.locator('ol > li').count()) > 0);
  assert.ok(await page.locator('#proof noscript').count());
  await plain.close();
  await context.close();
});
