/* Sales that are refunded at the till, in a real browser before a stand-in: figures first, then the deed, once. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { answers, codeOf } from './fake_api.mjs';
import { beginAnew, isFit, scan, shown, signIn, text, tillBeforeFake } from './till_page.mjs';

const here = tillBeforeFake();

/** A sale of so many yen on the points card, and the till ready again. */
async function sell(page, yen) {
  await scan(page, codeOf(answers.points));
  await shown(page, 'member');
  await page.keyboard.type(String(yen), { delay: 120 });
  await page.keyboard.press('Enter');
  await shown(page, 'done');
  await page.keyboard.press('Escape');
  await shown(page, 'ready');
}

const SCREENS = [
  { language: 'ja', viewport: { width: 320, height: 640 } },
  { language: 'ja', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  { language: 'en', viewport: { width: 1024, height: 768 } },
  { language: 'zh-Hant', viewport: { width: 390, height: 844 } },
  { language: 'th', viewport: { width: 320, height: 640 }, colorScheme: 'dark' },
];
for (const { language, ...screen } of SCREENS) {
  test(`a refund fits and is usable by everyone: ${language}, ${screen.viewport.width} wide, ${screen.colorScheme ?? 'light'}`, async () => {
    beginAnew(here.fake, language);
    await here.visit('/till', screen, async (page) => {
      const fits = async (name) => {
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/refund-${name}-${language}-${screen.viewport.width}.png`, fullPage: true });
        await isFit(page, name);
      };
      await signIn(page);
      await sell(page, 2050);
      await fits('ready');
      await page.click('.recent-row .round-button');
      await page.waitForSelector('[role=alertdialog]');
      await fits('take-back');
      await page.keyboard.press('Escape');
      await page.keyboard.press('F4');
      await shown(page, 'refund');
      await page.keyboard.type('99', { delay: 120 }); /* the field has the focus */
      await page.keyboard.press('Enter');
      await page.waitForSelector('.late [role=alert]');
      await fits('which');
      await page.fill('.late input', '100');
      await page.keyboard.press('Enter');
      await shown(page, 'refund_part');
      await fits('how-much');
      await page.keyboard.type('9999', { delay: 120 });
      await page.keyboard.press('Enter');
      await page.waitForSelector('.spend [role=alert]');
      await fits('too-much');
      for (let i = 0; i < 4; i++) await page.keyboard.press('Backspace');
      await page.keyboard.press('Enter'); /* all of it */
      await shown(page, 'refund_ask');
      await fits('sure');
      await page.keyboard.press('Enter');
      await shown(page, 'refunded');
      await fits('done');
      await page.keyboard.press('F1');
      await shown(page, 'today');
      await page.waitForSelector('.today-table .tag');
      await fits('today');
    });
  });
}

test('a part of a sale is refunded from the list, and says before what it takes and what stays', async () => {
  beginAnew(here.fake, 'en');
  await here.visit('/till', {}, async (page) => {
    await signIn(page);
    await sell(page, 2000); /* 1240 + 20 */
    await page.click('.recent-row .round-button');
    await page.waitForSelector('[role=alertdialog]');
    assert.match(await text(page, '.sheet'), /\+20 pt.*20 pt leave the card.*5 pt of bonuses go with them.*53 → 0/s);
    await page.click('text=Refund a part');
    await shown(page, 'refund_part');
    await page.keyboard.type('550', { delay: 120 });
    await page.keyboard.press('Enter');
    await shown(page, 'refund_ask');
    assert.match(await text(page, '.sheet'), /Refund ¥550 of ¥2,000\?.*6 pt of 1,260 go back, 1,254 stay/s);
    assert.equal(here.fake.state.written.length, 1); /* the sale */
    await page.keyboard.press('Escape');
    await shown(page, 'refund_part');
    await page.keyboard.press('Enter');
    await shown(page, 'refund_ask');
    await page.keyboard.press('Enter');
    await shown(page, 'refunded');
    assert.match(await text(page, '.band'), /Refunded.*¥550.*1,254 stay/s);
    await page.keyboard.press('F1');
    await shown(page, 'today');
    assert.match(await text(page, '.today-table'), /−6 pt.*refund.*\+20 pt.*partly refunded/s);
    await page.click('.today-table .row-button button');
    assert.doesNotMatch(await text(page, '.sheet'), /Take back/); /* the rest is refunded, too */
    await page.click('text=Refund a part');
    await shown(page, 'refund_part');
    assert.match(await text(page, '.spend'), /¥550 was refunded before; ¥1,450 is left/);
    await page.keyboard.press('Enter');
    await shown(page, 'refund_ask');
    await page.keyboard.press('Enter');
    await shown(page, 'refunded');
    assert.deepEqual(here.fake.state.written.slice(1).map(({ yen }) => yen), [550, 1450]);
  });
});

test('a refund whose answer is lost is sent again under the same key, and counts once', async () => {
  beginAnew(here.fake, 'en');
  await here.visit('/till', {}, async (page) => {
    await signIn(page);
    await sell(page, 3000);
    await page.keyboard.press('F4');
    await page.fill('.late input', '100');
    await page.keyboard.press('Enter');
    await shown(page, 'refund_part');
    await page.keyboard.press('Enter');
    await shown(page, 'refund_ask');
    here.fake.state.loseAnswers = 1; /* what is asked is done, and nobody hears it */
    await page.keyboard.press('Enter');
    await shown(page, 'problem');
    assert.match(await text(page, '.band'), /No answer.*counts once only/s);
    here.fake.state.loseAnswers = 0;
    await page.keyboard.press('Enter');
    await shown(page, 'refunded');
    assert.equal(here.fake.state.written.filter(({ transfer }) => transfer).length, 1);
  });
});

test('what a cashier may not is refused in words, and a card scanned into the field is the next customer', async () => {
  beginAnew(here.fake, 'en');
  await here.visit('/till', {}, async (page) => {
    await signIn(page);
    await sell(page, 200000);
    await page.keyboard.press('F4');
    await page.fill('.late input', '100');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.late [role=alert]');
    assert.match(await text(page, '.late [role=alert]'), /A manager has to do this/);
    await page.fill('.late input', codeOf(6));
    await page.keyboard.press('Enter');
    await shown(page, 'member');
    assert.match(await text(page, '.member-balance'), /6 of 10/);
  });
});
