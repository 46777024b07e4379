/* The codes on the real card, from the real service: two readers we did not write read them from every screen. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { launch, openCard, startWorld } from './world.mjs';

let world, browser, session;
const shots = mkdtempSync(join(tmpdir(), 'stampd-codes-'));
before(async () => {
  world = await startWorld();
  browser = await launch();
  const { context } = await openCard(browser, world, 3);
  session = await context.storageState();
  await context.close();
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
  ZXingReader: (file) => [...lines('ZXingReader', file).matchAll(/Text:\s+"?(\d+)/g)].map(([, n]) => n),
};

/** The picture of one code alone, with what surrounds it on the page. */
async function shoot(page, selector, name) {
  const path = join(shots, `${name}.png`);
  const box = await page.locator(selector).boundingBox();
  await page.screenshot({ path, clip: { x: Math.max(0, box.x - 4), y: Math.max(0, box.y - 4), width: box.width + 8, height: box.height + 8 } });
  return path;
}

for (const deviceScaleFactor of [1, 2, 2.625, 3])
  for (const mode of ['light', 'dark', 'forced']) {
    const screen = { deviceScaleFactor, colorScheme: mode === 'light' ? 'light' : 'dark', forcedColors: mode === 'forced' ? 'active' : 'none' };

    test(`at ${deviceScaleFactor} device pixels, ${mode}: both readers read QR, Code 128 and JAN-13, drawn without script`, async () => {
      const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...screen, storageState: session, javaScriptEnabled: false });
      const page = await context.newPage();
      for (const [plan, linear] of [[1, 'code128'], [2, 'jan13']]) {
        await page.goto(`${world.url}/card/${plan}`);
        const { codes: [code] } = JSON.parse(await page.locator('#codes').textContent());
        const want = { qr: code.digits, linear: code.linear.replace(/\D/g, '') };
        assert.equal(want.linear.length, linear === 'jan13' ? 13 : 22);
        for (const [kind, selector] of [['qr', '.codes-qr svg'], ['linear', '.codes-linear svg']]) {
          const file = await shoot(page, selector, `${plan}-${kind}-${deviceScaleFactor}-${mode}`);
          for (const [name, read] of Object.entries(readers))
            assert.deepEqual([...new Set(read(file))], [want[kind]], `${name} on ${linear} ${kind}`);
        }
      }
      await context.close();
    });
  }
