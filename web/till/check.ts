/**
 * What a scan of one of the three sample codes says about the scanner, the keyboard and the computer.
 *
 * Pure: the samples' texts come from the server (src/api/api_samples.c), the scan from the wedge.
 */

import type { Sample } from './server';
import type { Scan } from './wedge';

export type Form = Sample['form'];

export type Finding =
  | 'ime' | 'caps' | 'aim' | 'start_stop' | 'lower' | 'no_zero' /* the till copes with these */
  | 'no_check' | 'no_end' | 'slow' | 'layout_us' | 'layout_jis' | 'layout' | 'extra' | 'stranger';

/** `form`: which sample it was; null: none of them, as far as can be told. */
export interface Verdict {
  form: Form | null;
  findings: Finding[];
}

const COPES: readonly Finding[] = ['ime', 'caps', 'aim', 'start_stop', 'lower', 'no_zero'];
export const copesWith = (finding: Finding): boolean => COPES.includes(finding);

const JITTER_MS = 10; /* as in the wedge */
const IDENTIFIER = /^[\][\\][A-Za-z][0-9A-Za-z]/;

/** Marks as they come out when scanner and computer have different keyboards: sent as US, heard as JIS. */
const US_AS_JIS: Record<string, string> = { ':': '+', '+': '~', '=': '^', '@': '"' };
const JIS_AS_US: Record<string, string> = { ':': "'", '+': ':', '=': '_', '@': '[' };
const heardAs = (text: string, keys: Record<string, string>): string => [...text].map((c) => keys[c] ?? c).join('');

const swapCase = (text: string): string =>
  [...text].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join('');
/** What is left when an input method has hidden case and marks; a mark above a digit may become that digit. */
const bare = (text: string): string => text.toUpperCase().replace(/[^0-9A-Z-]/g, '');

interface Variant {
  text: string;
  findings: Finding[];
}

/** Every way in which a sample may arrive, the unchanged one first. */
function variantsOf({ form, text }: Sample): Variant[] {
  const inside = text.slice(1, -1);
  switch (form) {
    case 'ean13': return [
      { text, findings: [] }, { text: text.slice(0, -1), findings: ['no_check'] },
      { text: text.slice(1), findings: ['no_zero'] }, { text: inside, findings: ['no_check', 'no_zero'] },
    ];
    case 'nw7': return [
      { text, findings: ['start_stop'] }, { text: text.toLowerCase(), findings: ['lower'] }, { text: inside, findings: [] },
    ];
    case 'code128': return [
      { text, findings: [] }, { text: heardAs(text, US_AS_JIS), findings: ['layout_us'] },
      { text: heardAs(text, JIS_AS_US), findings: ['layout_jis'] },
    ];
  }
}

type Match = Verdict & { form: Form };

function match(samples: readonly Sample[], test: (variant: string) => boolean, more: Finding[] = []): Match | null {
  for (const sample of samples)
    for (const { text, findings } of variantsOf(sample))
      if (test(text)) return { form: sample.form, findings: [...more, ...findings] };
  return null;
}

/** The sample whose letters and digits these are, though not its marks. */
function matchLayout(samples: readonly Sample[], text: string): Match | null {
  const sample = samples.find(({ form }) => form === 'code128');
  return sample && bare(text) === bare(sample.text) ? { form: 'code128', findings: ['layout'] } : null;
}

function identify(samples: readonly Sample[], text: string, { isKana, isCaps }: Scan): Match | null {
  const swapped = swapCase(text);
  return (isCaps ? match(samples, (variant) => variant === swapped, ['caps']) : null) ??
    match(samples, (variant) => variant === text) ??
    match(samples, (variant) => variant === swapped, ['caps']) ??
    (isKana ? match(samples, (variant) => bare(text).startsWith(bare(variant))) : null) ??
    matchLayout(samples, text) ??
    match(samples, (variant) => text.includes(variant), ['extra']);
}

/** `limitMs`: the median gap that the till takes for a scanner's. */
export function judge(samples: readonly Sample[], scan: Scan, limitMs: number): Verdict {
  const findings: Finding[] = [];
  const text = scan.sent.trim().replace(IDENTIFIER, '');
  const found = identify(samples, text, scan);
  if (scan.isKana) findings.push('ime');
  if (text !== scan.sent.trim()) findings.push('aim');
  findings.push(...(found ? found.findings : ['stranger'] as const));
  if (scan.end === '') findings.push('no_end');
  if (scan.gapMs > limitMs + JITTER_MS) findings.push('slow');
  return { form: found?.form ?? null, findings };
}
