/* A member's lines against the signed head, in a real browser on the real server; and what the page says when
   somebody has tampered with what it is told. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { RULES, violationsOf } from './axe.mjs';
import { until } from './until.mjs';
import { launch, openCard, startWorld } from './world.mjs';

const shots = process.env.SHOTS; /* SHOTS=folder keeps pictures */
let browser, world;

before(async () => {
  [browser, world] = await Promise.all([launch(), startWorld()]);
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

/** The page about own data of person 1, whose card has a past; `spoil` may change what the server answers. */
async function open(options, use, spoil = null) {
  const { context, page } = await openCard(browser, world, 1, options);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => /Content Security Policy|Uncaught/.test(message.text()) && complaints.push(message.text()));
  if (spoil)
    await page.route(/\/api\/(me\/lines|heads)/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: spoil(await response.json()) });
    });
  const ask = async () => {
    await page.goto(`${world.url}/card/me`);
    await page.waitForSelector('#proof-status:not([data-state=checking]):not(:empty)', { timeout: 20_000 });
    return page.locator('#proof-status').getAttribute('data-state');
  };
  await use(ask, page);
  await context.close();
  assert.deepEqual(complaints, []);
}

const shoot = async (page, name) => shots && page.locator('#proof').screenshot({ path: join(shots, `${name}.png`) });

async function axeFinds(page) {
  const found = await violationsOf(page, { exclude: [['.demo']] }, RULES);
  return found.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`);
}

test('the days of before are sealed when the service starts, and every line matches', async () => {
  await until(() => JSON.parse(world.stampd('head', 'export')).heads.length > 0, 'a head');
  await open({}, async (ask, page) => {
    assert.equal(await ask(), 'matches');
    assert.match(await page.textContent('#proof-status'), /記録\d+件がすべて一致しました。$/);
    assert.equal(await page.isVisible('#proof-todo'), false);
    assert.deepEqual(await axeFinds(page), []);
    const kept = await page.evaluate(() => JSON.parse(localStorage.getItem('stampd.proof')));
    assert.equal(kept.number, 1);
    world.stampd('head', 'make');
    assert.equal(await ask(), 'matches', 'and goes on to the next head');
    assert.equal(await page.evaluate(() => JSON.parse(localStorage.getItem('stampd.proof')).number), 2);
  });
});

test('what was tampered with is told, with what to do, and nothing of it is taken for known', async () => {
  const ways = {
    'a tampered row': [(a) => (a.lines ? { ...a, lines: a.lines.map((l, i) => (i === 2 ? { ...l, amount: l.amount + 1 } : l)) } : a), /line \d+/],
    'a removed row': [(a) => (a.lines ? { ...a, lines: a.lines.filter((_, i) => i !== 2) } : a), /balance \d+/],
    'a wrong proof': [(a) => (a.lines ? { ...a, lines: a.lines.map((l) => ({ ...l, proof: l.proof.slice(1) })) } : a), /line \d+/],
    'a wrong signature': [(a) => (a.lines ? { ...a, head: { ...a.head, size: a.head.size + 1 } } : a), /signature/],
  };
  for (const [name, [spoil, code]] of Object.entries(ways))
    await open({}, async (ask, page) => {
      assert.equal(await ask(), 'differs', name);
      assert.match(await page.textContent('#proof-todo'), code, name);
      assert.equal(await page.evaluate(() => localStorage.getItem('stampd.proof')), null, name);
      assert.deepEqual(await axeFinds(page), [], name);
    }, spoil);
});

test('a head older than one this phone has seen is told', async () => {
  const first = JSON.parse(world.stampd('head', 'export')).heads[0];
  let isOld = false;
  await open({}, async (ask, page) => {
    assert.equal(await ask(), 'matches');
    isOld = true;
    assert.equal(await ask(), 'differs');
    assert.match(await page.textContent('#proof-todo'), /older/);
    await shoot(page, 'proof-differs');
  }, (answer) => (isOld && answer.lines ? { ...answer, head: first } : answer));
});

test('without an answer it says so, and can be asked again', async () => {
  let isDown = true;
  await open({}, async (ask, page) => {
    await page.route(/\/api\/me\/lines/, (route) => (isDown ? route.abort() : route.continue()));
    assert.equal(await ask(), 'failed');
    isDown = false;
    await page.click('#proof-again');
    await page.waitForSelector('#proof-status[data-state=matches]');
    assert.equal(await page.isVisible('#proof-again'), false);
  });
});

test('it fits a phone of 320 px in every language, light and dark', async () => {
  for (const locale of ['ja-JP', 'en-US', 'zh-TW', 'th-TH'])
    for (const colorScheme of ['light', 'dark'])
      await open({ viewport: { width: 320, height: 640 }, locale, colorScheme, deviceScaleFactor: 2 }, async (ask, page) => {
        await page.evaluate((language) => fetch('/api/profile', { method: 'POST', headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ language }) }), { 'ja-JP': 'ja', 'en-US': 'en', 'zh-TW': 'zh-Hant', 'th-TH': 'th' }[locale]);
        assert.equal(await ask(), 'matches');
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320, locale);
        assert.deepEqual(await axeFinds(page), [], `${locale} ${colorScheme}`);
        await shoot(page, `proof-${locale}-${colorScheme}`);
      });
});
