/** Elements without markup: text stays text, and drawings are parsed as XML, never as HTML. */

type Child = Node | string | null | undefined | false;
type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** `el('p', { class: 'next' }, 'text')`; an attribute that is false, null or undefined is left out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value === true) node.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, String(value));
  node.append(...children.filter((child): child is Node | string => !!child));
  return node;
}

export const byId = (id: string): HTMLElement | null => document.getElementById(id);

const SVG = 'http://www.w3.org/2000/svg';

/** One of the page's own drawings. */
export function icon(name: string): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

/**
 * A code that the server drew. Its title becomes the name, since the title's id may stand on the page
 * already. Throws when the text is not one drawing: an unreadable code must not replace a good one.
 */
export function drawing(text: string): SVGSVGElement {
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  if (parsed.namespaceURI !== SVG || parsed.localName !== 'svg') throw new Error('not a drawing');
  const svg = document.importNode(parsed, true) as unknown as SVGSVGElement;
  svg.querySelectorAll('script, foreignObject').forEach((node) => node.remove());
  const title = svg.querySelector('title');
  if (title) {
    svg.setAttribute('aria-label', title.textContent ?? '');
    title.remove();
  }
  svg.removeAttribute('aria-labelledby');
  return svg;
}

/** The JSON block `<script type="application/json" id=...>` of the page; null when there is none. */
export function block<T>(id: string): T | null {
  const text = byId(id)?.textContent;
  if (!text) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

let heard = 0;
/** Says it to a screen reader: once, politely. */
export function say(text: string): void {
  const said = byId('said');
  if (said) said.textContent = heard++ % 2 ? `${text}\u00a0` : text; // the same words twice are news too
}

/** A short message above the bar, said aloud as well. */
export function toast(text: string, forMs = 4_000): void {
  document.querySelectorAll('.toast').forEach((old) => old.remove());
  const node = el('p', { class: 'toast', 'aria-hidden': 'true' }, text);
  document.body.append(node);
  say(text);
  window.setTimeout(() => node.remove(), forMs);
}

export const movesLess = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
