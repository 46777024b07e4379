/* The till's scanner check before the real server: every way of sending the three codes is told, in words. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { violationsOf } from './axe.mjs';
import { launch, startWorld } from './world.mjs';

const JAN = '0212345678909', NW7 = 'A30405060B', C128 = 'Ab-1234:+=@';
let browser, world;

before(async () => {
  world = await startWorld();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

/** The page as a till that nobody has enrolled yet has it; what the policy or a script complains about fails. */
async function open(use, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1024, height: 768 }, locale: 'en-GB', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => /Content Security Policy|Uncaught/.test(message.text()) && complaints.push(message.text()));
  await page.clock.install();
  await page.goto(`${world.url}/till`);
  await page.waitForSelector('.main-enrol');
  await page.locator('.bar-tools .tool').first().click();
  await page.locator('dialog[open] button:has(.icon)').nth(1).click();
  await page.waitForSelector('.main-scanner .sample:nth-child(3) svg');
  await use(page);
  await context.close();
  assert.deepEqual(complaints, []);
}

const CODES = { ' ': 'Space', '-': 'Minus', ':': 'Semicolon', '+': 'Equal', '=': 'Equal', '@': 'Digit2', ']': 'BracketRight' };
const codeOf = (key) => (/\d/.test(key) ? `Digit${key}` : /[a-z]/i.test(key) ? `Key${key.toUpperCase()}` : (CODES[key] ?? ''));

/** As a scanner sends it: keys `gap` ms apart, `end` behind them; an input method hides them, or Caps Lock is on. */
async function send(page, text, { gap = 4, end = 'Enter', isKana = false, isCaps = false } = {}) {
  for (const key of [...text, ...(end ? [end] : [])]) {
    await page.evaluate(([init, caps]) => {
      const event = new KeyboardEvent('keydown', { ...init, modifierCapsLock: caps, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    }, [key === end ? { key, code: key } : isKana ? { key: 'Process', code: codeOf(key), keyCode: 229 } : { key, code: codeOf(key) }, isCaps]);
    await page.clock.runFor(gap);
  }
  await page.clock.runFor(1500); /* also past the second in which the same code is a second beep */
}

/** The words on the card of a form, without its drawing. */
const words = (page, n) => page.locator('.samples .sample').nth(n).innerText();
const summary = (page) => page.locator('.scanner-check > [role=status]').innerText();

const NUMBER = { [JAN]: 0, [NW7]: 1, [C128]: 2 };
const ROWS = [
  ['all well: JAN-13', JAN, JAN, {}, /Read as it is/],
  ['all well: Code 128', C128, C128, {}, /Read as it is/],
  ['start and stop not sent', NW7, NW7.slice(1, -1), {}, /Read as it is/],
  ['start and stop sent', NW7, NW7, {}, /Start and stop characters are sent/],
  ['start and stop in lower case', NW7, NW7.toLowerCase(), {}, /as small letters/],
  ['check digit dropped', JAN, JAN.slice(0, -1), {}, /check digit is missing/],
  ['leading zero dropped', JAN, JAN.slice(1), {}, /leading zero is missing/],
  ['both dropped', JAN, JAN.slice(1, -1), {}, /check digit is missing.*leading zero is missing/s],
  ['no Enter', JAN, JAN, { end: '' }, /No Enter at the end/],
  ['Tab instead', JAN, JAN, { end: 'Tab' }, /end: Tab/],
  ['AIM identifier', C128, `]C0${C128}`, {}, /AIM code identifier/],
  ['input method on', JAN, JAN, { isKana: true }, /full-width input is on/],
  ['input method on, letters', C128, C128, { isKana: true }, /full-width input is on/],
  ['US scanner, Japanese computer', C128, 'Ab-1234+~^"', {}, /as on a US keyboard/],
  ['Japanese scanner, US computer', C128, "Ab-1234':_[", {}, /as on a Japanese keyboard/],
  ['another keyboard', C128, 'Ab-1234;?*!', {}, /Marks come out/],
  ['Caps Lock', C128, 'aB-1234:+=@', { isCaps: true }, /Capitals and small letters/],
  ['Caps Lock, NW-7', NW7, 'a30405060b', { isCaps: true }, /Capitals and small letters/],
  ['a slow scanner', JAN, JAN, { gap: 90 }, /Slow: \d+ ms/],
  ['a prefix', JAN, `##${JAN}`, {}, /Other characters stand around/],
];

test('each fault is named on the card of its code, with what to change', async () => {
  await open(async (page) => {
    assert.match(await summary(page), /Scan these three codes/);
    for (const [name, sample, sent, how, want] of ROWS) {
      await send(page, sent, how);
      assert.match(await words(page, NUMBER[sample]), want, name);
    }
    await send(page, '4901234567894');
    assert.match(await page.locator('.scanner-check > .sample').innerText(), /none of the three codes/);
  });
});

test('three good scans are well; a fault keeps them from being', async () => {
  await open(async (page) => {
    await send(page, JAN);
    assert.match(await summary(page), /2 still to scan/);
    await send(page, NW7.slice(1, -1));
    await send(page, C128);
    assert.match(await summary(page), /The scanner is set up well/);
    await send(page, NW7);
    assert.match(await summary(page), /the till copes/);
    await send(page, JAN, { end: '' });
    assert.match(await summary(page), /change what is marked/);
    await send(page, JAN, { gap: 75 });
    await page.getByRole('button', { name: 'Let the till wait' }).click();
    await page.locator('.sample').getByText('Slow').waitFor({ state: 'detached' });
  });
});

test('a scanner that reads nothing, or not this kind of code, is told after a while', async () => {
  await open(async (page) => {
    await page.clock.runFor(21000);
    assert.match(await summary(page), /Nothing arrives/);
    await send(page, JAN);
    assert.match(await summary(page), /2 still to scan/);
    await page.clock.runFor(21000);
    assert.match(await words(page, 1), /Switch NW-7 \(Codabar\) on/);
    assert.doesNotMatch(await words(page, 0), /Switch/);
    await page.keyboard.press('Escape');
    await page.locator('.main-enrol').waitFor();
  });
});

for (const [width, language, scheme] of [[320, 'ja-JP', 'light'], [320, 'en-GB', 'dark'], [320, 'th-TH', 'light'], [912, 'ja-JP', 'dark'], [912, 'zh-TW', 'light']]) {
  test(`it fits, is usable by everyone and can be read: ${width} px, ${language}, ${scheme}`, async () => {
    await open(async (page) => {
      await send(page, JAN.slice(0, -1), { end: '' });
      await send(page, NW7);
      await send(page, C128);
      const over = await page.evaluate(() => Math.max(document.documentElement.scrollWidth - innerWidth,
        document.querySelector('main').scrollWidth - document.querySelector('main').clientWidth));
      assert.ok(over <= 0, `${over} px too wide`);
      const violations = await violationsOf(page);
      assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.target).join(' ')}`), []);
      if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/scanner-${width}-${language}-${scheme}.png` });
      const dir = mkdtempSync(join(tmpdir(), 'stampd-scanner-'));
      for (const [sample, n] of Object.entries(NUMBER)) {
        const path = join(dir, `${n}.png`);
        await page.locator('.sample-panel').nth(n).screenshot({ path });
        const read = execFileSync('zbarimg', ['-q', '--raw', '-Sdisable', '-Sean13.enable', '-Scodabar.enable', '-Scode128.enable', path], { encoding: 'utf8' });
        assert.equal(read.trim(), sample);
      }
      rmSync(dir, { recursive: true });
    }, { viewport: { width, height: width === 320 ? 640 : 1368 }, locale: language, colorScheme: scheme, deviceScaleFactor: 2 });
  });
}
