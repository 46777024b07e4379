/*
 * card_page.mjs - the card's HTML as C writes it (tests/golden), its real style and script, and a server
 * that answers the member's part of the interface from memory.
 *
 *   const card = await startCard();  // card.url, card.state, card.send(event, data), card.stop()
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAll } from '../../web/build.mjs';

const GOLDEN_NOW = 1795000015000; /* NOW_MS of tests/unit/test_api_page.c */
const STEP = 30_000;
const DAY = 86_400_000;

const newState = () => ({
  language: 'ja', signedIn: true, balance: 7, goal: 10, vouchers: [{ id: 3, title: 'クッキー1枚', kind: 'plain', value: 0, expires: Date.now() + 30 * DAY }],
  isDown: false, isBlocked: false, isGuarded: false, session: [200, { member: 'known', changed: false }], calls: [], streams: new Set(),
  signinState: 'ready', streamsFail: false, asksTerms: false, leave: [200, { told: true }],
  topics: { receipts: true, rewards: true, offers: false }, birthday: { asked: true, greets: true, bonuses: [], month: null, day: null }, notices: [], refuses: null,
  lines: { key: '', head: null, more: false, lines: [] }, heads: { key: '', heads: [] },
  offers: [], recent: [], usable: 0, swap: [201, { transfer: 12, voucher: 9, title: 'マグカップ', undo_until: 0 }], keys: [],
  facts: { kind: 'plain', value: 0, redeem: null, code: null, draw: null }, draws: [],
});

export async function startCard() {
  const out = mkdtempSync(join(tmpdir(), 'stampd-card-'));
  await buildAll(out);
  const css = readFileSync(join(out, 'card.css')).subarray(0, -1).toString();
  const policy = `default-src 'none'; base-uri 'none'; style-src 'self' 'sha256-${createHash('sha256').update(css).digest('base64')}'; `
    + "script-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";
  const built = readdirSync(join(out, 'static'));
  const scriptName = built.find((name) => /^card-\w+\.js$/.test(name));
  let state = newState();

  /** The golden page with its style and words again, moved to this very moment. */
  const page = (name, language) => {
    const words = readFileSync(join(out, `words.${language}.json`)).subarray(0, -1).toString();
    const shift = Date.now() - GOLDEN_NOW;
    return readFileSync(`tests/golden/${name}.html`, 'utf8').replaceAll('>\n<', '><')
      .replace('<style></style>', () => `<style>${css}</style>`)
      .replace('id="words"></script>', () => `id="words">${words}</script>`)
      .replace('/static/card.js', `/static/${scriptName}`)
      .replace(/17950000\d{5}/g, (at) => String(Number(at) + shift));
  };
  const codes = () => {
    const html = page('page_card_ja', 'ja');
    const answer = JSON.parse(/id="codes">(.*?)<\/script>/s.exec(html)[1]);
    const drawn = (id) => new RegExp(`id="${id}">(<svg.*?</svg>)`, 's').exec(html)[1];
    const drawings = { qr_svg: drawn('qr'), linear_svg: drawn('linear') };
    answer.codes = [0, 1, 2].map((i) => ({ ...answer.codes[0], ...drawings, from: answer.codes[0].from + i * STEP, until: answer.codes[0].until + i * STEP }));
    return answer;
  };
  const card = () => ({
    card: { plan: 1, plan_name: 'スタンプカード', unit: 'stamp', balance: state.balance, owed: state.owed ?? 0, goal: state.goal,
      state: state.isBlocked ? 'blocked' : 'active', next: null, spend_yen: state.spendYen, usable: state.spendable ?? state.balance,
      rewards: [{ at: 5, title: 'クッキー1枚' }, { at: 10, title: 'お好きなドリンク1杯' }] },
    cards: [], ends: [], pending: null, level: null, vouchers: state.vouchers, name: 'ミドリ', language: state.language, guarded: state.isGuarded, friend: true, now: Date.now(),
    history: [
      { seq: 9, kind: 'earn', amount: 1, sign: 1, balance: 7, at: Date.now() - 1000, shop: '上野店', reversed: false },
      { seq: 8, kind: 'reverse', amount: 1, sign: -1, balance: 6, at: Date.now() - 2000, shop: '上野店', reversed: false },
      { seq: 7, kind: 'earn', amount: 1, sign: 1, balance: 7, at: Date.now() - 3000, shop: '上野店', reversed: true },
      { seq: 5, kind: 'earn', amount: 2, sign: 1, balance: 6, at: Date.now() - 8 * DAY, shop: '上野店', reversed: false,
        parts: [{ reason: 'weekday', percent: 200, weekday: 2, units: 1 }] },
      { seq: 4, kind: 'bonus', amount: 3, sign: 1, balance: 3, at: Date.now() - 8 * DAY - 1000, shop: '上野店', reversed: false, why: 'join' },
      { seq: 3, kind: 'round', amount: 10, sign: -1, balance: 0, at: Date.now() - 9 * DAY, shop: '浅草店', reversed: false },
    ],
  });

  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      const { pathname } = new URL(request.url, 'http://card');
      const send = (status, type, content) => {
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
        response.end(content);
      };
      const json = (value, status = 200) => send(status, 'application/json', JSON.stringify(value));
      if (state.isDown) return request.socket.destroy();
      state.calls.push(`${request.method} ${pathname}`);
      if (pathname.startsWith('/static/'))
        return send(200, 'text/javascript', readFileSync(join(out, pathname)));
      if (pathname === '/terms' || pathname === '/card/me') {
        response.setHeader('content-security-policy', policy);
        return send(200, 'text/html; charset=utf-8',
          pathname === '/terms' ? page('page_terms_ja', 'ja') : page(`page_me_${state.language}`, state.language));
      }
      if (pathname === '/card' || pathname.startsWith('/card/')) {
        response.setHeader('content-security-policy', policy);
        const html = state.signedIn ? page(state.asksTerms ? 'page_card_asks_ja' : `page_card_${state.language}`, state.language)
          : page('page_signin_ja', 'ja').replace('data-state="ready"', `data-state="${state.signinState}"`);
        return send(200, 'text/html; charset=utf-8', html);
      }
      if (pathname === '/line/session') {
        if (state.session[0] === 200) state.signedIn = state.keepsCookie !== false;
        return json(state.session[1], state.session[0]);
      }
      if (!state.signedIn) return json({ error: 'session_missing' }, 401);
      if (pathname === '/api/card') return json(card());
      if (/^\/api\/(card\/codes|vouchers\/\d+\/code)$/.test(pathname)) return json(codes());
      if (pathname === '/api/me/draws') return json({ draws: state.draws });
      if (pathname === '/api/card/offers')
        return json({ plan: 1, usable: state.usable, offers: state.offers, recent: state.recent, seed_hash: 'ab'.repeat(32), now: Date.now() });
      if (pathname.startsWith('/api/card/swaps')) {
        state.keys.push(request.headers['idempotency-key']);
        state.swapped = { ...state.swapped, [pathname]: JSON.parse(body) };
        return json(state.swap[1], state.swap[0]);
      }
      if (/^\/api\/vouchers\/\d+$/.test(pathname)) return json({ id: 3, title: 'クッキー1枚', expires: 0, ...state.facts });
      if (pathname === '/api/events') {
        if (state.streamsFail) return json({ error: 'busy' }, 503);
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(': open\n\n');
        state.streams.add(response);
        return request.socket.on('close', () => state.streams.delete(response));
      }
      if (pathname === '/api/profile') {
        state.language = JSON.parse(body).language;
        return json({ name: 'ミドリ', language: state.language, picture: null });
      }
      if (pathname === '/api/me/leave') {
        state.left = JSON.parse(body);
        const [status, answer] = typeof state.leave === 'function' ? state.leave(state.left) : state.leave;
        return json(answer, status);
      }
      if (pathname === '/api/me/lines') return state.lines ? json(state.lines) : json({ error: 'busy' }, 503);
      if (pathname === '/api/heads') return json(state.heads);
      if (pathname === '/api/me/export/link' && state.exportLink) return json(state.exportLink[1], state.exportLink[0]);
      if (pathname === '/api/me/export/link') return json({ url: `http://${request.headers.host}/data/once` });
      if (pathname === '/api/terms/accept') {
        state.agreed = JSON.parse(body);
        response.writeHead(204);
        return response.end();
      }
      if (pathname === state.refuses && request.method === 'POST') return json({ error: 'field_range' }, 400);
      if (pathname === '/api/me/topics') {
        if (body) state.topics[JSON.parse(body).topic] = JSON.parse(body).wanted;
        return json(state.topics);
      }
      if (pathname === '/api/me/birthday') {
        if (body) Object.assign(state.birthday, JSON.parse(body));
        return json(state.birthday);
      }
      if (pathname === '/api/card/spend' && state.spendRefusal) return json(state.spendRefusal, 409);
      if (pathname === '/api/card/spend') {
        state.yes = JSON.parse(body);
        return json({ points: 300, worth: 300, until: Date.now() + 120_000 });
      }
      if (pathname === '/api/notices') return json({ notices: state.notices });
      const seen = /^\/api\/notices\/(\d+)\/seen$/.exec(pathname);
      if (seen) state.notices = state.notices.filter(({ id, stays }) => stays || id !== Number(seen[1]));
      if (pathname === '/line/logout') state.signedIn = false;
      if (pathname === '/api/card/confirm') state.isGuarded = false;
      response.writeHead(pathname === '/line/logout' || pathname === '/api/card/confirm' || /seen$/.test(pathname) ? 204 : 404);
      response.end();
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    get state() {
      return state;
    },
    reset: (changes = {}) => (state = Object.assign(newState(), changes)),
    send: (event, data) => state.streams.forEach((stream) => stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)),
    stop() {
      server.closeAllConnections();
      server.close();
      rmSync(out, { recursive: true });
    },
  };
}
