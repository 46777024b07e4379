/*
 * owner_pages.mjs - the owner's pages for tests: claimed once, opened as often as needed, judged by axe.
 *
 *   const here = ownersWorld();
 *   test('...', () => here.visit('#cost', {}, async (page) => { ... }));
 *
 * or, with a world of one's own: claimOwner and visitOwner.
 */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { violationsOf } from './axe.mjs';
import { launch, openCard, startWorld } from './world.mjs';

export const OWNER = 3; /* of the demo's people */

/** Makes person OWNER the owner; the state of the browser in which they are signed in. */
export async function claimOwner(browser, world) {
  const { context, page } = await openCard(browser, world, OWNER);
  await page.goto(`${world.url}${world.demo.owner_link}`);
  await page.waitForSelector('.tiles');
  const state = await context.storageState();
  await context.close();
  return state;
}

/** One of the owner's pages; what the policy or a script complains about fails the test. */
export async function visitOwner(browser, world, state, hash, options, use) {
  const place = await browser.newContext({ storageState: state, viewport: { width: 1280, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce', ...options });
  const page = await place.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && !/status of 4\d\d/.test(message.text()) && complaints.push(message.text()));
  await page.goto(`${world.url}/admin${hash}`);
  await use(page);
  await place.close();
  assert.deepEqual(complaints, []);
}

/** Whoever cannot see or cannot use a mouse gets along, and nothing is cut off at the side. */
export async function isFit(page, name = 'the page') {
  const violations = await violationsOf(page);
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join()}`), [], name);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than the screen`);
}

/** A world for all tests of a file, its owner claimed: browser, world and owner are there once they begin. */
export function ownersWorld() {
  const here = { visit: (hash, options, use) => visitOwner(here.browser, here.world, here.owner, hash, options, use) };
  before(async () => {
    [here.browser, here.world] = await Promise.all([launch(), startWorld()]);
    here.owner = await claimOwner(here.browser, here.world);
  });
  after(async () => {
    await here.browser?.close();
    await here.world?.stop();
  });
  return here;
}

export const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
export const says = (page, text) => page.waitForFunction((wanted) => [...document.querySelectorAll('[role=status]')].some((one) => one.textContent.includes(wanted)), text);
/* A moment after what it says: on a busy machine the one is there before the other. */
export const focuses = (page, id) => page.waitForFunction((wanted) => document.activeElement.id === wanted, id);
