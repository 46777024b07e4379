/** Digits of codes: their check digits, and how eyes read them. Nothing here knows keys or members. */

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

export const m10w31Holds = (digits: string): boolean => m10w31(digits.slice(0, -1)) === digits.slice(-1);

/** 71 is a member's, 72 a reward's. */
export const beginsAsOurs = (digits: string): boolean => /^7[12]/.test(digits);

/** 22 digits of ours, or 13 of a JAN, with right check digits. */
export function isCode(text: string): boolean {
  if (/^\d{13}$/.test(text)) return m10w31Holds(text);
  /* 00, 01 and 99 leave the same rest as 97, 98 and 02, but are never made. */
  return /^7[12]\d{20}$/.test(text) && mod97Holds(text) && !/(?:0[01]|99)$/.test(text);
}

/** For eyes, also while it is typed: 71 1234567890 12345678 12, or 2 123456 789012. */
export function grouped(digits: string): string {
  if (!/^\d*$/.test(digits)) return digits;
  const cuts = digits.startsWith('7') || digits.length > 13 ? [2, 12, 20] : [1, 7];
  let text = '';
  for (let i = 0; i < digits.length; i++) text += (cuts.includes(i) ? ' ' : '') + digits[i]!;
  return text;
}
