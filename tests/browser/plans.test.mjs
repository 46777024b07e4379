/* The owner changes a plan, in a real browser on the real server: drafted, rehearsed, and only then in force. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { isFit, ownersWorld, press, says } from './owner_pages.mjs';

const here = ownersWorld();
const { visit } = here;
const shot = async (page, name) => { if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/plans-${name}.png`, fullPage: true }); };

test('a draft is written, rehearsed over what was, and published by saying what it takes', async () => {
  await visit('', {}, async (page) => {
    await page.click('.nav-link >> text=Plans');
    await page.click('.kind >> nth=0');
    await page.waitForSelector('#plan-now');
    await isFit(page, 'the plan');
    await page.click('text=New draft');
    await page.waitForFunction(() => document.activeElement.className === 'editor-title'); /* the keyboard goes on from here */
    await page.fill('#plan-goal', '7');
    await press(page, 'Save the draft');
    await says(page, 'It is not saved.');
    assert.ok(await page.locator('.part-wrong').count() > 0);
    await page.fill('#draft-name', 'Spring');
    const goal = await page.evaluate(async () => (await (await fetch('/api/admin/plans')).json()).plans[0].rules.goal);
    await page.fill('#plan-goal', String(goal + 2));
    await page.locator('.plan-reward').last().locator('input').first().fill(String(goal + 2));
    await press(page, 'Save the draft');
    await page.waitForSelector('#plan-rehearse');
    await press(page, 'Rehearse');
    await says(page, 'Done:');
    assert.match(await page.locator('.plan-outcomes').innerText(), /cards lose/);
    await isFit(page, 'the rehearsal');
    await shot(page, 'rehearsal');
    assert.ok(await page.getByRole('button', { name: 'Publish now', exact: true }).isDisabled());
    await page.locator('.plan-losses input').first().check();
    await press(page, 'Publish now');
    await press(page, 'Yes, publish');
    await page.waitForSelector('#plan-now >> text=version 2');
    assert.match(await page.locator('.plan-versions').innerText(), new RegExp(`card: ${goal} → ${goal + 2}`));
    await isFit(page, 'the history');
    await shot(page, 'history');
  });
});

test('what is to come is shown, binds the plan, and can be called off', async () => {
  await visit('#plans/2/new', {}, async (page) => {
    await page.fill('#draft-name', 'New year');
    await page.fill('#plan-cool_down_min', '15');
    await press(page, 'Save the draft');
    await page.waitForSelector('#plan-rehearse');
    await press(page, 'Rehearse');
    await says(page, 'Done:');
    const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
    await page.fill('#plan-at', `${day}T04:00`);
    await press(page, 'Schedule it');
    await page.waitForSelector('#plan-waits');
    await isFit(page, 'what waits');
    await shot(page, 'waits');
    await press(page, 'Call it off');
    await says(page, 'It is called off.');
    await page.waitForSelector('.plan-draft-name >> text=New year');
    await press(page, 'Remove this draft');
    await says(page, 'The draft is removed.');
  });
});

test('whoever knows plan files writes them, and is told what is wrong', async () => {
  await visit('#plans/1/new', {}, async (page) => {
    await page.fill('#draft-name', 'Expert');
    await page.click('summary >> text=For experts');
    const text = await page.inputValue('#plan-file');
    await page.fill('#plan-file', `${text}x`);
    await page.waitForSelector('text=This is no JSON.');
    await page.fill('#plan-file', JSON.stringify({ ...JSON.parse(text), name: 'Another' }));
    await press(page, 'Save the draft');
    await page.waitForSelector('text=“name” is wrong.'); /* it has no field of its own */
    await page.fill('#plan-file', JSON.stringify({ ...JSON.parse(text), expiry: { kind: 'someday' } }));
    await press(page, 'Save the draft');
    await page.waitForFunction(() => document.activeElement.id === 'field-expiry-kind'); /* it has */
    await page.fill('#plan-file', JSON.stringify({ ...JSON.parse(text), expiry: { kind: 'after', months: 12 } }));
    await press(page, 'Save the draft');
    await page.waitForSelector('#plan-rehearse');
    await page.goto(`${here.world.url}/admin#plans/1`);
    await page.waitForSelector('.plan-draft');
    assert.match(await page.locator('.plan-draft').innerText(), /Expiry \(months\): now 12/);
  });
});

for (const [language, colorScheme] of [['ja-JP', 'light'], ['th-TH', 'dark'], ['zh-TW', 'light'], ['en-GB', 'dark']])
  test(`at 320 px, in ${language}, ${colorScheme}`, async () => {
    for (const hash of ['#plans', '#plans/1', '#plans/1/new'])
      await visit(hash, { locale: language, colorScheme, viewport: { width: 320, height: 640 } }, async (page) => {
        await page.waitForSelector('.panel');
        await isFit(page, hash);
        await shot(page, `${hash.slice(1).replaceAll('/', '-')}-${language}`);
      });
  });
