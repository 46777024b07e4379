/** What hands do in the demo: hold a scanner to the phone, and press keys at the till. */

import { api } from '../lib/api';

/** GET /api/demo: where the phone is, who serves where with which PIN, and the first owner's link. */
export interface Demo {
  sim: string;
  seed: {
    till: { shop: string; name: string };
    staff: { id: number; name: string; pin: string; shop: string }[];
    owner_link: string;
  };
}

const HAND_MS = 130; /* slower than any scanner, so that the till takes it for typing */

const pause = (ms: number): Promise<void> => new Promise((resolve) => { window.setTimeout(resolve, ms); });

/** Presses a real key in the till's window: the same way in as a scanner's. */
function press(till: Window, key: string): void {
  const Key = (till as Window & typeof globalThis).KeyboardEvent;
  const code = /^\d$/.test(key) ? `Digit${key}` : key;
  till.document.body.dispatchEvent(new Key('keydown', { key, code, bubbles: true, cancelable: true, composed: true }));
}

/** All keys at once: on a busy machine a timer between them could take longer than any scanner. */
export function scan(till: Window, digits: string): void {
  for (const key of [...digits, 'Enter']) press(till, key);
}

export async function typeIn(till: Window, digits: string): Promise<void> {
  for (const key of digits) {
    press(till, key);
    await pause(HAND_MS);
  }
}

export const pressEnter = (till: Window): void => press(till, 'Enter');

async function until(find: () => Element | null | undefined, ms = 5000): Promise<Element | null> {
  for (let waited = 0; waited < ms; waited += 100) {
    const found = find();
    if (found) return found;
    await pause(100);
  }
  return null;
}

/** Enrols the till and signs its first cashier in, as far as either is still to be done. */
export async function setUpTill(till: Window, demo: Demo): Promise<void> {
  const page = till.document;
  const isAt = (name: string) => (): Element | null => page.querySelector(`.main-${name}`);
  await until(() => page.querySelector('main'));
  if (isAt('enrol')()) {
    const { shop, name } = demo.seed.till;
    const { code } = await api.post<{ code: string }>('/api/demo/code', { shop, till: name });
    await typeIn(till, code);
    await until(isAt('people'));
  }
  const staff = demo.seed.staff.find((person) => person.shop === demo.seed.till.shop) ?? demo.seed.staff[0];
  if (!staff) return;
  if (isAt('people')()) {
    const button = [...page.querySelectorAll<HTMLButtonElement>('.person')].find((each) => each.textContent?.includes(staff.name));
    button?.click();
    await until(isAt('pin'));
  }
  if (isAt('pin')()) await typeIn(till, staff.pin);
}
