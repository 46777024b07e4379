/**
 * What a scanner, or a hand, may send for one code - and what it turns out to be.
 *
 * The server decides; this mirror of its rules lets the till answer at once when a code cannot be
 * right, and judge a code while there is no connection. Nothing here knows keys or members.
 */

export type CodeForm = 'digits22' | 'jan13';

export type Code =
  | { kind: 'member'; form: CodeForm; text: string }
  | { kind: 'voucher'; text: string }
  | { kind: 'goods'; text: string }
  | { kind: 'unreadable'; text: string };

/** AIM symbology identifier that a scanner may be set to send first, such as `]Q1` or `]C0`. */
const AIM = /^\][A-Za-z][0-9A-Za-z]/;
/** The same when an input method swallowed the bracket: only in front of a whole code. */
const AIM_WITHOUT_BRACKET = /^[A-Za-z]\d(?=(?:\d{13}|\d{22})$)/;
const NW7_FRAME = /^[A-Da-d](.+)[A-Da-d]$/;
const CODE39_FRAME = /^\*(.+)\*$/;
/** What people and layouts put between groups of digits; the long-vowel mark is "-" under kana. */
const SEPARATORS = /[\s\-.\/‐-―−ー・]/g;

/** Controls (STX, ETX, CR, LF, TAB ...) and what is invisible: zero-width, joiners, bidi, BOM. */
function isHidden(point: number): boolean {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || point === 0xad || point === 0xfeff ||
    (point >= 0x200b && point <= 0x200f) || (point >= 0x202a && point <= 0x202e) ||
    (point >= 0x2060 && point <= 0x2069);
}

/** The text as sent, in one form: ASCII digits, no controls, no identifier, no frame, no groups. */
export function normalise(sent: string): string {
  const folded = Array.from(sent.normalize('NFKC')).filter((c) => !isHidden(c.codePointAt(0)!)).join('');
  const bare = folded.trim()
    .replace(AIM, '')
    .replace(AIM_WITHOUT_BRACKET, '')
    .replace(CODE39_FRAME, '$1')
    .replace(NW7_FRAME, '$1');
  const joined = bare.replace(SEPARATORS, '');
  return /^\d+$/.test(joined) ? joined : bare;
}

/** ISO 7064 mod 97-10: the whole number, check digits included, leaves 1. */
export function mod97Holds(digits: string): boolean {
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** The modulus 10, weight 3 check digit of JAN, EAN, UPC and ITF-14, for the digits before it. */
export function m10w31(payload: string): string {
  let sum = 0;
  for (let i = 0; i < payload.length; i++) sum += Number(payload[payload.length - 1 - i]) * (i % 2 ? 1 : 3);
  return String((10 - (sum % 10)) % 10);
}

const m10w31Holds = (digits: string): boolean => m10w31(digits.slice(0, -1)) === digits.slice(-1);

/** GS1 leaves 20-29 to the shops; everything else with 13 digits is somebody's product. */
const isInStore = (digits: string): boolean => digits.startsWith('2');

function classifyDigits(text: string): Code {
  if (text.length === 22 && mod97Holds(text)) {
    if (text.startsWith('71')) return { kind: 'member', form: 'digits22', text };
    if (text.startsWith('72')) return { kind: 'voucher', text };
  }
  if (text.length === 13 && m10w31Holds(text))
    return isInStore(text) ? { kind: 'member', form: 'jan13', text } : { kind: 'goods', text };
  if (text.length === 12) {
    /* A reader set to drop the check digit, or UPC-A: a JAN of ours is far likelier at our till. */
    if (isInStore(text)) return { kind: 'member', form: 'jan13', text: text + m10w31(text) };
    if (m10w31Holds(text)) return { kind: 'goods', text: `0${text}` };
  }
  if ((text.length === 8 || text.length === 14) && m10w31Holds(text)) return { kind: 'goods', text };
  return { kind: 'unreadable', text };
}

export function classify(sent: string): Code {
  const text = normalise(sent);
  return /^\d+$/.test(text) ? classifyDigits(text) : { kind: 'unreadable', text };
}

/** Whether the text already is one whole, correct code, so that nothing more need be waited for. */
export function isWhole(text: string): boolean {
  return (text.length === 22 && mod97Holds(text)) || (text.length === 13 && m10w31Holds(text));
}

/**
 * Two reads that arrived as one because the Enter between them was lost.
 * Splits only where every part is a correct code by itself; otherwise the text comes back whole.
 */
export function splitGlued(text: string): string[] {
  const parts = /^\d{26,66}$/.test(text) ? split(text) : null;
  return parts ?? [text];
}

function split(text: string): string[] | null {
  if (text === '') return [];
  for (const length of [22, 13]) {
    const head = text.slice(0, length);
    if (head.length < length || !isWhole(head)) continue;
    const rest = split(text.slice(length));
    if (rest) return [head, ...rest];
  }
  return null;
}

/** For eyes, also while it is typed: 71 1234567890 12345678 12, or 2 123456 789012. */
export function grouped(digits: string): string {
  const cuts = digits.startsWith('7') || digits.length > 13 ? [2, 12, 20] : [1, 7];
  let text = '';
  for (let i = 0; i < digits.length; i++) text += (cuts.includes(i) ? ' ' : '') + digits[i]!;
  return text;
}
