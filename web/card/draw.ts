/**
 * Counts a lot again, as src/domain/draw.h says it is drawn: a number made of a secret and of what the
 * ledger says of the swap, and of nothing else. The hash of the secret is told before anybody draws, the
 * secret when nobody draws under it any more.
 */
import type { Draw } from '../lib/types';

/** open: the secret is not told yet. */
export type Counted = 'open' | 'matches' | 'differs';

const ODDS_ALL = 1_000_000n;
const WHOLE = 0xffff_ffff_ffff_ffffn - (0xffff_ffff_ffff_ffffn % ODDS_ALL);
const WORD = 8;

type Bytes = Uint8Array<ArrayBuffer>;

const toHex = (bytes: Bytes): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** null: no hex of so many bytes. */
function fromHex(text: string, size: number): Bytes | null {
  if (text.length !== 2 * size || !/^[0-9a-f]*$/.test(text)) return null;
  return Uint8Array.from({ length: size }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** What is drawn from: a text, the transfer and the how-manieth lot it is of that, and the key of its request. */
function lotOf(draw: Draw, key: Bytes): Bytes {
  const text = new TextEncoder().encode('stampd draw v1');
  const lot = new Uint8Array(text.length + 2 * WORD + key.length);
  const view = new DataView(lot.buffer);
  lot.set(text);
  view.setBigUint64(text.length, BigInt(draw.transfer));
  view.setBigUint64(text.length + WORD, BigInt(draw.nth));
  lot.set(key, text.length + 2 * WORD);
  return lot;
}

/** The first of the four numbers in it that is as likely as all others; the last, if none is. */
export function rollIn(mac: Bytes): number {
  const view = new DataView(mac.buffer);
  let word = 0n;
  for (let at = 0; at < mac.length; at += WORD) {
    word = view.getBigUint64(at);
    if (word < WHOLE) break;
  }
  return Number(word % ODDS_ALL);
}

/** Whose stretch a roll falls into, as they lie one behind the other. */
export function stretchOf(odds: readonly number[], roll: number): number {
  let rest = roll;
  const at = odds.findIndex((wide) => (rest -= wide) < 0);
  return at < 0 ? odds.length - 1 : at;
}

/** `promised`: the hash as this phone has seen it before; it may not know any. */
export async function countAgain(draw: Draw, promised: string | null): Promise<Counted> {
  if (promised !== null && promised !== draw.seed_hash) return 'differs';
  if (draw.seed === undefined) return 'open';
  const seed = fromHex(draw.seed, 32);
  const key = fromHex(draw.key, 16);
  if (!seed || !key || toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', seed))) !== draw.seed_hash) return 'differs';
  const secret = await crypto.subtle.importKey('raw', seed, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const roll = rollIn(new Uint8Array(await crypto.subtle.sign('HMAC', secret, lotOf(draw, key))));
  const drawn = stretchOf(draw.prizes.map(({ odds }) => odds), roll);
  return roll === draw.roll && drawn === draw.drawn ? 'matches' : 'differs';
}
