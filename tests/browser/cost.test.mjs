/* What messages cost, their rules, and one member's log: the owner's page in a real browser on the real server. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { claimOwner, focuses, isFit as isFitPage, visitOwner } from './owner_pages.mjs';
import { until } from './until.mjs';
import { launch, openCard, startWorld } from './world.mjs';

const MEMBER = 1;
const shots = process.env.SHOTS; /* SHOTS=folder keeps the pictures */
let browser, world, owner, code;

before(async () => {
  [browser, world] = await Promise.all([launch(), startWorld()]);
  const member = await openCard(browser, world, MEMBER);
  code = await member.page.evaluate(() => JSON.parse(document.getElementById('codes').textContent).codes[0].digits);
  await member.context.close();
  owner = await claimOwner(browser, world);
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

const visit = (options, use) => visitOwner(browser, world, owner, '#cost', options, async (page) => {
  await page.waitForSelector('.rules');
  await use(page);
});
const says = (page, selector, words) => page.waitForFunction(([where, source]) =>
  new RegExp(source).test(document.querySelector(where)?.textContent ?? ''), [selector, words.source]);
const isFit = async (page, name) => {
  await isFitPage(page, name);
  const small = await page.evaluate(() => [...document.querySelectorAll('main button, main .field, .rule-tick')]
    .filter((node) => node.getBoundingClientRect().height < 44).map((node) => node.id || node.textContent));
  assert.deepEqual(small, [], name);
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
};
const show = async (page, typed) => {
  await page.fill('#log-code', typed);
  await page.keyboard.press('Enter');
};

test('figures, what they would have cost, and the budget in sentences', async () => {
  await visit({}, async (page) => {
    assert.equal(await page.locator('.cost-tiles .tile').count(), 6);
    assert.match(await page.textContent('.cost-sum'), /would have been \d+, about ¥[\d,]+\. Paid for: \d+, about ¥\d+/);
    const facts = await page.locator('[aria-labelledby="budget-title"] .facts li').allTextContents();
    assert.match(facts[0], /^\d+ of [\d,]+ messages used$/);
    assert.match(facts[1], /^The last \d+ are kept/);
    assert.match(facts[2], /^At this pace \d+ by /);
    assert.match(facts[3], /^LINE counts|^LINE has not told/);
    assert.equal(await page.locator('.budget-bar').count(), 1);
    await isFit(page, 'cost-wide');
  });
});

test('rules: only what was changed is sent, what is wrong is said at its field', async () => {
  await visit({}, async (page) => {
    const sent = [];
    page.on('request', (request) => request.url().endsWith('/policy') && sent.push(request.postDataJSON()));
    await page.fill('#rule-reserve', '140');
    await page.click('.rules [type="submit"]');
    await says(page, '#rule-reserve-about', /From 0 to 100/);
    assert.equal(await page.getAttribute('#rule-reserve', 'aria-invalid'), 'true');
    await focuses(page, 'rule-reserve');
    assert.deepEqual(sent, []);
    await page.fill('#rule-reserve', '40');
    await page.fill('#rule-price_milli', '3.5');
    await page.fill('#rule-quiet_from_min', '22:30');
    await page.check('#rule-tells_birthdays');
    await page.locator('.rules [type="submit"]').focus();
    await page.keyboard.press('Enter');
    await says(page, '.rules .news', /^Saved/);
    assert.deepEqual(sent, [{ reserve: 40, price_milli: 3500, quiet_from_min: 1350, tells_birthdays: true }]);
    await page.reload();
    await page.waitForSelector('.rules');
    assert.deepEqual(await page.evaluate(() => ['reserve', 'price_milli', 'quiet_from_min'].map((rule) => document.getElementById(`rule-${rule}`).value)), ['40', '3.5', '22:30']);
  });
});

test('a limit of one’s own, as LINE allows, and a warning when it is used up', async () => {
  await visit({}, async (page) => {
    const most = await page.inputValue('#rule-budget');
    await page.fill('#rule-budget', '0');
    await page.click('.rules [type="submit"]');
    await says(page, '.sure', /^Used up/);
    await page.check('#rule-as_line');
    assert.ok(await page.isDisabled('#rule-budget'));
    await page.click('.rules [type="submit"]');
    await says(page, '[aria-labelledby="budget-title"] .facts', /no limit of your own/);
    await page.uncheck('#rule-as_line');
    await page.click('.rules [type="submit"]');
    await says(page, '#rule-budget-about', /From 0 to/);
    await page.fill('#rule-budget', most);
    await page.click('.rules [type="submit"]');
    await says(page, '[aria-labelledby="budget-title"] .facts', new RegExp(`of ${most} messages used`));
  });
});

test('one member’s log: why each notice went how it went; and a word to them, which arrives once', async () => {
  await visit({}, async (page) => {
    await show(page, 'hello');
    await says(page, '#log-about', /No card has/);
    await show(page, '  -');
    await says(page, '#log-about', /no code or number/);
    await show(page, code);
    await page.waitForSelector('.log-name');
    assert.match(await page.textContent('.log-name'), /\S/);
    await page.fill('#write-text', `${'x'.repeat(1001)}`);
    assert.ok(await page.isDisabled('.write [type="submit"]'));
    await page.fill('#write-text', 'Your umbrella is with us.');
    assert.match(await page.textContent('#write-about'), /Counts as one message, about ¥\d|Free now/);
    await page.click('.write [type="submit"]');
    await says(page, '.write .news', /^On its way/);
    await says(page, '.log', /Words from the shop/);
    await until(async () => (await (await fetch(`${world.sim}/sim/state?person=${MEMBER}`)).text()).includes('Your umbrella is with us.'), 'the message arrives');
    await until(async () => {
      await show(page, code);
      return /^Words from the shop.*Sent/.test(await page.textContent('.log tbody'));
    }, 'the log says that it was sent');
    assert.match(await page.textContent('.log-request'), /^[0-9a-zA-Z-]{8,}$/);
    assert.doesNotMatch(await page.textContent('main'), /admin\.[a-z]/);
  });
});

test('in four languages, both schemes, at 320 px', { timeout: 180_000 }, async () => {
  for (const [locale, colorScheme] of [['ja-JP', 'dark'], ['en-GB', 'light'], ['zh-TW', 'dark'], ['th-TH', 'light'], ['ja-JP', 'light']])
    await visit({ locale, colorScheme, viewport: { width: 320, height: 640 } }, async (page) => {
      await show(page, code);
      await page.waitForSelector('.log');
      await isFit(page, `cost-${locale}-${colorScheme}`);
      assert.doesNotMatch(await page.textContent('main'), /admin\.[a-z]|\{\w+\}/);
    });
});
