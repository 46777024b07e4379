/*
 * The phone: shows one person's talk with the account, and lets that person do what people do.
 * Everything goes through the simulator's control API under /sim.
 */
import { drawMessage, make } from '/phone-talk.js';

const $ = (id) => document.getElementById(id);
const FACES = 6;

/** The menu that is there until one is uploaded, in the person's language. */
const WORDS = {
  ja: { card: '会員証', points: 'ポイント残高', menu: 'メニュー' },
  en: { card: 'Card', points: 'Points', menu: 'Menu' },
  'zh-Hant': { card: '會員卡', points: '點數餘額', menu: '選單' },
  th: { card: 'บัตรสมาชิก', points: 'คะแนน', menu: 'เมนู' },
};
const SAY = 'ポイント';

let person = Number(new URLSearchParams(location.search).get('person')) || 1;
let talk = null;      // the last answer of /sim/talk
let drawn = 0;        // number of the last entry on screen
let menuShown = null; // the alias a tab of the rich menu led to
let events = null;

async function ask(path, body, method = body ? 'POST' : 'GET') {
  const answer = await fetch(path, {
    method,
    headers: body ? { 'Content-Type': 'application/json' } : {},
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

/* What happens to the person's phone goes to the webhook; nobody waits for the answer. */
const send = (...list) => ask('/sim/webhook', { events: list.map((event) => ({ person, ...event })) });

// ---------------------------------------------------------------- taps

function pickDate(action) {
  const now = new Date(talk.now_ms + 9 * 3600e3).toISOString();
  const value = { date: now.slice(0, 10), time: now.slice(11, 16), datetime: now.slice(0, 16) }[action.mode];
  return send({ type: 'postback', data: action.data, params: { [action.mode]: action.initial ?? value } });
}

function switchMenu(action) {
  const found = talk.menus[action.richMenuAliasId];
  const status = found === undefined ? 'RICHMENU_ALIAS_ID_NOTFOUND' : found ? 'SUCCESS' : 'RICHMENU_NOTFOUND';
  if (found) { menuShown = found; drawMenu(); }
  return send({ type: 'postback', data: action.data, params: { newRichMenuAliasId: action.richMenuAliasId, status } });
}

function act(action) {
  switch (action.type) {
    case 'postback':
      return send({ type: 'postback', data: action.data, displayText: action.displayText ?? action.text });
    case 'message':
      return send({ type: 'text', text: action.text });
    case 'uri':
      return openLink(action.uri);
    case 'datetimepicker':
      return pickDate(action);
    case 'richmenuswitch':
      return switchMenu(action);
    case 'clipboard':
      return navigator.clipboard?.writeText(action.clipboardText);
    case 'location':
      return send({ type: 'location' });
    default:
      return undefined;
  }
}

// ---------------------------------------------------------------- the mini app

/** "/rewards?x=1" of a LIFF URL of ours, "" of its bare form, null of anything else. */
function liffPath(uri) {
  for (const base of ['https://liff.line.me/', 'https://miniapp.line.me/', `${location.origin}/liff/`]) {
    const start = base + talk.liff.id;
    if (uri.startsWith(start) && (uri.length === start.length || '/?#'.includes(uri[start.length]))) return uri.slice(start.length);
  }
  return null;
}

/* LINE's primary redirect: the endpoint URL, the deep link in liff.state, the tokens in the fragment. */
async function openLiff(path) {
  const tokens = await ask(`/sim/liff-token?person=${person}`);
  const url = new URL(talk.liff.url);
  if (path) url.searchParams.set('liff.state', path);
  url.hash = new URLSearchParams({ id_token: tokens.id_token, access_token: tokens.access_token, person });
  showPage(url);
}

function showPage(url) {
  $('liff-title').textContent = talk.account.name;
  $('liff-host').textContent = url.host;
  const fresh = $('liff-page').cloneNode(); // a new frame, so that the same URL loads again
  fresh.src = url.href;
  $('liff-page').replaceWith(fresh);
  $('liff').hidden = false;
  $('liff-close').focus();
}

function closeLiff() {
  $('liff').hidden = true;
  $('liff-page').removeAttribute('src');
  const empty = $('liff-page').cloneNode();
  $('liff-page').replaceWith(empty);
}

function openLink(uri) {
  const path = liffPath(uri);
  if (path !== null) return openLiff(path);
  if (uri.startsWith(`${talk.liff.origin}/`)) return showPage(new URL(uri)); // LINE's browser, without tokens
  if (/^https?:/.test(uri)) window.open(uri, '_blank', 'noopener,noreferrer');
  return undefined;
}

/* The page in the frame may say what liff.closeWindow() and document.title would. */
window.addEventListener('message', (event) => {
  if (!talk || event.origin !== talk.liff.origin || typeof event.data !== 'object') return;
  if (event.data?.type === 'liff:close') closeLiff();
  if (event.data?.type === 'liff:title') $('liff-title').textContent = String(event.data.title).slice(0, 80);
  if (event.data?.type === 'liff:open') openLink(String(event.data.url));
});

// ---------------------------------------------------------------- the talk

const inJapan = (at, options) => new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Tokyo', ...options }).format(at);
const clockOf = (at) => inJapan(at, { hour: '2-digit', minute: '2-digit' });
const dayOf = (at) => inJapan(at, { weekday: 'short', day: 'numeric', month: 'short' });

function avatar() {
  const disc = make('span', 'avatar');
  disc.append(document.querySelector('.bar .avatar svg').cloneNode(true));
  return disc;
}

function drawEntry(entry, fresh) {
  const own = entry.how === 'person';
  const block = make('div', own ? 'mine' : 'said');
  const lines = own ? block : make('div', 'lines');
  if (!own) block.append(avatar(), make('span', 'who', talk.account.name), lines);
  entry.messages.forEach((message, i) => {
    const line = make('div', 'line');
    line.append(drawMessage(message, act));
    if (i === entry.messages.length - 1) {
      const time = make('time', '', clockOf(entry.at_ms));
      if (!own) time.prepend(make('span', 'how', entry.how));
      line.append(time);
    }
    lines.append(line);
  });
  if (fresh) block.classList.add('fresh');
  return block;
}

function drawTalk() {
  const room = $('talk');
  const entries = talk.entries.filter((entry) => entry.shown);
  const news = entries.filter((entry) => entry.n > drawn);
  const atOnce = drawn === 0;

  if (atOnce) room.replaceChildren();
  if (entries.length === 0) {
    room.replaceChildren(make('p', 'empty', 'Nothing here yet. Say something, or tap the menu below.'));
    return;
  }
  room.querySelector('.empty')?.remove();
  for (const entry of news) {
    const day = dayOf(entry.at_ms);
    if (room.dataset.day !== day || room.childElementCount === 0) {
      room.append(make('p', 'day', day));
      room.dataset.day = day;
    }
    room.append(drawEntry(entry, !atOnce));
    drawn = entry.n;
  }
  drawQuickReplies(entries.at(-1));
  if (news.length > 0) toNewest();
}

/* After the layout: quick replies and the menu take their room first. */
function toNewest() {
  requestAnimationFrame(() => { $('talk').scrollTop = $('talk').scrollHeight; });
}

function drawQuickReplies(last) {
  const items = last && last.how !== 'person' ? last.messages.at(-1)?.quickReply?.items ?? [] : [];
  $('quick').hidden = items.length === 0;
  $('quick').replaceChildren(...items.map((item) => {
    const chip = make('button', '', item.action.label);
    chip.addEventListener('click', () => act(item.action));
    return chip;
  }));
}

// ---------------------------------------------------------------- the menu

function icon(name) {
  const holder = make('span');
  const svg = document.querySelector('#show-keys svg').cloneNode(true);
  svg.firstElementChild.setAttribute('href', `#i-${name}`);
  holder.append(svg);
  return holder;
}

function builtInMenu() {
  const words = WORDS[talk.person.language] ?? WORDS.en;
  const areas = [
    ['card', words.card, () => openLiff('')],
    ['points', words.points, () => send({ type: 'postback', data: 'action=balance', displayText: words.points })],
    ['say', `「${SAY}」`, () => send({ type: 'text', text: SAY })],
  ];
  $('menu-fold').textContent = words.menu;
  $('menu-areas').className = 'menu-areas';
  $('menu-areas').removeAttribute('style');
  $('menu-areas').replaceChildren(...areas.map(([name, label, run]) => {
    const area = make('button', 'menu-area');
    area.append(icon(name), make('b', '', label));
    area.addEventListener('click', run);
    return area;
  }));
}

function uploadedMenu(menu) {
  const room = $('menu-areas');
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  room.className = 'menu-areas picture';
  room.style.aspectRatio = `${menu.size.width} / ${menu.size.height}`;
  room.style.backgroundImage = `url("/sim/menu/${menu.richMenuId}")`;
  $('menu-fold').textContent = menu.chatBarText;
  room.replaceChildren(...menu.areas.map(({ bounds, action }) => {
    const area = make('button');
    area.setAttribute('aria-label', action.label ?? action.displayText ?? action.text ?? action.uri ?? action.data ?? 'Area');
    area.style.left = percent(bounds.x, menu.size.width);
    area.style.top = percent(bounds.y, menu.size.height);
    area.style.width = percent(bounds.width, menu.size.width);
    area.style.height = percent(bounds.height, menu.size.height);
    area.addEventListener('click', () => act(action));
    return area;
  }));
}

function drawMenu() {
  const menu = menuShown ?? talk.menu;
  const key = JSON.stringify([talk.person.language, menu]);
  if ($('menu').dataset.key === key) return;
  $('menu').dataset.key = key;
  if (menu) uploadedMenu(menu);
  else builtInMenu();
  toNewest();
}

function fold(open) {
  $('menu-areas').hidden = !open;
  $('menu-fold').setAttribute('aria-expanded', String(open));
  toNewest();
}

function write(writing) {
  $('write').hidden = !writing;
  $('menu').hidden = writing;
  toNewest();
  if (writing) $('text').focus();
}

// ---------------------------------------------------------------- who it is

function face(number) {
  return make('span', `face f${number % FACES}`, String(number));
}

const nameOf = (number) => `Shopper ${number} (${['ja', 'en', 'zh-Hant', 'th'][(number - 1) % 4]})`;

function drawPerson() {
  const { friend, blocking } = talk.person;
  const state = blocking ? 'Blocks the account' : friend ? 'Friend of the account' : 'Not a friend yet';
  const label = friend ? 'Block' : blocking ? 'Unblock' : 'Add as friend';
  $('account').textContent = talk.account.name;
  $('person-name').textContent = talk.person.name;
  $('person-id').textContent = talk.person.userId;
  $('friend-state').textContent = state;
  for (const id of ['friend', 'friend-2', 'notice-act']) $(id).textContent = label;
  $('notice').hidden = friend;
  $('phone').classList.toggle('blocking', blocking); // who blocks has nothing to tap or to say
  $('notice-text').textContent = blocking ? 'You have blocked this account.' : 'Not on your friend list.';
  $('clock').textContent = clockOf(talk.now_ms);
  document.title = `${talk.person.name} – phone (line-sim)`;
  if ($('person-select').childElementCount === 0) {
    for (let n = 1; n <= Math.min(talk.people, 200); n++) $('person-select').append(new Option(nameOf(n), n));
  }
  $('person-select').value = String(person);
}

function drawPeople() {
  $('people').replaceChildren(...Array.from({ length: Math.min(talk.people, 24) }, (_, i) => {
    const row = make('button');
    if (i + 1 === person) row.setAttribute('aria-current', 'true');
    row.append(face(i + 1), make('span', '', nameOf(i + 1)));
    row.addEventListener('click', () => { $('sheet').close(); become(i + 1); });
    return row;
  }));
  $('person-number').max = talk.people;
  $('person-number').value = person;
}

const befriend = () => send({ type: talk.person.friend ? 'unfollow' : 'follow' });

function become(number) {
  if (!(number >= 1 && number <= talk.people)) return;
  person = number;
  drawn = 0;
  menuShown = null;
  delete $('talk').dataset.day;
  history.replaceState(null, '', `/phone?person=${person}`);
  if (!$('liff').hidden) closeLiff();
  listen();
}

// ---------------------------------------------------------------- the panel beside the phone

function listRow(left, right, mood) {
  const row = make('li');
  row.append(make('span', '', left), make('span', mood, right));
  return row;
}

function describe(delivery) {
  const kinds = delivery.events.map((event) => event.message?.type ?? event.type ?? '?');
  return `${kinds.join(', ') || '–'}${delivery.attempt > 0 ? ' (again)' : ''}`;
}

async function drawPanel() {
  if (getComputedStyle(document.querySelector('.panel')).display === 'none') return;
  const [state, { deliveries }] = await Promise.all([ask(`/sim/state?person=${person}`), ask('/sim/webhooks')]);
  const { limit, used } = state.quota;
  $('quota').max = limit < 0 ? 1 : limit;
  $('quota').value = limit < 0 ? 0 : used;
  $('quota-text').textContent = limit < 0 ? `${used}, no limit` : `${used} of ${limit}`;
  $('faults-list').replaceChildren(...state.faults.map((fault) =>
    listRow(`${fault.kind} ${fault.path}`, fault.times < 0 ? `${Math.round(fault.rate * 100)} %` : `${fault.times} left`, 'bad')));
  if (deliveries.length === 0) deliveries.push({ events: [], done: true, status: 'none yet' });
  $('webhooks').replaceChildren(...deliveries.slice(-6).reverse().map((delivery) => {
    const mood = { 200: 'good', 'none yet': '' }[delivery.status] ?? 'bad';
    return listRow(describe(delivery), delivery.done ? String(delivery.status || 'no answer') : '…', delivery.done ? mood : '');
  }));
}

// ---------------------------------------------------------------- keeping up

async function load() {
  const asked = person;
  const answer = await ask(`/sim/talk?person=${asked}`);
  if (asked !== person) return;
  talk = answer;
  drawPerson();
  drawTalk();
  drawMenu();
  drawPanel();
}

function listen() {
  events?.close();
  events = new EventSource(`/sim/events?person=${person}`);
  events.addEventListener('talk', load);
  load();
}

$('write').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = $('text').value.trim();
  if (text) send({ type: 'text', text });
  $('text').value = '';
});
$('show-keys').addEventListener('click', () => write(true));
$('show-menu').addEventListener('click', () => write(false));
$('menu-fold').addEventListener('click', () => fold($('menu-areas').hidden));
$('liff-close').addEventListener('click', closeLiff);
$('more').addEventListener('click', () => { drawPeople(); $('sheet').showModal(); });
$('sheet-close').addEventListener('click', () => $('sheet').close());
$('person-open').addEventListener('click', () => { $('sheet').close(); become($('person-number').valueAsNumber); });
$('friend').addEventListener('click', () => { $('sheet').close(); befriend(); });
$('friend-2').addEventListener('click', befriend);
$('notice-act').addEventListener('click', befriend);
$('switch-back').addEventListener('click', () => become(person > 1 ? person - 1 : talk.people));
$('person-prev').addEventListener('click', () => become(person > 1 ? person - 1 : talk.people));
$('person-next').addEventListener('click', () => become(person < talk.people ? person + 1 : 1));
$('person-select').addEventListener('change', (event) => become(Number(event.target.value)));
$('faults').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { kind, times } = Object.fromEntries(new FormData(event.target));
  await ask('/sim/faults', { path: '/v2/bot/*', kind, times: Number(times) });
  drawPanel();
});
$('faults-clear').addEventListener('click', async () => { await ask('/sim/faults', null, 'DELETE'); drawPanel(); });

/* A quiet second look, in case the stream of events has broken, and for the panel's lists. */
setInterval(() => { if (events?.readyState !== EventSource.OPEN) load(); else drawPanel(); }, 4000);

fold(true);
listen();
