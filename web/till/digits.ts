/** What a string of digits may be, by its length and check digits: the mirror of src/domain/digits.c. */

import { beginsAsOurs, isCode, m10w31, m10w31Holds } from './code';
import { ODD, repeated } from './typed';

/** The answer when no candidate is a number of the chain's. */
export type Kind =
  | 'member' | 'voucher' /* 22 digits of ours */
  | 'jan' /* 13 digits with an in-store prefix: perhaps a card's */
  | 'static' /* perhaps a number of the chain's own */
  | 'goods' | 'unreadable' | 'unknown';

export interface Reading {
  kind: Kind;
  digits: string; /* member, voucher: 22; jan: 13 */
  isGoodsElse: boolean; /* a jan of which the check digit was missing: a UPC-A if no card */
  plain: string; /* the number as it came, in one form */
  candidates: string[]; /* what fixed number it may stand for, the likeliest first */
}

const CANDIDATES = 3;
export const PLAIN_MIN = 4;
export const PLAIN_MAX = 32;
const FIXED_DIGITS_MAX = 18;
const GLUED_MAX = 96; /* four codes in one go */
const LONG_DIGITS = 24; /* no number is as long as two JANs without check digits */

export const nothing = (kind: Kind): Reading => ({ kind, digits: '', isGoodsElse: false, plain: '', candidates: [] });

/** Whether a chain could have given such a number to a member. */
const couldBeFixed = (number: string): boolean =>
  number.length >= PLAIN_MIN && number.length <= PLAIN_MAX &&
  (number.length <= FIXED_DIGITS_MAX || !/^\d+$/.test(number)) && !number.includes(ODD);

export function offer(reading: Reading, ...numbers: string[]): Reading {
  const candidates = [...reading.candidates];
  for (const number of numbers)
    if (candidates.length < CANDIDATES && couldBeFixed(number) && !candidates.includes(number)) candidates.push(number);
  return { ...reading, candidates };
}

/** Two codes in one go: the same twice is one, two different ones would be a guess. */
export const join = (all: Reading, part: Reading): Reading =>
  all.kind === part.kind && all.plain === part.plain ? all : nothing('unreadable');

// ---------------------------------------------------------------- by their number

function readOurs(reading: Reading): Reading {
  const { plain } = reading;
  if (!isCode(plain)) return { ...reading, kind: 'unreadable' };
  return { ...reading, kind: plain.startsWith('71') ? 'member' : 'voucher', digits: plain };
}

/** GS1 leaves 02, 04 and 20-29 to every shop, for goods and members of its own. */
function read13(reading: Reading, jan: string): Reading {
  const offered = offer(reading, jan);
  if (!m10w31Holds(jan)) return { ...offered, kind: 'unreadable' };
  if (jan[0] === '2') return { ...offered, kind: 'jan', digits: jan };
  return { ...offered, kind: /^0[24]/.test(jan) ? 'static' : 'goods' };
}

/** A UPC-A, which is a JAN without its leading zero, or a JAN whose check digit the scanner kept to itself. */
function read12(reading: Reading): Reading {
  const { plain } = reading;
  const isUpc = m10w31Holds(plain);
  const jan = plain + m10w31(plain);
  const offered = offer(reading, isUpc ? `0${plain}` : '', jan, plain);
  if (plain[0] === '2') return { ...offered, kind: 'jan', digits: jan, isGoodsElse: isUpc };
  return { ...offered, kind: isUpc && plain[0] !== '4' ? 'goods' : 'static' };
}

/** A carton's number, or a JAN that the scanner makes as long as one. */
function read14(reading: Reading): Reading {
  const { plain } = reading;
  const offered = offer(reading, plain, repeated(plain));
  if (!m10w31Holds(plain)) return { ...offered, kind: 'static' };
  return plain[0] === '0' ? read13(offered, plain.slice(1)) : { ...offered, kind: 'goods' };
}

function read8(reading: Reading): Reading {
  const { plain } = reading;
  return { ...offer(reading, plain), kind: m10w31Holds(plain) && !/^[02]/.test(plain) ? 'goods' : 'static' };
}

function readOther(reading: Reading): Reading {
  const { plain } = reading;
  const kind = plain.length < PLAIN_MIN ? 'unknown' : plain.length > 16 && beginsAsOurs(plain) ? 'unreadable' : 'static';
  return { ...offer(reading, plain, repeated(plain)), kind };
}

// ---------------------------------------------------------------- codes without a gap

/** All of `digits` as whole codes, one behind the other; null: it is not that. */
function readParts(digits: string, before: Reading | null): Reading | null {
  if (digits === '') return before;
  for (const length of [22, 13]) {
    const front = digits.slice(0, length);
    if (front.length < length || !isCode(front)) continue;
    const part = readDigits(front);
    const all = readParts(digits.slice(length), before ? join(before, part) : part);
    if (all) return all;
  }
  return null;
}

/** Whether a card's code stands at an end of it, with something else in the same go. */
function hasCodeAtEnd(digits: string): boolean {
  const isCard = (text: string): boolean => text[0] === '2' && isCode(text);
  return beginsAsOurs(digits) || isCard(digits.slice(0, 13)) || isCard(digits.slice(-13)) ||
    (digits.length > 22 && isCode(digits.slice(-22)));
}

/** More digits than a number has. */
function readLong(digits: string, reading: Reading): Reading {
  const unit = repeated(digits);
  if (unit) return readDigits(unit, reading.candidates);
  const parts = digits.length <= GLUED_MAX ? readParts(digits, null) : null;
  if (parts) return parts;
  return { ...reading, kind: digits.length >= LONG_DIGITS || hasCodeAtEnd(digits) ? 'unreadable' : 'unknown' };
}

/** One number, or several without a gap; `candidates` are there already. */
export function readDigits(digits: string, candidates: string[] = []): Reading {
  const reading = { ...offer(nothing('unknown'), ...candidates), plain: digits.length <= PLAIN_MAX ? digits : '' };
  if (digits.length === 22 && beginsAsOurs(digits)) return readOurs(reading);
  if (digits.length > FIXED_DIGITS_MAX) return readLong(digits, reading);
  switch (digits.length) {
    case 14: return read14(reading);
    case 13: return read13(reading, digits);
    case 12: return read12(reading);
    case 11: return { ...offer(reading, digits, `0${digits}${m10w31(digits)}`), kind: 'static' };
    case 8: return read8(reading);
    default: return readOther(reading);
  }
}
