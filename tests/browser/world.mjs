/*
 * world.mjs - the demo's world for a test: line-sim and stampd on ports of their own, with the demo's data.
 *
 *   const world = await startWorld();   // world.url, world.sim, world.stampd(...words), world.stop()
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const bin = process.env.B ?? 'build/release';

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });

/* Below those that the system gives away by itself (from 32768), so that nobody takes it before the program does. */
const freePort = () => new Promise((resolve) => {
  const server = createServer();
  const look = () => server.listen(20000 + Math.floor(Math.random() * 12000), '127.0.0.1');
  server.on('error', look);
  server.on('listening', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
  look();
});

/** A program that is ready when it has said `word`. */
function start(program, words, word) {
  const child = spawn(join(bin, program), words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const ready = new Promise((resolve, reject) => {
    const hear = (bytes) => {
      said = (said + bytes).slice(-65536);
      if (said.includes(word)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}: ${said}`)));
  });
  const stop = () => new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
  return { ready, stop, child, said: () => said };
}

export async function startWorld({ language = 'en', people = 8 } = {}) {
  const [port, simPort] = [await freePort(), await freePort()];
  const dir = mkdtempSync(join(tmpdir(), 'stampd-world-'));
  const conf = join(dir, 'stampd.conf');
  const url = `http://127.0.0.1:${port}`, sim = `http://127.0.0.1:${simPort}`;
  const stampd = (...words) => execFileSync(join(bin, 'stampd'), ['--config', conf, ...words], { encoding: 'utf8' });

  execFileSync(join(bin, 'stampd'), ['demo-data', '--dir', dir, '--listen', `127.0.0.1:${port}`, '--sim', sim, '--language', language]);
  const programs = [
    start('line-sim', ['--listen', `127.0.0.1:${simPort}`, '--webhook', `${url}/line/webhook`, '--liff', `${url}/card`, '--people', String(people)], 'listening'),
    start('stampd', ['--config', conf, 'serve'], 'serve.started'),
  ];
  await Promise.all(programs.map((p) => p.ready));
  return {
    url, sim, stampd,
    demo: JSON.parse(readFileSync(join(dir, 'demo.json'), 'utf8')),
    serve: programs[1].child,
    log: () => programs[1].said(),
    async stop() {
      await programs[1].stop();
      await programs[0].stop();
      rmSync(dir, { recursive: true });
    },
  };
}

/** "name=value" of each cookie an answer sets. Node 18 has them in one line only. */
export const cookiesOf = (answer) =>
  (answer.headers.get('set-cookie') ?? '').split(/, (?=[^;,]+=)/).map((line) => line.split(';')[0]).filter(Boolean);

/** A browser context in which person n has opened the card through line-sim, as LINE's app would. */
export async function openCard(browser, world, person, options = {}) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-US', ...options });
  const page = await context.newPage();
  const { id_token: token } = await (await fetch(`${world.sim}/sim/liff-token?person=${person}`)).json();
  await page.goto(`${world.url}/card#id_token=${token}`);
  await page.waitForSelector('#codes', { state: 'attached' });
  return { context, page };
}
