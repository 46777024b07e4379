/** What the till says without words: heard at once, never the only sign. */

type Note = [hz: number, startMs: number, lengthMs: number];

const TUNES = {
  ok: [[880, 0, 90], [1320, 100, 130]],
  goal: [[784, 0, 100], [1047, 110, 100], [1319, 220, 100], [1568, 330, 220]],
  bad: [[196, 0, 420]],
  read: [[1760, 0, 40]],
} satisfies Record<string, Note[]>;

export type Tune = keyof typeof TUNES;

let context: AudioContext | null = null;

export const isSoundReady = (): boolean => context?.state === 'running';

/** Browsers let a page sound only after a tap or a key; call this from one. */
export async function unlockSound(): Promise<void> {
  if (typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  if (context.state !== 'running') await context.resume().catch(() => undefined);
}

export function play(tune: Tune): void {
  if (tune === 'bad') navigator.vibrate?.(300);
  if (!context || context.state !== 'running') return;
  for (const [hz, startMs, lengthMs] of TUNES[tune] as Note[]) {
    const from = context.currentTime + startMs / 1000;
    const until = from + lengthMs / 1000;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.type = tune === 'bad' ? 'square' : 'triangle';
    tone.frequency.value = hz;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(tune === 'bad' ? 0.12 : 0.35, from + 0.01); /* no click at either end */
    volume.gain.setValueAtTime(tune === 'bad' ? 0.12 : 0.35, until - 0.02);
    volume.gain.linearRampToValueAtTime(0, until);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(until);
  }
}
