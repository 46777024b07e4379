/*
 * owner_pages.mjs - the owner's pages for tests: claimed once, opened as often as needed, judged by axe.
 *
 *   const owner = await claimOwner(browser, world);
 *   await visitOwner(browser, world, owner, '#cost', {}, async (page) => { ... });
 */
import axe from 'axe-core';
import assert from 'node:assert/strict';
import { openCard } from './world.mjs';

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
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join()}`), [], name);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than the screen`);
}
