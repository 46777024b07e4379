/* The owner changes what points are swapped for, in a real browser on the real server: conditions, stock, a lottery, codes, and the way back. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { focuses, isFit, ownersWorld, press, says } from './owner_pages.mjs';

const POINTS = 2; /* the demo's plan of points */
const { visit } = ownersWorld();
const shot = async (page, name) => { if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/catalogue-${name}.png`, fullPage: true }); };
const inForce = (page) => page.evaluate(async (wanted) => (await (await fetch('/api/admin/catalogues')).json()).plans.find(({ plan }) => plan === wanted), POINTS);
const find = async (page, key) => (await inForce(page)).rewards.find((one) => one.key === key);
const row = (page, text) => page.locator('.kind', { hasText: text });
const unfold = (page, name) => page.click(`summary >> text=${name}`);

test('an article is added with its conditions and its stock, changed, and taken back', async () => {
  await visit('', {}, async (page) => {
    await page.click('.nav-link >> text=Rewards');
    await page.waitForSelector(`#catalogue-${POINTS}`);
    await page.locator(`[aria-labelledby=catalogue-${POINTS}]`).getByRole('link', { name: 'Add a reward' }).click();
    await page.waitForFunction(() => document.activeElement.className === 'editor-title');
    await press(page, 'Save');
    await says(page, 'It is not saved.');
    await focuses(page, 'field-title'); /* where it is put right */
    await isFit(page, 'a fault');
    await page.getByLabel('What it is', { exact: true }).fill('Enamel cup');
    await page.getByLabel('Points', { exact: true }).fill('300');
    await page.getByLabel('Not used in time').selectOption('back');
    await page.getByLabel('What its holder gets').selectOption('gift');
    await page.getByLabel('What one costs you, in yen').fill('450');
    await unfold(page, 'Who may have it, and when');
    await page.locator('#field-issue-new_days').fill('30');
    await unfold(page, 'Where and when it is used');
    await page.locator('#field-redeem-shops input').first().check();
    await page.locator('#field-redeem-days .day-chip input').nth(6).uncheck();
    await page.locator('#field-redeem-days .check input').uncheck();
    await page.locator('#field-redeem-days input[type=time]').first().fill('14:00');
    await page.locator('#field-redeem-days input[type=time]').last().fill('17:30');
    await page.locator('#field-redeem-from').fill('2027-04-01');
    await page.locator('#field-redeem-until').fill('2027-03-01');
    await page.locator('#field-redeem-min_yen').fill('800');
    await unfold(page, 'How many there are');
    await page.locator('#field-stock-all').fill('100');
    await page.locator('#field-stock-a_day').fill('10');
    await press(page, 'Save');
    await says(page, 'It is not saved.');
    await focuses(page, 'field-redeem-until'); /* before it begins */
    await page.locator('#field-redeem-until').fill('2027-04-30');
    await shot(page, 'article');
    await isFit(page, 'the form');
    await press(page, 'Save');
    await says(page, 'Saved.');
    assert.match(await row(page, 'Enamel cup').innerText(), /300 points[\s\S]*Gift · Within 30 days of joining · Only at: .+ · Mon–Sat 14:00–17:30 · From 1 Apr 2027 · Until 30 Apr 2027 · On purchases of ¥800[\s\S]*0 given · 10 left today · costs ¥450/);
    assert.deepEqual(await find(page, 'enamel-cup'), {
      price: 300, key: 'enamel-cup', title: 'Enamel cup', kind: 'gift', valid_days: 60, cost_yen: 450, issue: { new_days: 30 },
      redeem: { shops: [1], days: 'mon-sat', hours: '14:00-17:30', from: '2027-04-01', until: '2027-04-30', min_yen: 800 }, stock: { all: 100, a_day: 10 }, on_expiry: 'back',
    });
    await shot(page, 'list');
    await isFit(page, 'the list');

    await row(page, 'Enamel cup').click();
    await page.getByLabel('Points', { exact: true }).fill('250');
    await press(page, 'Save');
    await page.waitForSelector('.kind >> text=250 points');
    await press(page, 'Undo');
    await says(page, 'It is as it was before.');
    assert.equal((await find(page, 'enamel-cup')).price, 300);
    assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0);
  });
});

test('withdrawn is only what was meant to be, and it comes back with one tap', async () => {
  await visit(`#catalogue/${POINTS}/enamel-cup`, {}, async (page) => {
    await press(page, 'Withdraw it');
    await press(page, 'Keep it');
    await press(page, 'Withdraw it');
    await isFit(page, 'the question');
    await press(page, 'Yes, withdraw');
    await says(page, 'It is withdrawn.');
    assert.equal(await find(page, 'enamel-cup'), undefined);
    await press(page, 'Undo');
    await says(page, 'It is as it was before.');
    assert.equal((await find(page, 'enamel-cup')).price, 300);
  });
});

test('somebody else’s change is not written over unseen', async () => {
  await visit(`#catalogue/${POINTS}/enamel-cup`, {}, async (page) => {
    const { catalogue, rewards } = await inForce(page);
    await page.getByLabel('Points', { exact: true }).fill('310');
    await page.evaluate(([was, file]) => fetch('/api/admin/plans/2/catalogue', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ was, file }) }),
      [catalogue, JSON.stringify({ rewards: [...rewards, { price: 5, key: 'pen', title: 'Pen', valid_days: 9 }] })]);
    await press(page, 'Save');
    await says(page, 'Somebody else has changed the list');
    assert.equal(await page.getByLabel('Points', { exact: true }).inputValue(), '310');
    await press(page, 'Save');
    await page.waitForSelector('.kind >> text=310 points');
    assert.equal((await find(page, 'pen')).price, 5);
  });
});

test('a lottery’s chances add up by themselves', async () => {
  await visit(`#catalogue/${POINTS}/+`, {}, async (page) => {
    await page.getByLabel('What it is', { exact: true }).fill('福引');
    await page.getByLabel('Points', { exact: true }).fill('30');
    await page.getByLabel('It is a lottery').check();
    const prize = (name) => page.getByRole('region', { name, exact: true });
    await prize('Prize 1').getByLabel('What it is').fill('3,000 yen off');
    await prize('Prize 1').getByLabel('Chance in percent').fill('150');
    await page.waitForSelector('text=The other chances add up');
    await press(page, 'Save');
    await says(page, 'It is not saved.');
    await prize('Prize 1').getByLabel('Chance in percent').fill('0.5');
    await prize('Prize 1').getByLabel('What its holder gets').selectOption('yen_off');
    await prize('Prize 1').getByLabel('Yen', { exact: true }).fill('3000');
    await press(page, 'Add a prize');
    await prize('Prize 2').getByLabel('What it is').fill('Sticker');
    await prize('Last prize').getByLabel('What it is').fill('5 % off');
    await prize('Last prize').getByLabel('What its holder gets').selectOption('percent');
    await prize('Last prize').getByLabel('Percent', { exact: true }).fill('500');
    assert.equal(await prize('Last prize').locator('output').innerText(), '98.5 %');
    await press(page, 'Save');
    await says(page, 'It is not saved.');
    await prize('Last prize').getByLabel('Percent', { exact: true }).fill('5');
    await shot(page, 'lottery');
    await isFit(page, 'a lottery');
    await press(page, 'Save');
    await says(page, 'Saved.');
    assert.match(await row(page, '福引').innerText(), /30 points[\s\S]*Lottery[\s\S]*0\.5 %: 3,000 yen off · 0 given[\s\S]*98\.5 %: 5 % off[\s\S]*costs ¥15 on average/);
    const made = (await inForce(page)).rewards.find(({ title }) => title === '福引');
    assert.match(made.key, /^r-[a-z0-9]+$/);
    assert.deepEqual(made.prizes.map(({ odds, key }) => [odds, key]), [[5000, '3-000-yen-off'], [10_000, 'sticker'], [985_000, '5-off']]);
  });
});

test('a table of codes is looked at line by line, counted, and only then loaded', async () => {
  await visit(`#catalogue/${POINTS}/+`, {}, async (page) => {
    await page.getByLabel('What it is', { exact: true }).fill('Web coupon');
    await page.getByLabel('Points', { exact: true }).fill('100');
    await unfold(page, 'How many there are');
    await page.getByLabel('Each has a code of its own').check();
    await press(page, 'Save');
    await says(page, 'Saved.');
    assert.match(await row(page, 'Web coupon').innerText(), /0 codes left[\s\S]*None left/);
    await row(page, 'Web coupon').click();
    const table = (text) => page.setInputFiles('input[type=file]', { name: 'codes.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await table('code\r\nA-1\r\nB 2\r\nA-1\r\n');
    await page.waitForSelector('text=2 lines are wrong.');
    assert.match(await page.locator('.plan-changes').innerText(), /Line 3: one code of 1 to 64[\s\S]*Line 4: the code is there already/);
    assert.equal(await page.getByRole('button', { name: /^Load/ }).count(), 0);
    await shot(page, 'faults');
    await isFit(page, 'what is wrong with codes');
    await table(`code\r\n${Array.from({ length: 25 }, (_, i) => `A-${i}`).join('\r\n')}\r\n`);
    await page.waitForSelector('text=“codes.csv” has 25 codes, all right.');
    await isFit(page, 'codes before they are loaded');
    await press(page, 'Load 25 codes');
    await says(page, '25 codes are loaded, 25 are nobody’s yet.');
    await page.waitForSelector('.article-count >> text=25 codes left');
    await table('A-3\r\n');
    await page.waitForSelector('text=1 line is wrong.');
  });
});

test('a card of stamps says what its places are worth, and where they are used', async () => {
  await visit('#catalogue', {}, async (page) => {
    const plan = page.locator('[aria-labelledby=catalogue-1]');
    assert.equal(await plan.getByRole('link', { name: 'Add a reward' }).count(), 0);
    await plan.getByRole('link', { name: 'Describe a reward of the card' }).click();
    await page.getByLabel('What its holder gets').selectOption('free_item');
    assert.equal(await page.locator('#field-stock-all').count(), 0); /* what a card reaches is never sold out */
    await unfold(page, 'Where and when it is used');
    await page.locator('#field-redeem-wait_days').fill('1');
    await press(page, 'Save');
    await says(page, 'Saved.');
    assert.match(await plan.locator('.kind').first().innerText(), /Reached at[\s\S]*Free · From the next day on/);
  });
});

for (const [language, colorScheme] of [['ja-JP', 'light'], ['th-TH', 'dark'], ['zh-TW', 'light'], ['en-GB', 'dark']])
  test(`at 320 px, in ${language}, ${colorScheme}`, async () => {
    for (const [name, hash] of [['list', '#catalogue'], ['cup', `#catalogue/${POINTS}/enamel-cup`], ['codes', `#catalogue/${POINTS}/web-coupon`]])
      await visit(hash, { locale: language, colorScheme, viewport: { width: 320, height: 640 } }, async (page) => {
        await page.waitForSelector('.panel');
        await isFit(page, hash);
        await shot(page, `${name}-${language}`);
      });
  });
