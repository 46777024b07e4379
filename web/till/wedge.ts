/**
 * Tells a scanner from a hand, by the rhythm of the keys.
 *
 * A scanner in keyboard mode is a very fast typist: six or more characters, the median gap at most
 * 50 ms, an Enter or Tab at the end or 80 ms of silence. Everything else is a person typing.
 * The class is pure: it is fed key presses with their times, and told when time has passed.
 *
 * Invariant: every character fed in comes out once, in order, as part of a scan or as typing -
 * unless it repeats the scan before it, or `ignoreScans` is set.
 */

import { isCode } from './code';
import { read, textOf } from './reading';

/** The facts of a KeyboardEvent that matter here. */
export interface Press {
  key: string;
  code: string;
  keyCode?: number;
  isComposing?: boolean;
  repeat?: boolean;
  ctrlKey?: boolean;
  altKey?: boolean;
  metaKey?: boolean;
  getModifierState?(key: string): boolean;
}

export interface Scan {
  text: string; /* in one form, for the server */
  sent: string; /* as it came */
  /* For the scanner check: */
  gapMs: number; /* median */
  end: string; /* 'Enter', 'Tab' or '' */
  isKana: boolean; /* an input method hid at least one key */
  isCaps: boolean; /* Caps Lock was on */
}

export interface WedgeEvents {
  scan(scan: Scan): void;
  /** One character, 'Enter' or 'Backspace', typed by a person. */
  type(key: string): void;
  /** An input method is (or no longer is) turning keys into kana. */
  kana(isOn: boolean): void;
}

export interface WedgeOptions {
  medianMs: number; /* up to 150 for slow Bluetooth scanners */
  minLength: number; /* raised where people type long numbers */
  ignoreScans: boolean; /* while somebody types a PIN */
}

const REPEAT_MS = 1000; /* the same code again within this time is a second beep of the same read */
const JITTER_MS = 10; /* timers of browsers and USB polling add up to this much to a gap */
const LATE_ENTER_MS = 400; /* CR LF, or a suffix after a pause: still the scanner's, never a person's */
const STALL_MS = 300; /* a radio that stutters in the middle of a burst */
const GRACE_MS = 40; /* after the page itself was stuck, queued keys come first */
const LATE_TICK_MS = 25;

/* By physical key, for when an input method hides the character. US layout, as scanners send it. */
const BY_CODE: Record<string, string> = {
  Minus: '-', Period: '.', Slash: '/', Space: ' ', BracketRight: ']', Backslash: ']',
  NumpadSubtract: '-', NumpadDecimal: '.', NumpadDivide: '/',
};

/** A Thai layout has ASCII marks on two digit keys, and Thai letters on the others. */
const THAI: Record<string, string> = { Digit2: '/', Digit3: '-' };

function characterOf(press: Press): { text: string; hidden: boolean } {
  const { key, code } = press;
  const isHidden = key === 'Process' || key === 'Unidentified' || press.isComposing === true || press.keyCode === 229;
  if (THAI[code] === key) return { text: code.slice(-1), hidden: true };
  if (!isHidden && key.length === 1 && key >= ' ' && key <= '~') return { text: key, hidden: false };
  if (!isHidden && Array.from(key).length !== 1) return { text: '', hidden: false }; /* F1, Shift, ArrowUp ... */
  const folded = isHidden ? '' : key.normalize('NFKC');
  if (/^[!-~]$/.test(folded)) return { text: folded, hidden: true };
  const match = /^(?:Digit|Numpad|Key)([0-9A-Z])$/.exec(code);
  return { text: match ? match[1]! : (BY_CODE[code] ?? ''), hidden: true };
}

/** 'Enter', 'Tab' or '' - by the physical key, for an input method may rename the first. */
function endOf(press: Press): string {
  if (press.key === 'Enter' || press.code === 'Enter' || press.code === 'NumpadEnter') return 'Enter';
  return press.key === 'Tab' || press.code === 'Tab' ? 'Tab' : '';
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

export class Wedge {
  readonly options: WedgeOptions = { medianMs: 50, minLength: 6, ignoreScans: false };
  private text = '';
  private times: number[] = [];
  private lastScan = { text: '', at: -Infinity };
  private isKana = false;
  private isHidden = false; /* of the burst: any key */
  private isCaps = false;
  private graceUntil = 0;

  constructor(private readonly events: WedgeEvents) {}

  /** When `tick` wants to be called next, or null while nothing waits. */
  get deadline(): number | null {
    const last = this.times[this.times.length - 1];
    if (last === undefined) return null;
    return Math.max(last + this.patienceMs(), this.graceUntil);
  }

  /** Feeds one keydown. True: the key was ours, and its usual effect should not happen. */
  press(press: Press, at: number): boolean {
    const last = this.times[this.times.length - 1];
    if (last !== undefined && at > last + this.patienceMs()) this.finish('');
    if (press.ctrlKey || press.metaKey || press.altKey) return this.isMidBurst(at); /* Ctrl+B, Ctrl+J: STX, LF */
    const end = endOf(press);
    if (end) return this.end(end, at);
    if (press.key === 'Backspace') return this.backspace();

    const { text, hidden } = characterOf(press);
    this.noteKana(hidden, text);
    if (text === '') return press.key === 'Process'; /* kana with no key behind it: keep it off the page */
    if (text === ' ' && this.text === '') return false; /* a person pressing a button */
    if (press.repeat) return true; /* a key that is held is not a scanner, nor a second digit */
    this.text += text;
    this.times.push(at);
    this.isHidden ||= hidden;
    this.isCaps = press.getModifierState?.('CapsLock') ?? false;
    return true;
  }

  /** Says that it is now `at`; to be called when `deadline` has passed. */
  tick(at: number): void {
    const deadline = this.deadline;
    if (deadline === null || at < deadline) return;
    if (this.graceUntil === 0 && at - deadline > LATE_TICK_MS) {
      this.graceUntil = at + GRACE_MS; /* the page was stuck: keys pressed in time may still be queued */
      return;
    }
    this.finish('');
  }

  /** Silence that ends a burst; longer while it looks like a scan that is not whole yet. */
  private patienceMs(): number {
    const silence = Math.max(80, Math.round(this.options.medianMs * 1.6));
    return this.isBurst() && !isCode(read(this.text).plain) ? Math.max(STALL_MS, silence) : silence;
  }

  private isMidBurst(at: number): boolean {
    const last = this.times[this.times.length - 1];
    return last !== undefined && at - last <= this.options.medianMs + JITTER_MS;
  }

  private gapMs(): number {
    return median(this.times.slice(1).map((time, i) => time - this.times[i]!));
  }

  private isBurst(): boolean {
    return this.text.length >= this.options.minLength && this.gapMs() <= this.options.medianMs + JITTER_MS;
  }

  private end(key: string, at: number): boolean {
    if (this.text === '') {
      if (at - this.lastScan.at <= LATE_ENTER_MS) return true;
      if (key === 'Tab') return false;
      this.events.type('Enter');
      return false; /* the page may let a focused button have it */
    }
    const wasBurst = this.isBurst();
    this.finish(key, at);
    return wasBurst || key === 'Enter';
  }

  private backspace(): boolean {
    this.finish('');
    this.events.type('Backspace');
    return true;
  }

  private noteKana(hidden: boolean, text: string): void {
    if (hidden === this.isKana || (!hidden && text === '')) return;
    this.isKana = hidden;
    this.events.kana(hidden);
  }

  /** Judges what has been gathered. */
  private finish(endKey: string, at = this.times[this.times.length - 1] ?? 0): void {
    const { text, isHidden: isKana, isCaps } = this;
    const isScan = this.isBurst();
    const gapMs = this.gapMs();
    this.text = '';
    this.times = [];
    this.isHidden = false;
    this.graceUntil = 0;
    if (!isScan) {
      for (const key of text) this.events.type(key);
      if (endKey === 'Enter') this.events.type(endKey);
      return;
    }
    this.emit({ text: textOf(text), sent: text, gapMs, end: endKey, isKana, isCaps }, at);
  }

  private emit(scan: Scan, at: number): void {
    const isRepeat = scan.text === this.lastScan.text && at - this.lastScan.at <= REPEAT_MS;
    this.lastScan = { text: scan.text, at };
    if (!isRepeat && !this.options.ignoreScans) this.events.scan(scan);
  }
}

/** Hangs a Wedge on a page; returns the way to take it off again. */
export function listenForKeys(target: Window, wedge: Wedge): () => void {
  let timer = 0;
  const wait = (): void => {
    target.clearTimeout(timer);
    const { deadline } = wedge;
    if (deadline === null) return;
    timer = target.setTimeout(() => {
      wedge.tick(performance.now());
      wait();
    }, Math.max(1, deadline - performance.now() + 1));
  };
  const onKey = (event: KeyboardEvent): void => {
    if (isField(event.target)) return;
    if (wedge.press(event, event.timeStamp)) event.preventDefault();
    wait();
  };
  target.addEventListener('keydown', onKey, { capture: true });
  return () => {
    target.clearTimeout(timer);
    target.removeEventListener('keydown', onKey, { capture: true });
  };
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}
