/**
 * Draws a message of ours as LINE would: Flex bubbles of boxes, texts, lines and buttons, and plain texts.
 *
 * Only what our messages are made of. Colours and sizes are set through the CSS object model, so that
 * the page needs no inline style, and only where they have LINE's form; texts stay texts.
 */
import { el } from './dom';

export interface FlexBox {
  type: 'box';
  layout: 'vertical' | 'horizontal' | 'baseline';
  contents: FlexPart[];
  spacing?: string;
  margin?: string;
  width?: string;
  height?: string;
  backgroundColor?: string;
  cornerRadius?: string;
}
export interface FlexText {
  type: 'text';
  text: string;
  size?: string;
  weight?: string;
  color?: string;
  margin?: string;
}
export interface FlexButton {
  type: 'button';
  action: { type: 'uri'; label: string; uri: string };
  height?: string;
  color?: string;
  margin?: string;
}
export interface FlexSeparator {
  type: 'separator';
  margin?: string;
}
export type FlexPart = FlexBox | FlexText | FlexButton | FlexSeparator;
export interface FlexBubble {
  type: 'bubble';
  size?: string;
  body?: FlexBox;
  footer?: FlexBox;
}
export interface FlexCarousel {
  type: 'carousel';
  contents: FlexBubble[];
}
export type LineMessage =
  | { type: 'flex'; altText: string; contents: FlexBubble | FlexCarousel }
  | { type: 'text'; text: string };

/** LINE's words for sizes, in pixels. Source: Messaging API, "Flex Message layout". */
const FONTS: Readonly<Record<string, number>> = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29 };
const STEPS: Readonly<Record<string, number>> = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const BUBBLES: Readonly<Record<string, number>> = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300 };

/** A word of LINE's or a measure such as "8px" or "70%"; anything else is none. */
function measure(value: string | undefined, words: Readonly<Record<string, number>>): string {
  if (value === undefined) return '';
  if (Object.hasOwn(words, value)) return `${words[value]}px`;
  return /^\d+(\.\d+)?(px|%)$/.test(value) ? value : '';
}

const colour = (value: string | undefined): string => (value !== undefined && /^#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?$/.test(value) ? value : '');

function drawText(part: FlexText): HTMLElement {
  const node = el('p', { class: 'flex-text' }, part.text);
  node.style.fontSize = measure(part.size ?? 'md', FONTS);
  node.style.color = colour(part.color);
  if (part.weight === 'bold') node.style.fontWeight = '700';
  return node;
}

/** A picture of a button: what it would open is not opened from here. */
function drawButton(part: FlexButton): HTMLElement {
  const node = el('p', { class: part.height === 'sm' ? 'flex-button flex-button-sm' : 'flex-button' }, part.action.label);
  node.style.backgroundColor = colour(part.color);
  return node;
}

function drawBox(box: FlexBox): HTMLElement {
  const node = el('div', { class: `flex-box flex-${box.layout === 'vertical' ? 'vertical' : 'horizontal'}` });
  node.style.width = measure(box.width, {});
  node.style.height = measure(box.height, {});
  node.style.backgroundColor = colour(box.backgroundColor);
  node.style.borderRadius = measure(box.cornerRadius, STEPS);
  box.contents.forEach((part, i) => {
    const child = drawPart(part);
    /* A part's own margin takes the place of the box's spacing; the first has none before it. */
    const space = measure(part.margin ?? (i > 0 ? box.spacing : undefined), STEPS);
    if (box.layout === 'vertical') child.style.marginTop = space;
    else child.style.marginInlineStart = space;
    node.append(child);
  });
  return node;
}

function drawPart(part: FlexPart): HTMLElement {
  switch (part.type) {
    case 'box': return drawBox(part);
    case 'text': return drawText(part);
    case 'button': return drawButton(part);
    case 'separator': return el('hr', { class: 'flex-line' });
  }
}

function drawBubble({ body, footer, size }: FlexBubble): HTMLElement {
  const node = el('div', { class: 'flex-bubble' });
  node.style.width = measure(size ?? 'mega', BUBBLES);
  for (const [part, name] of [[body, 'flex-body'], [footer, 'flex-footer']] as const)
    if (part) node.append(el('div', { class: name }, drawBox(part)));
  return node;
}

/** The message as an element of its own; a carousel is a row that scrolls. */
export function drawMessage(message: LineMessage): HTMLElement {
  if (message.type === 'text') return el('p', { class: 'flex-bubble flex-said' }, message.text);
  const { contents } = message;
  return contents.type === 'bubble' ? drawBubble(contents)
    : el('div', { class: 'flex-row', tabindex: '0', role: 'group', 'aria-label': message.altText }, ...contents.contents.map(drawBubble));
}
