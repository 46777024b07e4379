/* axe.mjs - what axe objects to on a page, once what moves there has come to rest. */
import axe from 'axe-core';
import { stands } from './until.mjs';

/** The rules that most pages are held against, by axe's tags; without any, all rules are. */
export const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** `where`: a selector, or what to leave out as { exclude: [...] }; all of the page unless it is said. */
export async function violationsOf(page, where = null, runOnly = null) {
  await stands(page);
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(([at, tags]) => globalThis.axe.run(at ?? document, tags ? { runOnly: tags } : {}), [where, runOnly]);
  return violations;
}
