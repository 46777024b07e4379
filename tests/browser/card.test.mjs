/* The card in a real browser: readable by scanners, alive, safe, and usable by everyone. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { RULES, violationsOf } from './axe.mjs';
import { startCard } from './card_page.mjs';
import { until } from './until.mjs';

const DIGITS = '7112345678901234567890';
const shots = process.env.SHOTS ?? mkdtempSync(join(tmpdir(), 'stampd-shots-')); /* SHOTS=folder keeps the pictures */
let browser, card;

before(async () => {
  card = await startCard();
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
});
after(async () => {
  await browser?.close();
  card?.stop();
  if (!process.env.SHOTS) rmSync(shots, { recursive: true });
});

/** A page, closed after `use`; anything the policy or a script complains about fails the test. */
async function visit(path, options, use) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo', ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => /Content Security Policy|Uncaught/.test(message.text()) && complaints.push(message.text()));
  await page.goto(card.url + path);
  await use(page);
  await context.close();
  assert.deepEqual(complaints, []);
}

const PHONES = [
  { viewport: { width: 320, height: 640 }, deviceScaleFactor: 2 },
  { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3 },
  { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2.625, colorScheme: 'dark' },
  { viewport: { width: 412, height: 915 }, deviceScaleFactor: 1.5, forcedColors: 'active', colorScheme: 'dark' },
  { viewport: { width: 820, height: 1180 }, deviceScaleFactor: 1 },
];

const run = (program, ...args) => {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch (error) {
    return (error.stdout ?? '').trim(); /* zbarimg: 4 when it found nothing */
  }
};

/** What ZBar finds anywhere on the screen. */
async function seen(page, name) {
  const path = join(shots, `${name}.png`);
  await page.screenshot({ path });
  return run('zbarimg', '-q', '-Sdisable', '-Scode128.enable', '-Sqrcode.enable', path).split('\n').sort();
}

/** What ZXing reads of one code alone: Debian's 1.4.0 stops at an assertion of its own when it sees too much of one. */
async function aimed(page, selector, name) {
  const path = join(shots, `${name}.png`);
  const { x, y, width, height } = await page.locator(selector).boundingBox();
  const flat = /linear/.test(name), turned = /turned/.test(name); /* a third of the bars' length, as a laser line */
  await page.screenshot({ path, clip: {
    x: turned ? x + width / 3 : x, width: turned ? width / 3 : width,
    y: flat ? y + height / 3 : y, height: flat ? height / 3 : height } });
  return /"(.*)"$/.exec(run('ZXingReader', '-1', path))?.[1];
}

test('two readers read both codes from pictures of five screens, light, dark and forced colours', async () => {
  for (const [i, phone] of PHONES.entries()) {
    card.reset();
    await visit('/card', phone, async (page) => {
      assert.deepEqual(await seen(page, `screen-${i}`), [`CODE-128:${DIGITS}`, `QR-Code:${DIGITS}`], `phone ${i}`);
      assert.equal(await aimed(page, '#linear', `linear-${i}`), DIGITS, `phone ${i}`);
      assert.equal(await aimed(page, '#qr', `qr-${i}`), DIGITS, `phone ${i}`);
    });
  }
});

test('the full screen holds one code at a time, large, and both are read', async () => {
  for (const [i, phone] of PHONES.entries()) {
    card.reset();
    await visit('/card', phone, async (page) => {
      await page.click('#enlarge');
      assert.deepEqual(await seen(page, `full-linear-${i}`), [`CODE-128:${DIGITS}`], `phone ${i}`);
      assert.equal(await aimed(page, '.full-turn svg', `full-turned-${i}`), DIGITS, `phone ${i}`);
      await page.click('.full-bar button >> nth=1');
      await page.waitForFunction(() => document.querySelectorAll('.full-bar [aria-pressed]')[1].getAttribute('aria-pressed') === 'true');
      await page.waitForTimeout(400);
      assert.deepEqual(await seen(page, `full-qr-${i}`), [`QR-Code:${DIGITS}`], `phone ${i}`);
      assert.equal(await aimed(page, '.full-qr', `full-square-${i}`), DIGITS, `phone ${i}`);
      await page.keyboard.press('Escape');
      await page.waitForSelector('dialog', { state: 'detached', timeout: 2000 });
      assert.equal(await page.evaluate(() => document.activeElement.id), 'enlarge', 'focus comes back');
    });
  }
});

test('codes are as large and as far apart as the rules want, and nothing is wider than the screen', async () => {
  for (const phone of PHONES) {
    card.reset();
    await visit('/card', phone, async (page) => {
      const box = async (selector) => page.locator(selector).boundingBox();
      const [linear, qr] = [await box('#linear svg'), await box('#qr svg')];
      assert.equal(linear.height, 96);
      assert.ok(linear.width <= 440 && linear.width >= Math.min(phone.viewport.width, 440) - 16, `${linear.width} px wide`);
      assert.ok(qr.width >= 160 && Math.abs(qr.width - qr.height) < 1);
      assert.ok(qr.y - (linear.y + linear.height) >= 24);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    });
  }
});

test('the code is there without any script', async () => {
  card.reset();
  await visit('/card', { javaScriptEnabled: false }, async (page) => {
    assert.deepEqual(await seen(page, 'no-script'), [`CODE-128:${DIGITS}`, `QR-Code:${DIGITS}`]);
  });
});

test('axe finds nothing, in every language, view and scheme', async () => {
  for (const language of ['ja', 'en', 'zh-Hant', 'th']) {
    for (const colorScheme of ['light', 'dark']) {
      card.reset({ language });
      await visit('/card', { colorScheme, viewport: { width: 320, height: 640 }, bypassCSP: true }, async (page) => {
        const check = async (where) => {
          const found = await violationsOf(page, null, RULES);
          const told = found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ').slice(0, 200)}`);
          assert.deepEqual(told, [], `${language} ${colorScheme} ${where}`);
        };
        await check('card');
        for (const view of ['rewards', 'history', 'me']) {
          await page.click(`[data-to="${view}"]`);
          await check(view);
        }
        if (language !== 'ja') return; /* the overlays do not differ but in words */
        await page.click('[data-to="rewards"]');
        await page.click('.ticket button');
        await page.waitForSelector('.show-qr svg');
        await check('voucher');
        await page.keyboard.press('Escape');
        await page.click('[data-to="card"]');
        await page.click('#enlarge');
        await check('full screen');
      });
    }
  }
});

test("axe finds nothing on the sign-in page but LINE's own button colours", async () => {
  for (const colorScheme of ['light', 'dark']) {
    card.reset({ signedIn: false });
    await visit('/card', { colorScheme, bypassCSP: true }, async (page) => {
      const found = await violationsOf(page);
      assert.deepEqual(found.map(({ id, nodes }) => [id, nodes.map(({ target }) => target[0]).join()]),
        [['color-contrast', '#login']]);
      const colours = await page.locator('#login').evaluate((node) => [getComputedStyle(node).backgroundColor, getComputedStyle(node).color]);
      assert.deepEqual(colours, ['rgb(6, 199, 85)', 'rgb(255, 255, 255)']);
    });
  }
});

test('targets are 44 px, and text at 200 % loses nothing at 320 px', async () => {
  for (const language of ['ja', 'en', 'zh-Hant', 'th']) {
    card.reset({ language });
    await visit('/card', { viewport: { width: 320, height: 640 } }, async (page) => {
      for (const view of ['card', 'rewards', 'history', 'me']) {
        await page.evaluate(() => (document.documentElement.style.fontSize = ''));
        if (view !== 'card') await page.click(`[data-to="${view}"]`);
        const small = await page.evaluate(() => [...document.querySelectorAll('button, a')]
          .filter((node) => node.offsetParent !== null).map((node) => [node.textContent, node.getBoundingClientRect()])
          .filter(([, { width, height }]) => width < 44 || height < 44).map(([text]) => text));
        assert.deepEqual(small, [], `${language} ${view}`);
        const cut = await page.evaluate(() => {
          document.documentElement.style.fontSize = '200%';
          return [document.documentElement.scrollWidth, ...[...document.querySelectorAll('main *, .band *')]
            .filter((node) => node.offsetParent !== null && !node.closest('svg, .sr') && node.getBoundingClientRect().right > innerWidth + 1)
            .map((node) => node.className || node.tagName)];
        });
        assert.deepEqual(cut, [320], `${language} ${view}`);
      }
    });
  }
});

const grant = (more) => ({ plan: 1, notice: 5, amount: 1, balance: 8, goal: 10, unit: 'stamp', shop: '上野店', at: Date.now(), vouchers: [], ...more });

test('a stamp drops in with its event, is told once, and the notice is seen', async () => {
  card.reset();
  await visit('/card', {}, async (page) => {
    await page.waitForFunction(() => document.querySelector('#history .day')); /* the first answer is in */
    await expectStream();
    card.state.balance = 8;
    card.send('grant', grant());
    await page.waitForSelector('#stamps li:nth-child(8)[data-state="stamped"]');
    assert.match(await page.locator('#said').textContent(), /スタンプが1個たまりました/);
    assert.equal(await page.locator('#count').textContent(), '10個中8個');
    assert.equal(await page.locator('#next').textContent(), 'あと2個で「お好きなドリンク1杯」');
    const seen = () => card.state.calls.filter((call) => call === 'POST /api/notices/5/seen').length;
    await until(() => seen() > 0, 'the notice is seen');
    assert.equal(seen(), 1);
    assert.equal(await page.locator('#stamps [data-fresh]').count() <= 1, true);
  });
});

const expectStream = () => until(() => card.state.streams.size > 0, 'the page listens');

test('a full card is celebrated once and then starts anew; nobody who wants less motion sees confetti', async () => {
  for (const reducedMotion of ['no-preference', 'reduce']) {
    card.reset({ balance: 9 });
    await visit('/card', { reducedMotion }, async (page) => {
      await page.waitForFunction(() => document.querySelectorAll('#stamps [data-state="stamped"]').length === 9);
      await expectStream();
      Object.assign(card.state, { balance: 0, vouchers: [...card.state.vouchers, { id: 4, title: 'お好きなドリンク1杯', expires: Date.now() + 9e9 }] });
      card.send('grant', grant({ balance: 0, vouchers: [{ id: 4, title: 'お好きなドリンク1杯' }] }));
      await page.waitForFunction(() => document.querySelectorAll('#stamps [data-state="stamped"]').length === 10);
      assert.equal(await page.locator('.confetti').count(), reducedMotion === 'reduce' ? 0 : 1);
      assert.match(await page.locator('#said').textContent(), /達成/);
      await page.waitForFunction(() => document.querySelectorAll('#stamps [data-state="stamped"]').length === 0);
      assert.equal(await page.locator('.ticket').count(), 2);
      assert.equal(await page.locator('.badge').textContent(), '2');
    });
  }
});

test('without a stream the page asks every five seconds', async () => {
  card.reset({ streamsFail: true });
  await visit('/card', {}, async (page) => {
    await page.waitForFunction(() => document.querySelector('#history .day'));
    card.state.balance = 8;
    await page.waitForSelector('#stamps li:nth-child(8)[data-state="stamped"]', { timeout: 7000 });
  });
});

test('a redeemed voucher says so on its open screen and is gone from the list', async () => {
  card.reset();
  await visit('/card', {}, async (page) => {
    await expectStream();
    await page.click('.ticket button');
    await page.waitForSelector('.show-qr svg');
    assert.deepEqual(await seen(page, 'voucher'), [`QR-Code:${DIGITS}`]);
    card.state.vouchers = [];
    card.send('voucher', { id: 3, state: 'redeemed' });
    await page.waitForSelector('.show-done');
        await page.waitForSelector('dialog', { state: 'detached', timeout: 4000 });
    assert.equal(await page.locator('.ticket').count(), 0);
  });
});

test('somebody guesses at the card: its member is asked, live or on opening, and one tap answers', async () => {
  for (const isLive of [true, false]) {
    card.reset({ isGuarded: !isLive });
    await visit('/card', {}, async (page) => {
      await page.waitForFunction(() => document.querySelector('#history .day'));
      if (isLive) {
        await expectStream();
        assert.equal(await page.locator('#guard').count(), 0);
        card.send('guard', { plan: 9 }); /* another card's */
        card.send('guard', { plan: 1 });
      }
      await page.click('#guard button:has-text("はい、本人です")');
      await page.waitForSelector('#guard', { state: 'detached' });
      assert.match(await page.locator('#said').textContent(), /もう一度コードを見せてください/);
      assert.equal(card.state.calls.filter((call) => call === 'POST /api/card/confirm').length, 1);
    });
  }
});

test('why a line is so much stands with it; who asks too early hears from when again', async () => {
  card.reset();
  await visit('/card', {}, async (page) => {
    await page.waitForFunction(() => document.querySelector('#history .day'));
    await expectStream();
    const last = Date.now() - 3_600_000, again = Date.now() + 3 * 3_600_000;
    card.send('soon', { plan: 9, last, again }); /* another card's */
    card.send('soon', { plan: 1, last, again });
    await page.waitForSelector('.toast');
    assert.match(await page.locator('.toast').textContent(), /^\d\d:\d\dに付与済みです。次は\d\d:\d\dからです$/);
    card.send('grant', grant({ amount: 2, balance: 9, parts: [{ reason: 'weekday', percent: 200, weekday: 2, units: 1 }] }));
    await page.waitForFunction(() => /火曜日は2倍 \+1/.test(document.querySelector('.toast')?.textContent ?? ''));
    await page.click('[data-to="history"]');
    const lines = await page.$$eval('#history .entry', (items) => items.map((item) => item.textContent));
    assert.match(lines[3], /来店.*\+2.*上野店 · 火曜日は2倍 \+1 · 残高 6/);
    assert.match(lines[4], /入会特典.*\+3/);
    await page.screenshot({ path: join(shots, 'why.png') });
  });
});

test('offline: the state stays with its time, a dead code does not, and it comes back by itself', async () => {
  card.reset();
  await visit('/card', {}, async (page) => {
    await page.waitForFunction(() => document.querySelector('#history .day'));
    card.state.isDown = true;
    card.state.streams.forEach((stream) => stream.destroy());
    await page.evaluate(() => {
      const real = Date.now;
      Date.now = () => real() + 100_000;
      window.dispatchEvent(new Event('online')); /* it was not: asking shows it */
    });
    await page.waitForSelector('#code-gone');
    await until(async () => /オフライン・\d\d:\d\d 時点/.test(await page.locator('#offline').textContent()), 'the page says that it is offline');
    assert.equal(await page.locator('#panel').isVisible(), false);
    assert.equal(await page.locator('#count').textContent(), '10個中7個');
    await page.screenshot({ path: join(shots, 'offline.png') });
    card.state.isDown = false;
    await page.click('#code-gone button');
    await page.waitForSelector('#code-gone', { state: 'detached' });
    assert.equal(await page.locator('#panel').isVisible(), true);
  });
});

test('inside LINE the page signs in by itself, the token leaves the address, and the card follows', async () => {
  card.reset({ signedIn: false });
  await visit('/card#id_token=abc.def.ghi', {}, async (page) => {
    await page.waitForSelector('#panel');
    assert.equal(new URL(page.url()).hash, '');
    assert.ok(card.state.calls.includes('POST /line/session'));
  });
});

test('a login that does not hold ends in a page with a button, not in a loop', async () => {
  for (const changes of [{ keepsCookie: false }, { session: [401, { error: 'token_expired' }] }, { session: [503, { error: 'busy' }] }]) {
    card.reset({ signedIn: false, ...changes });
    await visit('/card#id_token=abc.def.ghi', {}, async (page) => {
      await page.waitForSelector('[data-state="failed"] #login');
      await page.waitForTimeout(500);
      assert.ok(await page.locator('#fault').textContent() !== '');
      assert.ok(card.state.calls.filter((call) => call === 'GET /card').length <= 3);
    });
  }
});

test("another person's LINE on this phone: the card changes with them, once", async () => {
  card.reset({ session: [200, { member: 'known', changed: true }] });
  await visit('/card#id_token=abc.def.ghi', {}, async (page) => {
    const loads = () => card.state.calls.filter((call) => call === 'GET /card').length;
    await until(() => loads() >= 2, 'the page comes once more');
    await expectStream();
    assert.ok(loads() <= 3, `${loads()} loads`);
  });
});

test('the rich menu\'s tile for rewards opens them, its others the card', async () => {
  for (const [area, view] of [['3', 'rewards'], ['1', 'card']]) {
    card.reset();
    await visit(`/card?menu=member.ja.1.7&area=${area}#id_token=abc.def.ghi`, {}, async (page) => {
      await page.waitForSelector(`[data-to="${view}"][aria-current="page"]`);
    });
  }
});

test('the language changes and stays; who logs out stays out until they come back by hand', async () => {
  card.reset();
  await visit('/card#id_token=abc.def.ghi', {}, async (page) => {
    await page.click('[data-to="me"]');
    await page.click('#languages [lang="en"]');
    await page.waitForSelector('html[lang="en"]');
    await page.click('[data-to="me"]');
    await page.click('#logout');
    await page.click('.ask .button-quiet');
    await page.waitForSelector('#login');
    await until(() => !card.state.signedIn, 'the session ends');
    assert.equal(await page.locator('body').getAttribute('data-state'), 'ready');
  });
});

test('the bar, the back key and the keyboard alone reach every view', async () => {
  card.reset();
  await visit('/card', {}, async (page) => {
    await page.focus('[data-to="history"]');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('#h-history').isVisible(), true);
    assert.equal(await page.locator('[aria-current="page"]').getAttribute('data-to'), 'history');
    await page.goBack();
    assert.equal(await page.locator('#panel').isVisible(), true);
    assert.equal(new URL(page.url()).pathname, '/card');
  });
});

test('what is owed stands on the card in one sentence, as long as it is owed', async () => {
  for (const colorScheme of ['light', 'dark']) {
    card.reset({ owed: 145 });
    await visit('/card', { viewport: { width: 320, height: 640 }, colorScheme }, async (page) => {
      await page.waitForSelector('#owed:visible');
      assert.match(await page.textContent('#owed'), /145個不足/);
      await page.screenshot({ path: join(shots, `owed-${colorScheme}.png`) });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      const violations = await violationsOf(page);
      assert.deepEqual(violations.map((v) => v.id), []);
      card.state.owed = 0;
      card.send('balance', { plan: 1 });
      await page.waitForSelector('#owed', { state: 'hidden' });
    });
  }
});

test('points are used after a yes: to what the till asks, or before it asks', async () => {
  card.reset({ spendYen: 1, balance: 7 });
  for (const colorScheme of ['light', 'dark'])
    await visit('/card', { viewport: { width: 320, height: 640 }, colorScheme }, async (page) => {
      const fits = async (name) => {
        await page.screenshot({ path: join(shots, `spend-${name}-${colorScheme}.png`) });
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), name);
        const violations = await violationsOf(page);
        assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.target).join(' ')}`), [], name);
      };
      await page.waitForSelector('#spend');
      await expectStream();
      await fits('offered');
      card.send('spend_ask', { plan: 1, points: 300, worth: 300, shop: '上野店', until: Date.now() + 60_000 });
      await page.waitForSelector('dialog[open] .ask');
      assert.match(await page.textContent('dialog'), /300ポイントを使いますか？.*上野店.*300円引き/s);
      await fits('asked');
      await page.keyboard.press('Enter'); // the yes has the focus
      await page.waitForSelector('dialog', { state: 'detached' });
      assert.deepEqual(card.state.yes, { plan: 1, points: 300 });
      Object.assign(card.state, { balance: 4, spendable: 3 }); // one of them is still pending
      card.send('spend', { plan: 1, points: 300, worth: 300, balance: 4, goal: 10, shop: '上野店', at: Date.now() });
      await page.waitForFunction(() => document.querySelectorAll('#stamps [data-state=stamped]').length === 4);
      await page.click('#spend');
      await page.waitForSelector('dialog[open] .ask');
      assert.match(await page.textContent('dialog'), /3ポイント（3円分）使えます/);
      await fits('own-yes');
      await page.click('dialog .button');
      await page.waitForSelector('dialog', { state: 'detached' });
      assert.deepEqual(card.state.yes, { plan: 1, all: true });
      card.send('spend_ask', { plan: 1, points: 1, worth: 1, shop: '上野店', until: Date.now() + 1_000 });
      await page.waitForSelector('dialog[open]');
      await page.waitForSelector('dialog', { state: 'detached', timeout: 5_000 }); // the till has stopped waiting
      card.state.spendRefusal = { error: 'points_short', have: 2 }; // some were used elsewhere meanwhile
      await page.click('#spend');
      await page.click('dialog .button');
      await page.waitForFunction(() => document.querySelector('.toast')?.textContent === 'いま使えるのは2ポイントまでです');
      Object.assign(card.state, { spendRefusal: null, balance: 7, spendable: undefined });
    });
  card.reset({ spendYen: 1, balance: 7, spendable: 0 });
  await visit('/card', {}, async (page) => {
    await page.waitForFunction(() => document.querySelector('#history .day')); /* the first answer is in */
    assert.equal(await page.locator('#spend').count(), 0, 'nothing of it can be used yet');
  });
});

// ------------------------------------------------------------ points for a reward

const OFFERS = [
  { id: 5, title: 'お好きなドリンク1杯', kind: 'free_item', value: 0, price: 50, valid_days: 30, left: null, final: false, back: false, issue: null,
    redeem: { days: 31, from_min: 840, until_min: 1020, shops: ['上野店', '浅草店'] }, prizes: [] },
  { id: 6, title: 'お楽しみくじ', kind: 'plain', value: 0, price: 30, valid_days: 30, left: null, final: true, back: false, issue: null, redeem: null,
    prizes: [{ title: '1等 3000円引き', kind: 'yen_off', value: 3000, odds: 10_000 }, { title: '参加賞 5%引き', kind: 'percent', value: 5, odds: 990_000 }] },
  { id: 7, title: '限定マグカップ', kind: 'gift', value: 0, price: 300, valid_days: 60, left: 12, final: false, back: false, issue: null, redeem: null,
    prizes: [], reason: 'not_enough', missing: 180 },
  { id: 8, title: '500円引き', kind: 'yen_off', value: 500, price: 500, valid_days: 60, left: 0, final: false, back: false, issue: null, redeem: { min_yen: 1500 },
    prizes: [], reason: 'sold_out_today', again: Date.now() + 86_400_000 },
];
const toRewards = (page) => page.click('#bar [data-to="rewards"]');

test('points are swapped after a question, once, and taken back while they can be', async () => {
  card.reset({ offers: OFFERS, usable: 120 });
  await visit('/card', {}, async (page) => {
    await toRewards(page);
    await page.waitForSelector('#offers');
    assert.equal(await page.locator('.offer').count(), 4);
    assert.match(await page.locator('[data-reward="5"]').innerText(), /50ポイント · 無料[\s\S]*上野店, 浅草店[\s\S]*月–金 14:00–17:00/);
    assert.ok(await page.locator('[data-reward="7"] button').isDisabled());
    assert.match(await page.locator('[data-reward="7"]').innerText(), /あと180ポイント必要です/);
    assert.match(await page.locator('[data-reward="8"]').innerText(), /本日分は終了しました/);
    assert.deepEqual(card.state.calls.filter((call) => call.startsWith('POST /api/card/swaps')), []);

    await page.click('[data-reward="5"] button');
    assert.match(await page.locator('dialog').innerText(), /50ポイントを「お好きなドリンク1杯」と交換しますか[\s\S]*残りは70ポイント[\s\S]*5分以内/);
    await page.click('dialog .button-quiet'); /* no is no */
    assert.equal(card.state.keys.length, 0);

    card.state.swap = [409, { error: 'sold_out' }];
    await page.click('[data-reward="5"] button');
    await page.click('dialog .button');
    await page.waitForFunction(() => document.querySelector('dialog [role="status"]')?.textContent);
    assert.match(await page.locator('dialog').innerText(), /なくなりました/);
    card.state.swap = [201, { transfer: 12, voucher: 9, title: 'お好きなドリンク1杯', undo_until: 0 }];
    card.state.recent = [{ transfer: 12, voucher: 9, amount: 50, until: Date.now() + 300_000, title: 'お好きなドリンク1杯' }];
    await page.click('dialog .button');
    await page.waitForSelector('.recent [data-transfer="12"]');
    assert.deepEqual(card.state.swapped['/api/card/swaps'], { reward: 5 });
    assert.equal(new Set(card.state.keys).size, 1, 'one question, one key');

    card.state.recent = [];
    await page.click('.recent button');
    await page.waitForSelector('.recent', { state: 'detached' });
    assert.deepEqual(card.state.swapped['/api/card/swaps/undo'], { transfer: 12 });
    assert.equal(new Set(card.state.keys).size, 2);
  });
});

test('the catalogue fits narrow phones, is dark in the dark, and has no barriers', async () => {
  for (const [i, phone] of [{ viewport: { width: 320, height: 640 } }, { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
    { viewport: { width: 390, height: 844 } }].entries()) {
    card.reset({ offers: OFFERS, usable: 120, recent: [{ transfer: 12, voucher: 9, amount: 50, until: Date.now() + 300_000, title: 'お好きなドリンク1杯' }] });
    await visit('/card', phone, async (page) => {
      await toRewards(page);
      await page.waitForSelector('#offers');
      await page.click('.prizes summary');
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
      await page.screenshot({ path: join(shots, `offers-${i}.png`), fullPage: true });
      const violations = await violationsOf(page, 'main', ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']);
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes[0].html]), []);
    });
  }
});

/* The same lot as in tests/unit/draw.test.mjs. */
const SEED = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
const DRAW = {
  transfer: 57, nth: 1, roll: 655992, key: '00'.repeat(16), seed: SEED.toString('hex'), seed_hash: createHash('sha256').update(SEED).digest('hex'),
  prizes: [{ title: '1等 3000円引き', odds: 10_000 }, { title: '2等 500円引き', odds: 690_000 }, { title: '参加賞 5%引き', odds: 300_000 }], drawn: 1, won: 2,
};
const DRAWS = [{ voucher: 12, title: '参加賞 5%引き', state: 'redeemed', at: Date.now() - 40 * 86_400_000 }];

test('a prize that was used long ago is counted again on the phone, and another count is told', async () => {
  const { seed, ...sealed } = DRAW;
  card.reset({ draws: DRAWS, facts: { kind: 'percent', value: 5, redeem: null, code: null, draw: sealed } });
  await visit('/card', {}, async (page) => {
    const count = async (draw, state) => {
      card.state.facts.draw = draw;
      await toRewards(page);
      await page.waitForSelector('#draws');
      await page.click('#draws summary');
      await page.waitForSelector(`.drawn-count[data-state="${state}"]`);
      const said = await page.locator('#draws').innerText();
      await page.click('#bar [data-to="card"]');
      return said;
    };
    assert.match(await count(sealed, 'open'), /参加賞 5%引き · .*使用済み[\s\S]*出た数は655,992[\s\S]*700,000 – 999,999[\s\S]*残っていなかったため[\s\S]*秘密の値が公開され/);
    assert.match(await count(DRAW, 'matches'), /結果は一致し、公開された値は前もって決めたもの/);
    assert.match(await count({ ...DRAW, roll: 655993 }, 'differs'), /一致しません。.*57-1/);
    const other = Buffer.alloc(32, 7);
    const hash = createHash('sha256').update(other).digest('hex');
    await count({ ...DRAW, seed: other.toString('hex'), seed_hash: hash }, 'differs'); /* the phone has seen another promise */
  });
});

test('how a prize was drawn fits narrow phones, is dark in the dark, and has no barriers', async () => {
  for (const [i, phone] of [{ viewport: { width: 320, height: 640 } }, { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
    { viewport: { width: 390, height: 844 } }].entries()) {
    card.reset({ draws: DRAWS, facts: { kind: 'percent', value: 5, redeem: null, code: null, draw: DRAW } });
    await visit('/card', phone, async (page) => {
      await toRewards(page);
      await page.waitForSelector('#draws');
      await page.click('#draws summary');
      await page.waitForSelector('.drawn-count[data-state="matches"]');
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');
      await page.screenshot({ path: join(shots, `draws-${i}.png`), fullPage: true });
      const violations = await violationsOf(page, 'main', ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']);
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes[0].html]), []);
    });
  }
});

test('a voucher says what it is worth and asks for beside its code', async () => {
  card.reset({ facts: { kind: 'yen_off', value: 500, redeem: { min_yen: 1500, until: Date.now() }, code: null } });
  await visit('/card', {}, async (page) => {
    await page.click('.ticket button');
    await page.waitForFunction(() => document.querySelector('.show-facts')?.childElementCount);
    assert.match(await page.locator('.show-facts').innerText(), /500円引き[\s\S]*1,500円以上/);
    await page.screenshot({ path: join(shots, 'voucher-facts.png') });
  });
});
