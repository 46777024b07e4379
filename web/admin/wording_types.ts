import type { LineMessage } from '../lib/flex';
import type { Language } from '../lib/types';

/** The four parts of a message that may be said in the shop's own words, in the order of the page. */
export const partNames = ['headline', 'text', 'alt', 'button'] as const;
export type PartName = (typeof partNames)[number];

/** null: not set, so that the standard words are said. */
export type Parts = Record<PartName, string | null>;

export interface TemplateWords {
  version: number;
  changed: number;
  own: Parts;
  ours: Parts;
}
export interface TemplateKind {
  kind: string;
  fields: string[];
  words: Record<Language, TemplateWords>;
}
/** GET /api/admin/templates */
export interface Templates {
  kinds: TemplateKind[];
}

/** POST /api/admin/templates/:kind/preview */
export interface Preview {
  alt: string;
  messages: [LineMessage];
  parts: Record<PartName, { longest: number; max: number; error: string | null; field: string | null }>;
}

/** Each in its own language, for those who read only that one. */
export const languageNames: Readonly<Record<Language, string>> = { ja: '日本語', en: 'English', 'zh-Hant': '繁體中文', th: 'ไทย' };

/** What is sent: only parts that are set. */
export function sentParts(parts: Parts): Partial<Record<PartName, string>> {
  return Object.fromEntries(partNames.filter((name) => parts[name] !== null && parts[name] !== '').map((name) => [name, parts[name]]));
}

export const isSame = (a: Parts, b: Parts): boolean => partNames.every((name) => (a[name] ?? '') === (b[name] ?? ''));

/** The text with `{field}` where the caret is, and where the caret is then. */
export function insertField(text: string, from: number, to: number, field: string): { text: string; caret: number } {
  return { text: `${text.slice(0, from)}{${field}}${text.slice(to)}`, caret: from + field.length + 2 };
}
