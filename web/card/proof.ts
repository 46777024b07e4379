/**
 * Checks a member's own lines against the ledger's signed head, in the browser: nothing the server says
 * about its book has to be believed but the public key, and that is remembered from the first time on.
 *
 * A head is signed (ECDSA, P-256) and names the root of a Merkle tree over all lines (RFC 6962); each own
 * line comes with the hashes from it up to that root. src/domain/tree_book.h has the form of a line,
 * src/domain/head.h that of a head.
 */
export interface Head {
  number: number;
  at: number;
  size: number;
  root: string;
  last: string;
  audit_seq: number;
  audit: string;
  before: string;
  signature: string;
}

export interface Line {
  seq: number;
  card: number;
  kind: number;
  amount: number;
  balance: number;
  at: number;
  visit: number | null;
  plan: number;
  version: number;
  shop: number | null;
  yen: number | null;
  cause: number | null;
  reverses: number | null;
  usable: number | null;
  expires: number | null;
  mac: string;
  reason: string;
  /** null: booked after the head. */
  proof: string[] | null;
}

export interface Page {
  key: string;
  head: Head | null;
  more: boolean;
  lines: Line[];
}

export interface Heads {
  key: string;
  heads: Head[];
}

/** What was found to be right the last time, as kept on this phone. */
export interface Remembered {
  key: string;
  number: number;
  size: number;
  hash: string;
  /** Lines under the head, by card. */
  lines: Record<string, number>;
}

/** Why something does not match. */
export type Fault = 'key' | 'signature' | 'older' | 'chain' | 'line' | 'balance' | 'gone';

export type Verdict =
  | { state: 'none' } // no head yet
  | { state: 'matches'; until: number; lines: number; waiting: number; remember: Remembered }
  | { state: 'differs'; fault: Fault; seq?: number };

type Bytes = Uint8Array<ArrayBuffer>;

const utf8 = new TextEncoder();

// ---------------------------------------------------------------- bytes

const toHex = (bytes: Bytes): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** null: no hex of so many bytes. */
function fromHex(text: string, size: number): Bytes | null {
  if (text.length !== 2 * size || !/^[0-9a-f]*$/.test(text)) return null;
  return Uint8Array.from({ length: size }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

function fromBase64Url(text: string, size: number): Bytes | null {
  if (!/^[\w-]*$/.test(text)) return null;
  try {
    const bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    return bytes.length === size ? bytes : null;
  } catch {
    return null;
  }
}

async function sha256(...parts: Uint8Array[]): Promise<Bytes> {
  const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', all));
}

// ---------------------------------------------------------------- a head

const headText = (h: Head): string =>
  `stampd head 1\nnumber ${h.number}\nat ${h.at}\nsize ${h.size}\nroot ${h.root}\nlast ${h.last}\n` +
  `audit ${h.audit_seq} ${h.audit}\nbefore ${h.before}\n`;

export const headHash = async (head: Head): Promise<string> => toHex(await sha256(utf8.encode(headText(head))));

async function isSigned(key: string, head: Head): Promise<boolean> {
  const point = fromBase64Url(key, 65);
  const signature = fromBase64Url(head.signature, 64);
  if (!point || !signature) return false;
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  try {
    const known = await crypto.subtle.importKey('raw', point, algorithm, false, ['verify']);
    return await crypto.subtle.verify(algorithm, known, signature, utf8.encode(headText(head)));
  } catch {
    return false; // no point of the curve
  }
}

/** Whether `heads` go on from what is remembered, one after another, to `head`. */
async function leadsTo(head: Head, before: Remembered, heads: readonly Head[]): Promise<Fault | null> {
  let hash = before.hash;
  let size = before.size;
  if (head.number < before.number || head.size < before.size) return 'older';
  if (head.number === before.number) return (await headHash(head)) === hash ? null : 'chain';
  for (let number = before.number + 1; number <= head.number; number++) {
    const next = number === head.number ? head : heads.find((one) => one.number === number);
    if (!next || next.before !== hash || next.size < size) return 'chain';
    if (!(await isSigned(before.key, next))) return 'signature';
    hash = await headHash(next);
    size = next.size;
  }
  return null;
}

// ---------------------------------------------------------------- a line

/** As the book hashes it: src/domain/tree_book.h. */
const lineText = (l: Line): string =>
  'stampd line 1\n' +
  [l.seq, l.card, l.kind, l.amount, l.balance, l.at, l.visit, l.plan, l.version, l.shop, l.yen, l.cause, l.reverses, l.usable, l.expires]
    .map((n) => (n === null ? '' : String(n)))
    .join(',') +
  `,${l.mac},${l.reason}`;

/** RFC 9162, 2.1.3.2: from the leaf up, beside each node the hash that the proof has for it. */
async function isUnder(line: Line, head: Head): Promise<boolean> {
  let at = line.seq - 1;
  let last = head.size - 1;
  if (!line.proof || at < 0 || at > last) return false;
  let hash = await sha256(Uint8Array.of(0), utf8.encode(lineText(line)));
  for (const text of line.proof) {
    const beside = fromHex(text, 32);
    if (!beside || last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = await sha256(Uint8Array.of(1), beside, hash);
      while (at % 2 === 0 && at !== 0) {
        at /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = await sha256(Uint8Array.of(1), hash, beside);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && toHex(hash) === head.root;
}

/** The first line whose balance does not follow from the one before: something is missing between them. */
function brokenBalance(lines: readonly Line[]): Line | null {
  const balances = new Map<number, number>();
  for (const line of [...lines].sort((a, b) => a.seq - b.seq)) {
    if (line.balance !== (balances.get(line.card) ?? 0) + line.amount) return line;
    balances.set(line.card, line.balance);
  }
  return null;
}

function countByCard(lines: readonly Line[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { card } of lines) counts[card] = (counts[card] ?? 0) + 1;
  return counts;
}

// ---------------------------------------------------------------- all of it

/**
 * `page`: all of a member's lines. `heads`: those published since what is remembered, for their chain.
 * A card that has left the member (merged into another person's) is not missed.
 */
export async function judge(page: Page, before: Remembered | null, heads: readonly Head[]): Promise<Verdict> {
  const { key, head, lines } = page;
  if (before && key !== before.key) return { state: 'differs', fault: 'key' };
  if (!head) return before ? { state: 'differs', fault: 'older' } : { state: 'none' };
  if (!(await isSigned(key, head))) return { state: 'differs', fault: 'signature' };
  const fault = before && (await leadsTo(head, before, heads));
  if (fault) return { state: 'differs', fault };

  const under = lines.filter((line) => line.seq <= head.size);
  for (const line of under) if (!(await isUnder(line, head))) return { state: 'differs', fault: 'line', seq: line.seq };
  const broken = brokenBalance(lines);
  if (broken) return { state: 'differs', fault: 'balance', seq: broken.seq };
  const counts = countByCard(under);
  for (const [card, n] of Object.entries(before?.lines ?? {}))
    if (counts[card] !== undefined && counts[card] < n) return { state: 'differs', fault: 'gone' };
  const remember = { key, number: head.number, size: head.size, hash: await headHash(head), lines: counts };
  return { state: 'matches', until: head.at, lines: under.length, waiting: lines.length - under.length, remember };
}

/** Asks for all own lines under one head, and for the heads since `before`, and judges them. */
export async function prove(get: <T>(path: string) => Promise<T>, before: Remembered | null): Promise<Verdict> {
  const page = await get<Page>('/api/me/lines');
  const at = page.head ? `&head=${page.head.number}` : '';
  for (let more = page.more; more; ) {
    const below = page.lines[page.lines.length - 1]!.seq;
    const next = await get<Page>(`/api/me/lines?below=${below}${at}`);
    if (next.lines.some((line) => line.seq >= below)) return { state: 'differs', fault: 'line' };
    page.lines.push(...next.lines);
    more = next.more;
  }
  const heads: Head[] = [];
  while (before && page.head && before.number + heads.length + 1 < page.head.number) {
    const found = (await get<Heads>(`/api/heads?from=${before.number + heads.length + 1}`)).heads;
    if (found.length === 0) break; // a gap: the chain will not lead on
    heads.push(...found);
  }
  return judge(page, before, heads);
}
