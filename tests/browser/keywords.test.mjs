/* The owner writes what the account answers, in a real browser on the real server: until a member's phone shows it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { isFit, ownersWorld, press, says } from './owner_pages.mjs';
import { until } from './until.mjs';

const here = ownersWorld();
const { visit } = here;

/** The newest text in the talk of a person at line-sim, once the account has said it. */
async function isSaid(person, wanted) {
  let messages;
  await until(async () => {
    const { entries } = await (await fetch(`${here.world.sim}/sim/talk?person=${person}`)).json();
    messages = entries.at(-1)?.messages;
    return messages?.some((message) => message.text === wanted);
  }, `person ${person} never read: ${wanted}`);
  return messages;
}

test('a rule is written, tried, and answers a member', async () => {
  await visit('', {}, async (page) => {
    await page.click('.nav-link >> text=Keywords');
    await page.click('text=New rule');
    await page.waitForFunction(() => document.activeElement.className === 'editor-title'); /* the keyboard goes on from here */
    await press(page, 'Save');
    await says(page, 'Write the words it waits for');
    await page.fill('#rule-words', '営業時間\nHOURS');
    await press(page, 'Save');
    await says(page, 'Write the text it says');
    await page.fill('#rule-reply', '10:00-20:00');
    await press(page, 'Add a button');
    await page.fill('#button-0-label', 'My card');
    await page.selectOption('#button-0-press', 'balance');
    await press(page, 'Save');
    await says(page, 'The rule is saved.');
    assert.equal(await page.locator('.rules .kind-name').innerText(), '営業時間, hours'); /* as it will be compared */
    await page.fill('#try-text', 'Hours?');
    await press(page, 'What is answered?');
    await says(page, 'Rule 1: 10:00-20:00');
    await page.fill('#try-text', 'points');
    await press(page, 'What is answered?');
    await says(page, 'The balance is told.');
    await page.fill('#try-text', 'good morning');
    await press(page, 'What is answered?');
    await says(page, 'Nothing is answered.');
  });
  await fetch(`${here.world.sim}/sim/webhook`, { method: 'POST', body: JSON.stringify({ events: [{ type: 'text', person: 1, text: 'ＨＯＵＲＳ' }], wait: true }), headers: { 'Content-Type': 'application/json' } });
  const [said] = (await isSaid(1, '10:00-20:00')).slice(-1);
  assert.equal(said.quickReply.items[0].action.data, 'action=balance');
});

test('a rule is changed, leads to another, is switched off and removed', async () => {
  await visit('#keywords/new', {}, async (page) => {
    await page.selectOption('#rule-match', 'any');
    assert.equal(await page.inputValue('#rule-hours'), 'away'); /* what people write to staff, staff answer */
    await page.fill('#rule-reply', 'We are closed.');
    await press(page, 'Add a button');
    await page.fill('#button-0-label', 'Hours');
    await page.selectOption('#button-0-press', 'rule');
    await page.uncheck('.day-chip >> nth=6 >> input');
    await page.uncheck('label:has-text("all day") >> input');
    await page.fill('#rule-from', '22:00');
    await page.fill('#rule-until', '02:00');
    await page.selectOption('#rule-language', 'th');
    await page.fill('#rule-priority', '7');
    await press(page, 'Save');
    await says(page, 'The rule is saved.');
    assert.equal(await page.locator('.rules .kind-own').nth(1).innerText(), 'only while nobody answers · Mon–Sat 22:00–02:00 · ไทย · priority 7');
    await page.click('.rules .kind >> nth=1');
    assert.equal(await page.inputValue('#rule-until'), '02:00');
    await page.uncheck('label:has-text("This rule is on") >> input');
    await press(page, 'Save');
    await page.waitForFunction(() => document.querySelectorAll('.rules .kind-own')[1]?.textContent === 'Off');
    await page.click('.rules .kind >> nth=1');
    await press(page, 'Remove');
    await press(page, 'Keep it');
    await press(page, 'Remove');
    await press(page, 'Yes, remove');
    await says(page, 'The rule is removed.');
    await page.waitForFunction(() => document.querySelectorAll('.rules li').length === 1);
  });
});

test('the hours of staff', async () => {
  await visit('#keywords', {}, async (page) => {
    await page.waitForSelector('text=Right now the account answers by itself.');
    await press(page, 'Add hours');
    await page.check('.day-chip >> nth=5 >> input');
    await page.check('.day-chip >> nth=6 >> input');
    await page.check('label:has-text("all day") >> input');
    await press(page, 'Save');
    await says(page, 'The hours are saved.');
    await page.waitForSelector('text=Right now staff answer.');
    await isFit(page);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/keywords-hours.png`, fullPage: true });
    await press(page, 'Take away');
    await press(page, 'Save');
    await page.waitForSelector('text=Right now the account answers by itself.');
  });
});

for (const [language, colorScheme] of [['ja-JP', 'light'], ['th-TH', 'dark'], ['zh-TW', 'light'], ['en-GB', 'dark']])
  test(`at 320 px, in ${language}, ${colorScheme}`, async () => {
    for (const hash of ['#keywords', '#keywords/new', '#keywords/1'])
      await visit(hash, { locale: language, colorScheme, viewport: { width: 320, height: 640 } }, async (page) => {
        await page.waitForSelector('.panel');
        await isFit(page);
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/keywords${hash.replace('#keywords', '').replace('/', '-')}-${language}.png`, fullPage: true });
      });
  });
