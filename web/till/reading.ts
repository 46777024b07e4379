/**
 * What the text from a scanner, or from a hand, is: told by its form alone.
 *
 * The server decides; this mirror of src/domain/reading.c lets the till answer at once when a code
 * cannot be right, and judge a code while there is no connection. tests/unit/readings.json and a
 * hundred thousand generated texts hold both to the same answers.
 */

import { isCode } from './code';
import { join, nothing, offer, PLAIN_MAX, PLAIN_MIN, type Reading, readDigits } from './digits';
import { BREAK, ODD, readTyped, repeated } from './typed';

export type { Kind, Reading } from './digits';

/** An AIM identifier, such as ]E0; a keyboard of another country gives [ or \ for the bracket. */
const IDENTIFIER = /^[\][\\][A-Z][0-9A-Z](?=.)/s;
/** Code 39's stars; under the other of a US and a Japanese keyboard their key gives ( or ". */
const STARRED = /^([*("])(.+)\1$/s;
/** NW-7 between its start and stop. */
const NW7 = /^[A-D]([0-9\-$:/.+ ]+)[A-D]$/;
const ADDRESS = /^(?:HTTP|M1[-.])/;
/** The number at the end of an address, whatever the keyboard made of the marks. */
const LAST_NUMBER = /[^0-9A-Z](\d{7,})$/s;

const trim = (text: string): string => text.replace(/^ +| +$/g, '');

// ---------------------------------------------------------------- a code inside other text

/** Every whole code of `length` digits in the text, as one reading; null: there is none. */
function readRuns(text: string, length: number): Reading | null {
  let all: Reading | null = null;
  for (const run of text.match(/\d+/g) ?? []) {
    if (run.length !== length || !isCode(run) || (length === 13 && run[0] !== '2')) continue;
    const part = readDigits(run);
    all = all ? join(all, part) : part;
  }
  return all;
}

/** An address, or what an input method left of one: only the digits in it are to be relied on. */
function readAddress(text: string): Reading {
  const jan = readRuns(text, 13);
  if (jan) return jan;
  const number = ADDRESS.test(text) ? LAST_NUMBER.exec(text)?.[1] : undefined;
  return number === undefined ? nothing('unknown') : readDigits(number);
}

/** A code behind a scanner's own mark for its symbology, or an AIM identifier without its bracket. */
function readMarked(text: string): Reading | null {
  if (!/^[A-Z]/.test(text)) return null;
  for (const n of [1, 2])
    if (isCode(text.slice(n))) return readDigits(text.slice(n), [text]);
  return null;
}

// ---------------------------------------------------------------- one code and what is around it

function readBare(text: string): Reading {
  const joined = text.replace(/[ -]/g, '');
  if (joined === '') return nothing('unreadable');
  if (/^\d+$/.test(joined)) return offer(readDigits(joined), text);
  const code = readRuns(text, 22) ?? readMarked(joined);
  if (code) return code;
  if (ADDRESS.test(text) || text.includes(ODD) || text.length > PLAIN_MAX || joined.length < PLAIN_MIN)
    return readAddress(text);
  return offer(offer({ ...nothing('static'), plain: text }, text), joined);
}

function readPiece(piece: string): Reading {
  const starred = trim(trim(piece).replace(IDENTIFIER, ''));
  const text = STARRED.exec(starred)?.[2] ?? starred;
  const unit = /^\d+$/.test(text) ? '' : repeated(text);
  return offer(unit ? readPiece(unit) : readBare(NW7.exec(text)?.[1] ?? text), text);
}

// ---------------------------------------------------------------- everything that was sent

/** Whether another code begins at text[i]: with its identifier, or with its star behind one. */
function beginsAnother(text: string, i: number): boolean {
  if (IDENTIFIER.test(text.slice(i, i + 4))) return true;
  return i > 1 && '*("'.includes(text[0]!) && text[i] === text[0] && text[i - 1] === text[0];
}

function pieces(line: string): string[] {
  const found: string[] = [];
  let begin = 0;
  for (let i = 1; i <= line.length; i++) {
    if (i < line.length && !beginsAnother(line.slice(begin), i - begin)) continue;
    found.push(line.slice(begin, i));
    begin = i;
  }
  return found;
}

/** Splits `typed` where one code ends and another begins. */
const split = (typed: string): string[] => typed.split(BREAK).map(trim).flatMap(pieces);

export function read(sent: string): Reading {
  const typed = readTyped(sent);
  if (typed === null) return nothing('unknown');
  const [first, ...others] = split(typed).map(readPiece);
  if (!first) return nothing('unreadable');
  const all = others.reduce(join, first);
  return ['member', 'voucher', 'unknown'].includes(all.kind) ? { ...all, candidates: [] } : all;
}

/** The shortest text that the server will read as it would read `sent`. */
export function textOf(sent: string): string {
  const { digits, kind, plain, candidates } = read(sent);
  if (kind === 'member' || kind === 'voucher') return digits;
  return candidates.length === 1 && candidates[0] === plain ? plain : sent.trim();
}
