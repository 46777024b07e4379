/*
 * Draws messages: text, stickers, pictures, templates and Flex. Colours and sizes of a Flex message
 * are set through the CSS object model, so the page needs no inline styles.
 */

const STEPS = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const FONTS = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, '3xl': 35, '4xl': 48, '5xl': 74 };
const ICONS = { ...FONTS };
const IMAGES = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, '3xl': 180, '4xl': 200, '5xl': 220 };
const RADII = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const BORDERS = { none: 0, light: 0.5, normal: 1, medium: 2, 'semi-bold': 3, bold: 4 };
const BUBBLES = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 340 };

/** A word of LINE's, or a measure such as "12px" or "50%", as CSS. */
function measure(value, words) {
  if (value === undefined || value === null) return '';
  return value in words ? `${words[value]}px` : value;
}

export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function tappable(element, action, act) {
  if (!action) return element;
  if (element.tagName !== 'BUTTON') {
    element.tabIndex = 0;
    element.setAttribute('role', 'button');
    element.addEventListener('keydown', (event) => { if (event.key === 'Enter') act(action); });
  }
  element.classList.add('tap');
  element.addEventListener('click', (event) => { event.stopPropagation(); act(action); });
  return element;
}

function place(element, part) {
  const { style } = element;
  if (part.position === 'absolute') style.position = 'absolute';
  for (const [name, side] of [['offsetTop', 'top'], ['offsetBottom', 'bottom'], ['offsetStart', 'left'], ['offsetEnd', 'right']]) {
    if (part[name]) style[side] = measure(part[name], STEPS);
  }
}

function drawText(part) {
  const element = make('div', 'f-text');
  const { style } = element;
  if (part.contents?.length) {
    for (const span of part.contents) {
      const piece = make('span', '', span.text);
      fontOf(piece, span);
      element.append(piece);
    }
  } else {
    element.textContent = part.text ?? '';
  }
  fontOf(element, part, 'md');
  if (part.align) style.textAlign = part.align;
  if (part.wrap) element.classList.add('wrap');
  if (part.wrap && part.maxLines) {
    element.classList.add('clamp');
    style.webkitLineClamp = String(part.maxLines);
  }
  if (part.lineSpacing) style.lineHeight = `calc(1.4em + ${part.lineSpacing})`;
  return element;
}

function fontOf(element, part, otherwise) {
  const { style } = element;
  const size = part.size ?? otherwise;
  if (size) style.fontSize = measure(size, FONTS);
  if (part.color) style.color = part.color;
  if (part.weight === 'bold') style.fontWeight = '700';
  if (part.style === 'italic') style.fontStyle = 'italic';
  if (part.decoration && part.decoration !== 'none') style.textDecoration = part.decoration;
}

function drawButton(part, act) {
  const element = make('button', 'f-button', part.action?.label ?? '');
  const { style } = element;
  style.height = part.height === 'sm' ? '40px' : '52px';
  if (part.style === 'primary') {
    style.background = part.color ?? '#17995a';
    style.color = '#fff';
  } else if (part.style === 'secondary') {
    style.background = part.color ?? '#dfe3ea';
    style.color = '#111';
  } else {
    style.color = part.color ?? '#31598f';
  }
  return tappable(element, part.action, act);
}

function drawImage(part) {
  const element = make('div', 'f-image');
  const { style } = element;
  const [width, height] = (part.aspectRatio ?? '1:1').split(':').map(Number);
  style.backgroundImage = `url(${JSON.stringify(part.url)})`;
  style.aspectRatio = `${width} / ${height}`;
  style.width = part.size === 'full' ? '100%' : measure(part.size ?? 'md', IMAGES);
  style.maxWidth = '100%';
  if (part.aspectMode === 'cover') style.backgroundSize = 'cover';
  if (part.backgroundColor) style.backgroundColor = part.backgroundColor;
  style.alignSelf = { start: 'flex-start', end: 'flex-end' }[part.align] ?? 'center';
  return element;
}

function drawIcon(part) {
  const element = make('span', 'f-image');
  const size = measure(part.size ?? 'md', ICONS);
  element.style.backgroundImage = `url(${JSON.stringify(part.url)})`;
  element.style.width = element.style.height = size;
  return element;
}

function drawSeparator(part, layout) {
  const element = make('div', 'f-separator');
  element.style[layout === 'vertical' ? 'height' : 'width'] = '1px';
  if (part.color) element.style.background = part.color;
  return element;
}

function background(style, part) {
  if (part.backgroundColor) style.backgroundColor = part.backgroundColor;
  if (part.background?.type === 'linearGradient') {
    const { angle, startColor, centerColor, centerPosition, endColor } = part.background;
    const middle = centerColor ? `, ${centerColor} ${centerPosition ?? '50%'}` : '';
    style.backgroundImage = `linear-gradient(${angle}, ${startColor}${middle}, ${endColor})`;
  }
}

function drawBox(part, act, padding) {
  const element = make('div', 'f-box');
  const { style } = element;
  const vertical = part.layout === 'vertical';
  style.flexDirection = vertical ? 'column' : 'row';
  style.alignItems = part.alignItems ?? (part.layout === 'baseline' ? 'baseline' : 'stretch');
  if (part.justifyContent) style.justifyContent = part.justifyContent;
  style.padding = measure(part.paddingAll, STEPS) || padding || '0';
  for (const [name, side] of [['paddingTop', 'paddingTop'], ['paddingBottom', 'paddingBottom'], ['paddingStart', 'paddingLeft'], ['paddingEnd', 'paddingRight']]) {
    if (part[name]) style[side] = measure(part[name], STEPS);
  }
  background(style, part);
  if (part.borderWidth) style.border = `${measure(part.borderWidth, BORDERS)} solid ${part.borderColor ?? '#d9dde3'}`;
  if (part.cornerRadius) { style.borderRadius = measure(part.cornerRadius, RADII); style.overflow = 'hidden'; }
  for (const name of ['width', 'maxWidth', 'height', 'maxHeight']) {
    if (part[name]) style[name] = part[name];
  }
  (part.contents ?? []).forEach((child, i) => element.append(drawChild(child, part, i, act)));
  return element;
}

/** One component inside a box: its drawing, its share of the room and its distance. */
function drawChild(child, parent, i, act) {
  const draw = { box: drawBox, text: drawText, button: drawButton, image: drawImage, icon: drawIcon };
  const element = child.type === 'separator' ? drawSeparator(child, parent.layout)
    : draw[child.type] ? draw[child.type](child, act) : make('div');
  const vertical = parent.layout === 'vertical';
  const still = vertical || ['separator', 'icon'].includes(child.type) || (parent.layout === 'baseline' && child.type === 'icon');
  const flex = child.flex ?? (still || child.width ? 0 : 1);

  element.style.flex = flex > 0 ? `${flex} ${child.type === 'text' ? 1 : 0} ${vertical ? 'auto' : '0'}` : '0 0 auto';
  if (child.type === 'text' && !vertical && flex === 0) element.style.maxWidth = '100%';
  if (child.type === 'filler') element.style.flex = '1';
  if (i > 0 && child.position !== 'absolute') {
    element.style[vertical ? 'marginTop' : 'marginLeft'] = measure(child.margin ?? parent.spacing, STEPS) || '0';
  }
  if (child.gravity === 'center' && !vertical) element.style.alignSelf = 'center';
  if (child.gravity === 'bottom' && !vertical) element.style.alignSelf = 'flex-end';
  place(element, child);
  return child.type === 'button' ? element : tappable(element, child.action, act);
}

function drawBubble(bubble, act) {
  const card = make('div', 'card');
  const narrow = ['nano', 'micro', 'deca', 'hecto'].includes(bubble.size);
  const paddings = { header: narrow ? '10px' : '20px', body: narrow ? '10px' : '20px', footer: '10px' };
  card.style.width = `${BUBBLES[bubble.size ?? 'mega']}px`;
  card.style.display = 'flex';
  card.style.flexDirection = 'column';
  for (const name of ['header', 'hero', 'body', 'footer']) {
    const part = bubble[name];
    if (!part) continue;
    const block = part.type === 'box' ? drawBox(part, act, paddings[name]) : drawImage({ size: 'full', ...part });
    const sheet = bubble.styles?.[name];
    if (sheet?.backgroundColor) block.style.backgroundColor = sheet.backgroundColor;
    if (sheet?.separator) block.style.borderTop = `1px solid ${sheet.separatorColor ?? '#d9dde3'}`;
    if (name === 'body') block.style.flexGrow = '1';
    card.append(tappable(block, part.action, act));
  }
  return tappable(card, bubble.action, act);
}

function drawFlex(message, act) {
  const { contents } = message;
  if (contents.type !== 'carousel') return drawBubble(contents, act);
  const row = make('div', 'cards');
  row.append(...contents.contents.map((bubble) => drawBubble(bubble, act)));
  return row;
}

function templateCard(part, act) {
  const card = make('div', 'card t-card');
  const body = make('div', 't-body');
  const image = part.thumbnailImageUrl ?? part.imageUrl;
  const actions = part.actions ?? (part.action ? [part.action] : []);
  if (image) card.append(drawImage({ url: image, size: 'full', aspectRatio: '20:13', aspectMode: part.imageSize === 'contain' ? 'fit' : 'cover' }));
  if (part.title) body.append(make('strong', '', part.title));
  if (part.text) body.append(make('span', '', part.text));
  const list = make('div', part.type === 'confirm' ? 't-actions two' : 't-actions');
  list.append(...actions.map((action) => tappable(make('button', '', action.label ?? ''), action, act)));
  if (part.title || part.text) card.append(tappable(body, part.defaultAction, act));
  card.append(list);
  return card;
}

function drawTemplate(message, act) {
  const { template } = message;
  if (!template.columns) return templateCard(template, act);
  const row = make('div', 'cards');
  row.append(...template.columns.map((column) => templateCard(column, act)));
  return row;
}

/** The element for one message; `act` is called with the action of whatever is tapped. */
export function drawMessage(message, act) {
  switch (message.type) {
    case 'text':
    case 'textV2':
      return make('div', 'bubble', message.text);
    case 'sticker':
      return make('div', 'bubble sticker', `Sticker ${message.packageId} / ${message.stickerId}`);
    case 'image': {
      const bubble = make('div', 'bubble');
      const image = make('img');
      image.src = message.previewImageUrl;
      image.alt = 'Picture';
      bubble.append(image);
      return bubble;
    }
    case 'flex':
      return drawFlex(message, act);
    case 'template':
      return drawTemplate(message, act);
    case 'location':
      return make('div', 'bubble', `${message.title}\n${message.address}`);
    default:
      return make('div', 'bubble', `(${message.type})`);
  }
}
