/* The owner writes every part of a plan in fields, in a real browser on the real server: the same file as an expert's, and faults where they are. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { focuses, isFit, ownersWorld, press, says } from './owner_pages.mjs';

const { visit } = ownersWorld();
const shot = async (page, name) => { if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/parts-${name}.png`, fullPage: true }); };
const unfold = (page, name) => page.locator('.fold > summary', { hasText: name }).click();
const file = async (page) => JSON.parse(await page.inputValue('#plan-file'));
const at = (page, id) => page.locator(`#field-${id}`);

/** A draft that is not there yet, with these parts in the place of the plan's. */
async function newDraft(page, name, parts = {}) {
  await page.fill('#draft-name', name);
  await page.evaluate(() => { for (const fold of document.querySelectorAll('details')) fold.open = false; });
  await page.locator('summary', { hasText: 'For experts' }).click();
  const text = await file(page);
  await page.fill('#plan-file', JSON.stringify({ ...text, expiry: undefined, earn: undefined, tier: undefined, spend: undefined, refund: undefined, late: undefined, gift: undefined, ...parts }));
}

test('every kind of end is written in fields, and told by what it means for a visit today', async () => {
  await visit('#plans/1/new', {}, async (page) => {
    await newDraft(page, 'Ends');
    await unfold(page, 'Expiry');
    await says(page, 'Stamps of a visit today never end.');
    const kinds = {
      after: [/^Stamps of a visit today end on .+\.$/, { kind: 'after', months: 12 }],
      month_end: [/end on/, { kind: 'month_end', months: 2 }, () => at(page, 'expiry-months').fill('2')],
      fiscal_year: [/end on 31 Mar/, { kind: 'fiscal_year', month: 3 }],
      fixed: [/end on 31 Dec 2099\./, { kind: 'fixed', date: 20991231 }, () => at(page, 'expiry-date').fill('2099-12-31')],
      anniversary: [/That is for a card issued today\./, { kind: 'anniversary' }],
      first_use: [/That is for a card that has none yet\./, { kind: 'first_use', months: 12 }],
      last_use: [/Every later visit moves that day on\./, { kind: 'last_use', months: 12 }],
    };
    for (const [kind, [told, want, fill]] of Object.entries(kinds)) {
      await at(page, 'expiry-kind').selectOption(kind);
      await fill?.();
      await page.waitForFunction(([pattern]) => new RegExp(pattern).test(document.querySelector('.plan-example').textContent), [told.source]);
      assert.deepEqual((await file(page)).expiry, want);
    }
    await at(page, 'expiry-unit').selectOption('days');
    await at(page, 'expiry-days').fill('90');
    await at(page, 'expiry-remind_days').fill('14');
    assert.deepEqual((await file(page)).expiry, { kind: 'last_use', days: 90, remind_days: 14 });
    await shot(page, 'expiry');
    await isFit(page, 'expiry');
    await press(page, 'Save the draft');
    await page.waitForSelector('#plan-rehearse');
  });
});

test('factors, bonuses and caps', async () => {
  await visit('#plans/1/new', {}, async (page) => {
    await newDraft(page, 'More on Tuesdays');
    await unfold(page, 'More on some days');
    await press(page, 'Add a factor');
    const times = at(page, 'earn-factors-0-percent');
    await times.fill('0.5');
    await press(page, 'Save the draft');
    await says(page, 'It is not saved.');
    await focuses(page, 'field-earn-factors-0-percent');
    await isFit(page, 'a wrong factor');
    await times.fill('1.5');
    await at(page, 'earn-factors-0-weekdays').getByText('Wed').click();
    await at(page, 'earn-factors-0-from_hour').fill('14');
    await press(page, 'Save the draft');
    await says(page, 'It is not saved.');
    await focuses(page, 'field-earn-factors-0-until_hour'); /* goes with the other */
    await at(page, 'earn-factors-0-until_hour').fill('17');
    await press(page, 'Add a factor');
    await at(page, 'earn-factors-1-weekdays').getByText('Tue').click();
    await press(page, 'Save the draft');
    await says(page, 'It is not saved.');
    await focuses(page, 'field-earn-factors-1'); /* it would hold at no time at all */
    await at(page, 'earn-factors-1-from').fill('2027-12-01');
    await at(page, 'earn-factors-1-until').fill('2027-12-24');
    await at(page, 'earn-combine').selectOption('multiply');
    await unfold(page, 'Joining and birthdays');
    await at(page, 'earn-join-units').fill('1');
    await at(page, 'earn-join-when').selectOption('visit');
    await unfold(page, 'At most in a day');
    await at(page, 'earn-caps-member-grants').fill('5');
    await at(page, 'earn-caps-staff-units').fill('200');
    assert.match(await page.locator('.fold > summary', { hasText: 'More on some days' }).innerText(), /×1\.5 Tue–Wed 14:00–17:00, ×2 2027-12-01–2027-12-24/);
    assert.deepEqual((await file(page)).earn, {
      factors: [{ percent: 150, weekdays: ['tue', 'wed'], from_hour: 14, until_hour: 17 }, { percent: 200, from: 20271201, until: 20271224 }],
      combine: 'multiply', join: { units: 1, when: 'visit' }, caps: { member: { grants: 5 }, staff: { units: 200 } },
    });
    await shot(page, 'earn');
    await isFit(page, 'earning');
    await press(page, 'Save the draft');
    await page.waitForSelector('#plan-rehearse');
  });
});

test('items, and what the owner may thank for', async () => {
  await visit('#plans/2/new', {}, async (page) => {
    await newDraft(page, 'Items');
    await unfold(page, 'By item');
    await press(page, 'Add an item');
    await press(page, 'Save the draft');
    await says(page, 'It is not saved.');
    await at(page, 'earn-items-0-category').fill('tobacco');
    await press(page, 'Add an item');
    await at(page, 'earn-items-1-by').selectOption('code');
    await at(page, 'earn-items-1-code').fill('4901');
    await at(page, 'earn-items-1-earns').selectOption('each');
    await at(page, 'earn-items-1-units_each').fill('5');
    await unfold(page, 'Thanks by the owner');
    await press(page, 'Add a reason');
    await at(page, 'earn-events-0-title').fill('Survey');
    await at(page, 'earn-events-0-units').fill('20');
    await at(page, 'earn-events-0-once').selectOption('year');
    await at(page, 'earn-events-0-name').fill('Survey!');
    await press(page, 'Save the draft');
    await says(page, 'It is not saved.');
    await focuses(page, 'field-earn-events-0-name');
    await isFit(page, 'a wrong name');
    await at(page, 'earn-events-0-name').fill('survey');
    assert.deepEqual((await file(page)).earn, {
      items: [{ category: 'tobacco', earns: false }, { code: '4901', units_each: 5 }], events: [{ name: 'survey', title: 'Survey', units: 20, once: 'year' }],
    });
    await shot(page, 'items');
    await press(page, 'Save the draft');
    await page.waitForSelector('#plan-rehearse');
  });
});

test('levels, and refusals at the level they are about', async () => {
  await visit('#plans/1/new', {}, async (page) => {
    await newDraft(page, 'Levels');
    await unfold(page, 'Ranks');
    await press(page, 'Add a level');
    await press(page, 'Save the draft');
    await says(page, 'It is not saved.');
    await focuses(page, 'field-tier-steps-0-name');
    await at(page, 'tier-steps-0-name').fill('Silver');
    await press(page, 'Add a level');
    await at(page, 'tier-steps-1-name').fill('Gold');
    await at(page, 'tier-steps-1-from').fill('5');
    await press(page, 'Save the draft');
    await says(page, 'It is not saved.');
    await focuses(page, 'field-tier-steps'); /* they climb */
    await at(page, 'tier-steps-1-from').fill('30');
    await at(page, 'tier-steps-0-menu').selectOption('silver');
    await at(page, 'tier-steps-1-menu').selectOption('black');
    await at(page, 'tier-steps-1-menu').selectOption('');
    await at(page, 'tier-months').fill('12');
    await at(page, 'tier-falls').selectOption('one');
    await at(page, 'tier-name').fill('Member');
    assert.deepEqual((await file(page)).tier, {
      by: 'visits', months: 12, keep_months: 12, falls: 'one', name: 'Member', steps: [{ name: 'Silver', from: 10, menu: 'silver' }, { name: 'Gold', from: 30 }],
    });
    assert.match(await page.locator('.fold > summary', { hasText: 'Ranks' }).innerText(), /Silver → Gold/);
    await shot(page, 'tiers');
    await isFit(page, 'levels');
    await press(page, 'Save the draft');
    await page.waitForSelector('#plan-rehearse');
    await unfold(page, 'Ranks');
    for (let left = 2; left > 0; left--) await press(page, `Take level ${left} away`);
    assert.equal((await file(page)).tier, undefined);
  });
});

test('points at the till, refunds, credit afterwards and gifts', async () => {
  await visit('#plans/2/new', {}, async (page) => {
    await newDraft(page, 'Small parts');
    await unfold(page, 'Use at the till');
    await at(page, 'spend-yen').fill('1');
    await at(page, 'spend-step').fill('50');
    await at(page, 'spend-least').fill('100');
    await at(page, 'spend-per_day').fill('60');
    await press(page, 'Save the draft');
    await says(page, 'It is not saved.');
    await focuses(page, 'field-spend-per_day'); /* less than can be spent at once */
    await at(page, 'spend-per_day').fill('5000');
    await unfold(page, 'Refunds');
    await at(page, 'refund-short').selectOption('owe');
    await at(page, 'refund-days').fill('30');
    await unfold(page, 'Credit afterwards');
    await at(page, 'late-days').fill('93');
    await press(page, 'Save the draft');
    await says(page, 'It is not saved.');
    await focuses(page, 'field-late-days');
    await at(page, 'late-days').fill('14');
    await at(page, 'late-cashier_max').fill('500');
    await at(page, 'late-numbers').selectOption('daily');
    await shot(page, 'small');
    await isFit(page, 'the small parts');
    const { spend, refund, late, gift } = await file(page);
    assert.deepEqual({ spend, refund, late, gift }, {
      spend: { yen: 1, step: 50, least: 100, per_day: 5000 }, refund: { short: 'owe', days: 30 }, late: { days: 14, cashier_max: 500, numbers: 'daily' }, gift: undefined,
    });
    await press(page, 'Save the draft');
    await page.waitForSelector('#plan-rehearse');
    await unfold(page, 'Gifts');
    await at(page, 'gift-day_max').fill('100');
    await at(page, 'gift-min').fill('200');
    await press(page, 'Save the draft');
    await says(page, 'It is not saved.');
    /* by the plan's rewards on the way, or by its least */
    await page.waitForFunction(() => document.activeElement.id.startsWith('field-gift'));
  });
});

test('how points are rounded, when a day ends, and what the bars on the card hold', async () => {
  await visit('#plans/2/new', {}, async (page) => {
    await newDraft(page, 'Plain', { number: undefined });
    await at(page, 'rounding').selectOption('nearest');
    await unfold(page, 'Days and messages');
    await at(page, 'utc_offset_min').selectOption('480');
    await at(page, 'notify_grants').setChecked(true);
    await unfold(page, 'Code on the card');
    const refusedAt = async (id, wrong, right) => {
      await at(page, id).fill(wrong);
      await press(page, 'Save the draft');
      await focuses(page, `field-${id}`);
      await at(page, id).fill(right);
    };
    await refusedAt('day_cut_hour', '24', '3');
    await refusedAt('jan_prefix', '30', '27');
    await at(page, 'linear').selectOption('number');
    await press(page, 'Save the draft');
    await focuses(page, 'field-linear'); /* there are none yet */
    await isFit(page, 'bars of nothing');
    await at(page, 'number-type').selectOption('jan13');
    await refusedAt('number-prefix', '49', '281');
    assert.deepEqual((await file(page)).number, { type: 'jan13', prefix: '281', length: 13, check: 'm10w31', per_day: 0 });
    await at(page, 'number-type').selectOption('nw7');
    await refusedAt('number-prefix', 'X', '30');
    await refusedAt('number-length', '7', '12');
    await refusedAt('number-frame', 'AE', 'AB');
    await at(page, 'number-check').selectOption('mod16');
    await at(page, 'number-per_day').fill('2');
    const { rounding, utc_offset_min, day_cut_hour, notify_grants, linear, jan_prefix, number } = await file(page);
    assert.deepEqual({ rounding, utc_offset_min, day_cut_hour, notify_grants, linear, jan_prefix }, { rounding: 'nearest', utc_offset_min: 480, day_cut_hour: 3, notify_grants: true, linear: 'number', jan_prefix: 27 });
    assert.deepEqual(number, { type: 'nw7', prefix: '30', length: 12, check: 'mod16', frame: 'AB', ratio: '2.5', per_day: 2 });
    assert.match(await page.locator('.fold > summary', { hasText: 'Days and messages' }).innerText(), /03:00 · UTC\+08:00 \(Taiwan\)/);
    assert.match(await page.locator('.fold > summary', { hasText: 'Code on the card' }).innerText(), /the fixed number · NW-7 30…/);
    await shot(page, 'plain');
    await isFit(page, 'the code on the card');
    await press(page, 'Save the draft');
    await page.waitForSelector('#plan-rehearse');
  });
});

test('what an expert has written that is no such part breaks nothing', async () => {
  await visit('#plans/1/new', {}, async (page) => {
    await newDraft(page, 'Odd', { expiry: 7, earn: { factors: [3, { percent: 200, weekdays: 'tue' }], caps: 5 }, tier: { steps: 'x' }, number: { type: 'qr' }, linear: 'qr', utc_offset_min: undefined });
    await unfold(page, 'More on some days');
    await press(page, 'Save the draft');
    await says(page, 'It is not saved.');
    await isFit(page, 'odd rules');
  });
});

for (const [language, colorScheme] of [['ja-JP', 'light'], ['th-TH', 'dark'], ['zh-TW', 'light'], ['en-GB', 'dark']])
  test(`at 320 px, in ${language}, ${colorScheme}`, async () => {
    await visit('#plans/2/new', { locale: language, colorScheme, viewport: { width: 320, height: 640 } }, async (page) => {
      await page.waitForSelector('.plan-parts');
      await page.evaluate(() => { for (const fold of document.querySelectorAll('.fold')) fold.open = true; });
      await at(page, 'number-type').selectOption('nw7');
      for (const add of ['earn-factors', 'earn-items', 'earn-events', 'tier-add']) await at(page, add).click();
      await isFit(page, 'all folds open');
      await shot(page, `open-${language}`);
    });
  });
