/**
 * The characters behind what a keyboard, a scanner or an input method sent: the mirror of
 * src/domain/typed.c, held to it by tests/unit/readings.json.
 */

const LONGEST = 512;
/** Between two codes: carriage return, line feed or tab. */
export const BREAK = '\n';
/** A character that no code has. */
export const ODD = '\x7f';

/** Controls and Unicode's Default_Ignorable_Code_Point, as text_is_hidden in src/base/text.c. */
const HIDDEN = new RegExp('[\\0-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b-\\u200f' +
  '\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff\\u{1bca0}-\\u{1bca3}' +
  '\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e00ff}\\u{e01f0}-\\u{e0fff}]', 'u');

/** What the key of a kana gives in direct input: the top row of a JIS keyboard. */
const KANA = new Map([...'わぬふあうえおやゆよほ', ...'ワヌフアウエオヤユヨホ'].map((kana, i) => [kana, '0123456789-'[i % 11]!]));

/** The key that gives this mark under a Japanese input method. */
const MARKS: Record<string, string> = { '¥': '\\', '、': ',', '。': '.', '「': '[', '」': ']', '・': '/', '−': '-', 'ー': '-' };

function characterOf(c: string, hasDigits: boolean): string {
  if (c >= 'a' && c <= 'z') return c.toUpperCase();
  if (c < '\x7f') return c;
  if (c >= '\u2010' && c <= '\u2015') return '-';
  return MARKS[c] ?? (hasDigits ? ODD : (KANA.get(c) ?? ODD));
}

/** Printable ASCII in upper case, BREAK and ODD; null: longer than any code or address could be. */
export function readTyped(sent: string): string | null {
  const folded = sent.normalize('NFKC');
  const hasDigits = /[0-9]/.test(folded);
  let typed = '';
  for (const c of folded) {
    if (c === '\r' || c === '\n' || c === '\t') typed += BREAK;
    else if (!HIDDEN.test(c)) typed += characterOf(c, hasDigits);
    if (typed.length > LONGEST) return null;
  }
  return typed;
}

/** What `text` is twice or three times over, of seven characters or more; else ''. */
export function repeated(text: string): string {
  for (const times of [2, 3]) {
    const unit = text.slice(0, text.length / times);
    if (unit.length >= 7 && unit.repeat(times) === text) return unit;
  }
  return '';
}
