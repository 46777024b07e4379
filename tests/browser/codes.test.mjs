/* The codes on the real card, from the real service: two readers we did not write read them from every screen. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { launch, openCard, startWorld } from './world.mjs';

let world, browser, session, darkroom; /* a page of its own, to look at the pixels of others */
const shots = mkdtempSync(join(tmpdir(), 'stampd-codes-'));
before(async () => {
  world = await startWorld();
  world.stampd(...'plan add --name Numbers --goal 5 --rewards 5=Tea --linear number --number nw7 --number-prefix 20'.split(' '),
    ...'--number-length 10 --number-check 7dr --number-frame AB'.split(' '));
  browser = await launch();
  const { context } = await openCard(browser, world, 3);
  session = await context.storageState();
  await context.close();
  darkroom = await (await browser.newContext()).newPage();
});
after(async () => {
  await browser?.close();
  await world?.stop();
  rmSync(shots, { recursive: true });
});

const lines = (program, ...args) => {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    return error.stdout ?? ''; /* they exit with an error when they found nothing */
  }
};

/** All numbers each reader finds on the picture. */
const readers = {
  zbarimg: (file) => [...lines('zbarimg', '--quiet', '--raw', file).matchAll(/\d+/g)].map(([n]) => n),
  ZXingReader: (file, ...options) => [...lines('ZXingReader', ...options, file).matchAll(/Text:\s+"?(\d+)/g)].map(([, n]) => n),
};

/** The picture of one code alone, with what surrounds it on the page. */
async function shoot(page, selector, name) {
  const path = join(shots, `${name}.png`);
  const box = await page.locator(selector).boundingBox();
  await page.screenshot({ path, clip: { x: Math.max(0, box.x - 4), y: Math.max(0, box.y - 4), width: box.width + 8, height: box.height + 8 } });
  return path;
}

/**
 * The pixels of a drawn code: how many modules of nothing but #fff lie left and right of what is dark, above and below
 * it, and whether any pixel has a colour.
 */
async function margins(page, selector) {
  const svg = page.locator(selector);
  const box = await svg.boundingBox();
  const [, , modules] = (await svg.getAttribute('viewBox')).split(' ').map(Number);
  const edge = 1; /* CSS pixel: the outermost device pixels may be shared with what is beside the picture */
  const clip = { x: box.x + edge, y: box.y + edge, width: box.width - 2 * edge, height: box.height - 2 * edge };
  const png = (await page.screenshot({ clip })).toString('base64');
  return darkroom.evaluate(async ({ png, clip, edge, module }) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const { width, height } = image;
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const pen = canvas.getContext('2d');
    pen.drawImage(image, 0, 0);
    const { data } = pen.getImageData(0, 0, width, height);
    let left = width, right = -1, top = height, bottom = -1, coloured = 0;
    for (let i = 0; i < data.length; i += 4) {
      const x = (i / 4) % width, y = Math.floor(i / 4 / width);
      if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) coloured++;
      if (data[i] === 255 && data[i + 1] === 255 && data[i + 2] === 255) continue;
      left = Math.min(left, x), right = Math.max(right, x), top = Math.min(top, y), bottom = Math.max(bottom, y);
    }
    const inModules = (pixels) => ((pixels * clip.width) / width + edge) / module;
    return { coloured, left: inModules(left), right: inModules(width - 1 - right), top: inModules(top), bottom: inModules(height - 1 - bottom) };
  }, { png, clip, edge, module: box.width / modules });
}

for (const deviceScaleFactor of [1, 2, 2.625, 3])
  for (const mode of ['light', 'dark', 'forced']) {
    const screen = { deviceScaleFactor, colorScheme: mode === 'light' ? 'light' : 'dark', forcedColors: mode === 'forced' ? 'active' : 'none' };

    test(`at ${deviceScaleFactor} device pixels, ${mode}: both readers read QR, Code 128, JAN-13 and NW-7, drawn without script`, async () => {
      const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...screen, storageState: session, javaScriptEnabled: false });
      const page = await context.newPage();
      for (const [plan, digits, linear] of [[1, 22, 'code128'], [2, 13, 'jan13'], [3, 10, 'nw7']]) {
        await page.goto(`${world.url}/card/${plan}`);
        const { codes: [code] } = JSON.parse(await page.locator('#codes').textContent());
        const want = { qr: code.digits, linear: code.linear.replace(/\D/g, '') };
        assert.equal(want.linear.length, digits);
        for (const [kind, selector] of [['qr', '.codes-qr svg'], ['linear', '.codes-linear svg']]) {
          const file = await shoot(page, selector, `${plan}-${kind}-${deviceScaleFactor}-${mode}`);
          for (const [name, read] of Object.entries(readers))
            assert.deepEqual([...new Set(read(file))], [want[kind]], `${name} on ${linear} ${kind}`);
        }
        /* The whole screen at once. ZXing 1.4 aborts where it finds a line code again on a smaller copy: -noscale. */
        const whole = join(shots, `${plan}-${deviceScaleFactor}-${mode}.png`);
        await page.screenshot({ path: whole });
        for (const found of [readers.zbarimg(whole), readers.ZXingReader(whole, '-noscale')])
          assert.deepEqual(new Set(found), new Set([want.qr, want.linear]), `the whole screen, ${linear}`);
      }
      await context.close();
    });
  }

/* The edge of a bar may share one pixel with the white beside it. */
for (const mode of ['dark', 'forced'])
  for (const deviceScaleFactor of [1, 2.625])
    test(`at ${deviceScaleFactor} device pixels, ${mode}: nothing but white within 10 modules of the bars, 4 of the QR, and no colour`, async () => {
      const screen = { deviceScaleFactor, colorScheme: 'dark', forcedColors: mode === 'forced' ? 'active' : 'none' };
      const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...screen, storageState: session, javaScriptEnabled: false });
      const page = await context.newPage();
      for (const plan of [1, 2]) {
        await page.goto(`${world.url}/card/${plan}`);
        const bars = await margins(page, '.codes-linear svg');
        const qr = await margins(page, '.codes-qr svg');
        assert.ok(bars.left > 9.4 && bars.right > 9.4, `plan ${plan}: white beside the bars: ${JSON.stringify(bars)}`);
        assert.ok(Math.min(qr.left, qr.right, qr.top, qr.bottom) > 3.7, `plan ${plan}: white around the QR: ${JSON.stringify(qr)}`);
        assert.deepEqual([bars.coloured, qr.coloured], [0, 0]);
      }
      await context.close();
    });

test('a fixed number stays where it is while the QR beside it changes', async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, storageState: session });
  const page = await context.newPage();
  await page.clock.install({ time: Date.now() });
  for (const [plan, stays] of [[1, false], [3, true]]) {
    const next = page.waitForResponse(/\/api\/card\/codes/); /* a jump while it is under way would look like a slow network */
    await page.goto(`${world.url}/card/${plan}`);
    await (await next).finished();
    await page.waitForFunction(() => document.querySelector('#linear-text').dataset.digits);
    /* In one look: a step may end between two. */
    const { before, text, name } = await page.evaluate(() => {
      const [text, svg] = ['#linear-text', '#linear svg'].map((selector) => document.querySelector(selector));
      svg.dataset.mark = 'first';
      return { before: text.dataset.digits, text: text.textContent, name: svg.getAttribute('aria-label') ?? svg.querySelector('title').textContent };
    });
    await page.clock.fastForward(30_000);
    const after = await page.waitForFunction((old) => {
      const text = document.querySelector('#linear-text');
      return text.dataset.digits !== old && { text: text.textContent, marked: document.querySelectorAll('#linear svg[data-mark]').length };
    }, before).then((found) => found.jsonValue());
    assert.deepEqual([after.marked, after.text === text], [stays ? 1 : 0, stays]);
    if (stays) {
      assert.match(text, /^20\d\d \d{4} \d\d$/);
      assert.equal(name, `條碼 ${text.replace(/ /g, '')}`);
    }
  }
  await context.close();
});
