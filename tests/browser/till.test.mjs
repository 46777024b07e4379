/* The till and the owner's page in a real browser, before a stand-in that refuses on demand. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { violationsOf } from './axe.mjs';
import { answers, codeOf, startFake } from './fake_api.mjs';
import { beginAnew, isFit, scan, shown, signIn, text, visitTill } from './till_page.mjs';

let browser, fake;

before(async () => {
  fake = await startFake();
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
});
after(async () => {
  await browser?.close();
  fake?.stop();
});

const visit = (path, options, use) => visitTill(browser, fake, path, options, use);
const begin = (language, more) => beginAnew(fake, language, more);

const SCREENS = [
  { language: 'ja', viewport: { width: 1024, height: 768 } },
  { language: 'en', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  { language: 'th', viewport: { width: 390, height: 844 } },
  { language: 'zh-Hant', viewport: { width: 912, height: 700 }, colorScheme: 'dark' },
];
for (const { language, ...screen } of SCREENS) {
  test(`every screen fits and is usable by everyone: ${language}, ${screen.viewport.width} wide, ${screen.colorScheme ?? 'light'}`, async () => {
    begin(language);
    await visit('/till', screen, async (page) => {
      await shown(page, 'enrol');
      await isFit(page, 'enrol');
      await signIn(page);
      await isFit(page, 'ready');
      await scan(page, codeOf(7));
      await isFit(page, 'member');
      await page.click('.member-more button');
      await shown(page, 'late');
      await page.fill('.late input', '1');
      await page.click('.late-field:last-of-type .unit');
      await page.click('.late button[type=submit]');
      await page.waitForSelector('.late [role=alert]');
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/late-${language}.png`, fullPage: true });
      await isFit(page, 'late');
      await page.keyboard.press('Escape');
      await shown(page, 'member');
      await page.keyboard.press('Enter');
      await shown(page, 'done');
      await isFit(page, 'done');
      await scan(page, codeOf(answers.double));
      await shown(page, 'member');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.band-why');
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/why-${language}.png` });
      await isFit(page, 'done, and why so much');
      for (const [name, code] of [['amount', codeOf(answers.points)], ['voucher', codeOf(33, 72)], ['too soon', codeOf(answers.soon)],
        ['blocked', codeOf(answers.blocked)], ['goods', '4901234567894'], ['unreadable', '7112345678901234567899']]) {
        await scan(page, code);
        await isFit(page, name);
      }
      await page.keyboard.press('Escape');
      await page.click('.bar-tools .tool');
      await shown(page, 'today');
      await page.waitForSelector('.today-table');
      await isFit(page, 'today');
      await page.keyboard.press('?');
      await page.waitForSelector('dialog[open]');
      await isFit(page, 'help');
    });
  });
}

test('a past sale is credited by its receipt, once', async () => {
  begin('en');
  await visit('/till', {}, async (page) => {
    await signIn(page);
    await scan(page, codeOf(6));
    await page.click('text=Credit a past sale');
    await shown(page, 'late');
    await page.fill('.late input', '1');
    await page.click('text=Card not shown');
    await page.click('text=Credit it');
    assert.match(await text(page, '.late [role=alert]'), /credited already.*Till 2.*once/s);
    await page.fill('.late input', '2');
    await page.press('.late input', 'Enter');
    await shown(page, 'done');
    assert.match(await text(page, '.band'), /\+1.*now 7 of 10/s);
    const [sent] = fake.state.written;
    assert.equal(sent.receipt, '2');
    assert.ok(Math.abs(sent.sold_at - Date.now()) < 120_000);
    assert.equal(sent.reason, 'forgotten');
  });
});

test('scan, Enter, done; F1 takes it back; a scan during the band is the next customer', async () => {
  begin('en');
  await visit('/till', {}, async (page) => {
    await signIn(page);
    await scan(page, codeOf(6));
    assert.match(await text(page, '.member-balance'), /6 of 10/);
    await page.keyboard.press('Enter');
    await shown(page, 'done');
    assert.match(await text(page, '.band'), /\+1.*now 7 of 10/s);
    await scan(page, codeOf(8));
    await shown(page, 'member');
    assert.match(await text(page, '.member-balance'), /8 of 10/);
    await page.keyboard.press('F1');
    await shown(page, 'undone');
    assert.equal(fake.state.items.filter((item) => item.reversed).length, 1);
  });
});

const BEEP_MS = 1000; /* within that the same code is a second beep of the same read */

test('a card that is read twice says when it may come again; one’s own says who can do it', async () => {
  begin('en');
  await visit('/till', {}, async (page) => {
    await signIn(page);
    await scan(page, codeOf(6));
    await page.keyboard.press('Enter');
    await shown(page, 'done');
    await page.waitForTimeout(BEEP_MS);
    await scan(page, codeOf(6)); /* the same code, at the same till: harmless, and it says so */
    assert.match(await text(page, '.member .eyebrow'), /same scan/);
    assert.match(await text(page, '.band'), /Already stamped.*stamped at \d\d:\d\d, again from .*\d\d:\d\d.*One visit/s);
    assert.match(await text(page, 'p.sr[role=status]'), /Already stamped, stamped at \d\d:\d\d/);
    await scan(page, codeOf(answers.points));
    await page.keyboard.type('500', { delay: 120 });
    await page.keyboard.press('Enter');
    await shown(page, 'done');
    await page.waitForTimeout(BEEP_MS);
    await scan(page, codeOf(answers.points)); /* no visit stands in the way of the next sale */
    assert.match(await text(page, '.band'), /This scan has been used.*stamped at \d\d:\d\d.*next code, up to 30 seconds/s);
    await scan(page, codeOf(answers.own));
    assert.match(await text(page, '.band'), /This is your own card.*A colleague has to do it/s);
    assert.equal(fake.state.written.length, 2);
  });
});

test('a grant that is more than the visit says why, and who has given enough is told so', async () => {
  begin('en');
  await visit('/till', {}, async (page) => {
    await signIn(page);
    await scan(page, codeOf(answers.double));
    await page.keyboard.press('Enter');
    await page.waitForSelector('.band-why');
    assert.deepEqual(await page.$$eval('.band-why li', (items) => items.map((item) => item.textContent)),
      ['2× on Tuesday +1', 'First card +3', 'up to the day’s limit']);
    assert.match(await text(page, '.band-amount'), /\+5/);
    await scan(page, codeOf(answers.capped));
    await shown(page, 'member');
    await page.keyboard.press('Enter');
    await shown(page, 'problem');
    assert.match(await text(page, '.band'), /You have given all you may today.*again from .*colleague/s);
  });
});

test('the server away for a while, and a reload: each stamp once, and a refusal waits to be seen', async () => {
  begin('en');
  await visit('/till', {}, async (page) => {
    await signIn(page);
    fake.state.isDown = true;
    for (const locator of [21, 22, answers.soon]) {
      await scan(page, codeOf(locator));
      await shown(page, 'offline');
      await page.keyboard.press('Enter');
      await shown(page, 'done');
    }
    assert.match(await text(page, '.bar-state'), /3 to send/);
    await scan(page, codeOf(33, 72));
    assert.match(await text(page, '.band-word'), /Rewards need the connection/);
    fake.state.isDown = false;
    await page.reload();
    await page.waitForSelector('.chip-alarm', { timeout: 8000 });
    assert.match(await text(page, '.bar-state'), /1 to look at/);
    assert.deepEqual(fake.state.written.map((body) => body.code), [codeOf(21), codeOf(22)]);
    await page.click('.chip-alarm');
    assert.match(await text(page, '.owed-problem'), /Already stamped/);
    await page.click('.owed-problem button');
    await page.waitForSelector('.owed-problem', { state: 'detached' });
  });
});

test('the owner’s page: the link claims once and leaves the address; numbers, chart and table agree', async () => {
  Object.assign(fake.state, { owner: false, member: false, language: 'en' });
  await visit('/admin#claim=good', {}, async (page) => {
    await page.waitForSelector('.line-button');
    assert.equal(new URL(page.url()).hash, '');
    assert.equal(await page.getAttribute('.line-button', 'href'), '/line/login?next=/admin');
    fake.state.member = true; /* LINE's login leads back here */
    await page.goto(`${fake.url}/admin`);
    await page.waitForSelector('.tiles');
    assert.match(await text(page, '.tile-main'), /205.*\+22 against last week/s);
    await page.click('summary');
    const violations = await violationsOf(page);
    assert.deepEqual(violations.map((v) => v.id), []);
    const bars = await page.$$eval('.chart-value', (all) => all.map((one) => one.textContent));
    const rows = await page.$$eval('.behind td', (all) => all.map((one) => one.textContent));
    assert.deepEqual(rows.filter((row) => row !== '0'), bars);
  });
});

test('points are used: how many, the member asked, the worth to take off, and taken back under today', async () => {
  begin('ja');
  const fits = async (page, name) => {
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/spend-${name.replace(/ /g, '-')}.png`, fullPage: true });
    await isFit(page, name);
  };
  await visit('/till', { viewport: { width: 320, height: 640 } }, async (page) => {
    await signIn(page);
    await scan(page, codeOf(answers.points));
    await shown(page, 'member');
    await fits(page, 'a points card');
    await page.click('.spend-offer');
    await shown(page, 'spend');
    await page.keyboard.type('15');
    await fits(page, 'how many points');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.note-warn'); /* only in tens */
    await fits(page, 'not so many points');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('00');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.main-spend .spinner');
    await fits(page, 'asking the member');
    await shown(page, 'spent');
    assert.match(await text(page, '.band-amount'), /100円引き/);
    await fits(page, 'points used');
    await page.keyboard.press('Enter');
    await shown(page, 'member');
    await page.keyboard.press('F1');
    await shown(page, 'undone');
    assert.deepEqual(fake.state.items.map(({ kind, sign }) => `${kind} ${sign}`), ['reverse 1', 'spend -1']);
    fake.state.items.length = 0;
  });
});

test('a reward that was not handed over after all is given back under today', async () => {
  begin('ja');
  await visit('/till', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }, async (page) => {
    await signIn(page);
    await scan(page, codeOf(33, 72));
    await shown(page, 'voucher');
    await page.keyboard.press('Enter');
    await shown(page, 'handed');
    await page.keyboard.press('F1');
    await shown(page, 'today');
    await page.click('.today-table .row-button button');
    await page.waitForSelector('[role=alertdialog]');
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/unredeem.png`, fullPage: true });
    await isFit(page, 'not handed over');
    assert.match(await text(page, '.effects'), /まで/); /* good again until then */
    await page.click('.till-danger');
    await shown(page, 'unredeemed');
    await isFit(page, 'the reward is back');
    assert.equal(fake.state.redeemed[0].undone, true);
  });
});
