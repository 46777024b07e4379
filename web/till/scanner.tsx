/** The scanner check: three codes to scan, what arrived, and what to change at the scanner or the computer. */

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { drawing } from '../lib/dom';
import { t } from '../lib/lang';
import { copesWith, type Finding, type Form, judge, type Verdict } from './check';
import type { Preferences } from './dialogs';
import { Icon } from './icons';
import type { Till } from './model';
import { BackButton } from './parts';
import type { Screen } from './screens';
import type { Sample } from './server';
import type { Scan } from './wedge';

const LATE_MS = 20_000; /* a scanner that has not read by now does not read */
const SPEEDS = [50, 100, 150]; /* as in the settings */
const NAMES: Record<Form, string> = { ean13: 'JAN-13 (EAN-13)', nw7: 'NW-7 (Codabar)', code128: 'Code 128' };

interface Heard extends Verdict {
  scan: Scan;
}

interface Tools {
  till: Till;
  preferences: Preferences;
  change: (patch: Partial<Preferences>) => void;
}

function Bars({ sample }: { sample: Sample }): JSX.Element {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const svg = drawing(sample.svg);
    svg.setAttribute('aria-label', t('till.check_code', { name: NAMES[sample.form], text: sample.text }));
    panel.current?.replaceChildren(svg);
  }, [sample]);
  return <div class="sample-panel"><div ref={panel} /><p class="sample-text">{sample.text}</p></div>;
}

function Advice({ finding, scan, preferences, change }: Omit<Tools, 'till'> & { finding: Finding; scan: Scan }): JSX.Element {
  const speed = finding === 'slow' ? SPEEDS.find((ms) => ms >= scan.gapMs) : undefined;
  return (
    <li class={copesWith(finding) ? 'advice' : 'advice advice-warn'}>
      <Icon name={copesWith(finding) ? 'check' : 'alert'} />
      <div>
        <b>{t(`till.check_${finding}`, { ms: Math.round(scan.gapMs) })}</b>
        <p>{t(`till.check_${finding}_do`)}</p>
        {speed !== undefined && speed > preferences.medianMs && (
          <button type="button" class="till-button till-quiet" onClick={() => change({ medianMs: speed })}>
            {t('till.check_slow_allow', { ms: speed })}
          </button>
        )}
      </div>
    </li>
  );
}

/** What came of one scan: as it arrived, and how to put it right. */
function Arrived({ heard, ...tools }: Omit<Tools, 'till'> & { heard: Heard }): JSX.Element {
  const { scan, findings } = heard;
  return (
    <>
      <p class="sample-facts">
        <code>{scan.sent}</code>
        <span>{t('till.check_facts', { n: scan.sent.length, ms: Math.round(scan.gapMs), end: scan.end || '–' })}</span>
      </p>
      <ul class="advices">
        {findings.map((finding) => <Advice key={finding} finding={finding} scan={scan} {...tools} />)}
      </ul>
    </>
  );
}

function Sampled({ sample, heard, isLate, ...tools }: Omit<Tools, 'till'> & {
  sample: Sample; heard: Heard | undefined; isLate: boolean;
}): JSX.Element {
  const isWell = heard?.findings.every(copesWith);
  return (
    <li class={heard ? (isWell ? 'sample sample-well' : 'sample sample-warn') : 'sample'}>
      <h2 class="sample-name">
        {NAMES[sample.form]}
        <span class="sample-state">
          {heard && <Icon name={isWell ? 'check' : 'alert'} />}
          {t(!heard ? 'till.check_waiting' : !isWell ? 'till.check_change' : heard.findings.length ? 'till.check_copes' : 'till.check_well')}
        </span>
      </h2>
      <Bars sample={sample} />
      {heard && <Arrived heard={heard} {...tools} />}
      {!heard && isLate && <p class="note note-warn">{t('till.check_silent', { name: NAMES[sample.form] })}</p>}
    </li>
  );
}

/** Whether nothing has arrived for so long that something is wrong; every scan starts the time anew. */
function useLate(scans: number): boolean {
  const [late, setLate] = useState(-1);
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(scans), LATE_MS);
    return () => window.clearTimeout(timer);
  }, [scans]);
  return late === scans;
}

function summary(samples: readonly Sample[], last: ReadonlyMap<Form | null, Heard>, isLate: boolean): { tone: string; text: string } {
  const missing = samples.filter(({ form }) => !last.has(form)).length;
  const all = samples.flatMap(({ form }) => last.get(form)?.findings ?? []);
  if (last.size === 0) return isLate ? { tone: 'note note-warn', text: t('till.check_nothing') } : { tone: 'note', text: t('till.check_lead') };
  if (missing > 0) return { tone: 'note', text: t('till.check_missing', { n: missing }) };
  if (!all.every(copesWith)) return { tone: 'note note-warn', text: t('till.check_all_change') };
  return { tone: 'note note-ok', text: t(all.length ? 'till.check_all_copes' : 'till.check_all_well') };
}

export function ScannerScreen({ till, screen, preferences, change }: Tools & { screen: Extract<Screen, { at: 'scanner' }> }): JSX.Element {
  const { samples, heard, isLost } = screen;
  const isLate = useLate(heard.length);
  const last = new Map<Form | null, Heard>();
  for (const scan of heard) {
    const verdict = judge(samples, scan, preferences.medianMs);
    last.set(verdict.form, { ...verdict, scan });
  }
  const newest = heard[heard.length - 1];
  const stranger = last.get(null);
  const { tone, text } = summary(samples, last, isLate);
  return (
    <section class="scanner-check">
      <div class="today-top">
        <h1 class="headline">{t('till.check')}</h1>
        <BackButton onClick={() => till.back()} />
      </div>
      <p class={isLost ? 'note note-warn' : tone} role="status">{isLost ? t('till.check_lost') : text}</p>
      {stranger && stranger.scan === newest && (
        <div class="sample sample-warn"><Arrived heard={stranger} preferences={preferences} change={change} /></div>
      )}
      <ol class="samples">
        {samples.map((sample) => (
          <Sampled key={sample.form} sample={sample} heard={last.get(sample.form)} isLate={isLate && last.size > 0}
            preferences={preferences} change={change} />
        ))}
      </ol>
    </section>
  );
}
