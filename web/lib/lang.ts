/** Words: one flat file per surface and language, placeholders as {n}. */
import type { Language } from './types';

export type Words = Readonly<Record<string, string>>;
export type Facts = Readonly<Record<string, string | number>>;

export const languages: readonly Language[] = ['ja', 'en', 'zh-Hant', 'th'];

let words: Record<string, string> = {};
let language: Language = 'ja';

/** Takes up words; later ones join earlier ones. */
export function setWords(of: Language, ...more: Words[]): void {
  if (of !== language) words = {};
  language = of;
  words = Object.assign({}, words, ...more);
}

/**
 * Fetches a surface's words, which the bundler keeps in a file per language:
 * `await loadWords((language) => import(`../lang/till.${language}.json`), 'en')`
 */
export async function loadWords(load: (of: Language) => Promise<{ default: Words }>, of: Language): Promise<void> {
  setWords(of, (await load(of)).default);
}

export const currentLanguage = (): Language => language;

/** The best of ours for what the browser asks for. */
export function languageOf(tags: readonly string[], otherwise: Language = 'ja'): Language {
  for (const tag of tags) {
    const lower = tag.toLowerCase();
    if (lower.startsWith('zh')) return 'zh-Hant';
    const found = languages.find((known) => lower === known || lower.startsWith(`${known}-`));
    if (found) return found;
  }
  return otherwise;
}

/** The word with its placeholders filled in. An unknown key shows itself: a test finds it first. */
export function t(key: string, facts: Facts = {}): string {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const fact = facts[name];
    return fact === undefined ? whole : typeof fact === 'number' ? number(fact) : fact;
  });
}

/** The word in the form for n: `key_one` or `key_other`, with {n} filled in. */
export function plural(key: string, n: number, facts: Facts = {}): string {
  return t(`${key}_${n === 1 ? 'one' : 'other'}`, { n, ...facts });
}

/** 12,345: all four languages group alike, and the server writes the same. */
export const number = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

const locale = (): string => (language === 'en' ? 'en-GB' : language);

export const time = (at: number): string =>
  new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);

export const clock = (at: number): string =>
  new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(at);

/** "April", of the months 1 to 12. */
export const monthName = (month: number): string =>
  new Intl.DateTimeFormat(locale(), { month: 'long', timeZone: 'UTC' }).format(Date.UTC(2000, month - 1, 1));

/** "Tuesday", of the days 0 (Sunday) to 6. */
export const weekdayName = (day: number): string =>
  new Intl.DateTimeFormat(locale(), { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2023, 0, 1 + day));

/** A day as the server's page_date writes it. */
export const date = (at: number): string =>
  new Intl.DateTimeFormat(locale(), {
    year: 'numeric',
    month: language === 'en' || language === 'th' ? 'short' : 'long',
    day: 'numeric',
  }).format(at);
