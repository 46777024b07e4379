/* The owner sees what is owed, that it adds up, and that it does not where somebody changed the book. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { claimOwner, isFit, visitOwner } from './owner_pages.mjs';
import { launch, startWorld } from './world.mjs';

const shots = process.env.SHOTS; /* SHOTS=folder keeps pictures */
let browser, world, owner;
let report; /* as the server told it once: it is not told often, and its pages are looked at often */

before(async () => {
  [browser, world] = await Promise.all([launch(), startWorld()]);
  owner = await claimOwner(browser, world);
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

/* What the server tells this page, kept for the others. */
async function tell(route) {
  const response = await route.fetch();
  report = await response.json();
  await route.fulfill({ response });
}

/** The page, of what it is answered. */
async function look(options, answer, use) {
  await visitOwner(browser, world, owner, '', options, async (page) => {
    await page.route('**/api/admin/liability', answer);
    await page.goto(`${world.url}/admin#owed`);
    await use(page);
  });
}

test('both plans, twelve months each, the same as the command says', async () => {
  await look({}, tell, async (page) => {
    await page.waitForSelector('.owed-sum');
    assert.equal(await page.locator('.owed-sum[data-sound=true]').count(), 2);
    const rows = await page.locator('table').first().locator('tbody tr').count();
    assert.equal(rows, 12);
    const told = world.stampd('report', 'liability');
    const owed = [...told.matchAll(/^owed now {3}(\d+)/gm)].map(([, n]) => Number(n));
    const shown = await page.locator('.panel-text strong').allTextContents();
    assert.deepEqual(shown.map((text) => Number(text.replace(/\D/g, ''))), owed);
    assert.ok(owed.every((n) => n > 0));
  });
});

test('it fits in every language, on a phone and on a desk, light and dark', async () => {
  for (const locale of ['ja-JP', 'en-GB', 'zh-TW', 'th-TH'])
    for (const options of [{ viewport: { width: 320, height: 700 }, colorScheme: 'dark' }, { viewport: { width: 1280, height: 900 } }])
      await look({ locale, ...options }, (route) => route.fulfill({ json: report }), async (page) => {
        await page.waitForSelector('.owed-sum');
        await isFit(page, locale);
        if (shots) await page.screenshot({ path: join(shots, `owed-${locale}-${options.viewport.width}.png`), fullPage: true });
      });
});

test('an address that changes while the page begins is not missed', async () => {
  await visitOwner(browser, world, owner, '', {}, async (page) => {
    await page.addInitScript(() => {
      const listen = window.addEventListener;
      window.addEventListener = function (kind, ...rest) {
        if (kind === 'hashchange' && document.querySelector('.nav')) history.replaceState(null, '', '#owed'); /* its event went by */
        return listen.call(this, kind, ...rest);
      };
    });
    await page.route('**/api/admin/liability', (route) => route.fulfill({ json: report }));
    await page.reload();
    await page.waitForSelector('.owed-sum');
  });
});

test('a book that does not add up is told aloud, and a failed answer can be asked again', async () => {
  const changed = structuredClone(report);
  let isDown = true;
  const answer = (route) => (isDown ? route.fulfill({ status: 429, json: { error: 'too_many_requests' } }) : route.fulfill({ json: changed }));
  Object.assign(changed.plans[0], { cards: changed.plans[0].cards + 1, sound: false });
  await look({}, answer, async (page) => {
    await page.waitForSelector('.panel-none button');
    isDown = false;
    await page.click('.panel-none button');
    await page.waitForSelector('.owed-sum[role=alert]');
    assert.match(await page.textContent('.owed-sum[role=alert]'), /does not add up.*stampd check/);
    await isFit(page);
  });
});
