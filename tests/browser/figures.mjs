/*
 * figures.mjs - what the card costs and how soon its code is there, on a slow phone and a slow line.
 *
 * Chromium with the processor slowed six times, 150 ms round trip, 1.6 Mbit/s, no cache but the session's cookie. Prints the
 * figures; ends with 1 when the HTML is over 14 KB gzip, the script over 40 KB gzip, or the code later than a second.
 */
import { gzipSync } from 'node:zlib';
import { launch, openCard, startWorld } from './world.mjs';

const RUNS = 7;
const world = await startWorld();
const browser = await launch();
const { context, page } = await openCard(browser, world, 3);
const client = await context.newCDPSession(page);
await client.send('Network.enable');
await client.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 });
await client.send('Emulation.setCPUThrottlingRate', { rate: 6 });
await page.addInitScript(() => {
  /* When the linear code is in the page and a frame with it has been drawn. */
  const look = () => {
    const bars = document.querySelector('.codes-linear svg path');
    if (bars) requestAnimationFrame(() => requestAnimationFrame(() => { window.codeDrawn = performance.now(); }));
    else requestAnimationFrame(look);
  };
  look();
});

const sorted = (list) => [...list].sort((a, b) => a - b);
const visible = [], paints = [];
for (let i = 0; i < RUNS; i++) {
  await client.send('Network.clearBrowserCache');
  await page.goto(`${world.url}/card`, { waitUntil: 'load' });
  await page.waitForFunction(() => window.codeDrawn > 0);
  visible.push(await page.evaluate(() => window.codeDrawn));
  paints.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0));
}

const cookie = (await context.cookies()).map((c) => `${c.name}=${c.value}`).join('; ');
const answer = await fetch(`${world.url}/card`, { headers: { cookie, 'accept-encoding': 'identity' } });
const html = Buffer.from(await answer.arrayBuffer());
const scripts = new Set(await page.evaluate(() => performance.getEntriesByType('resource').map((e) => e.name).filter((n) => n.endsWith('.js'))));
let script = 0;
for (const url of scripts) script += gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer()), { level: 9 }).length;
const size = gzipSync(html).length;
const median = sorted(visible)[Math.floor(RUNS / 2)];

console.log(`card HTML        ${html.length} bytes, ${size} gzip, in 1 request`);
console.log(`script after it  ${script} bytes gzip in ${scripts.size} file(s)`);
console.log(`first paint      median ${Math.round(sorted(paints)[Math.floor(RUNS / 2)])} ms`);
console.log(`code visible     median ${Math.round(median)} ms, slowest of ${RUNS} ${Math.round(Math.max(...visible))} ms (processor / 6, 150 ms, 1.6 Mbit/s)`);
await browser.close();
await world.stop();
process.exitCode = size <= 14 * 1024 && script <= 40 * 1024 && median < 1000 ? 0 : 1;
