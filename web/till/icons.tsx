/** The till's drawings: 24 x 24, one stroke. Always beside a word, so hidden from screen readers. */

import type { JSX } from 'preact';

const PATHS = {
  check: 'M4 12.5l5.5 5.5L20 7',
  cross: 'M6 6l12 12M18 6L6 18',
  wait: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v5l3.5 2',
  stop: 'M12 3a9 9 0 100 18 9 9 0 000-18zM5.8 5.8l12.4 12.4',
  gift: 'M4 11h16v9H4zM3 7h18v4H3zM12 7v13M12 7C9 7 7.5 5.8 7.5 4.6S9.2 2.7 12 7zM12 7c3 0 4.5-1.2 4.5-2.4S14.8 2.7 12 7z',
  undo: 'M9 7L4 12l5 5M4 12h10a5.5 5.5 0 010 11h-1',
  list: 'M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01',
  help: 'M9.2 9a2.9 2.9 0 115 2c-1 .9-2.2 1.4-2.2 3M12 17.5h.01M12 3a9 9 0 100 18 9 9 0 000-18z',
  gear: 'M12 9a3 3 0 100 6 3 3 0 000-6zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M18.4 5.6l-2.2 2.2M7.8 16.2l-2.2 2.2',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 017 0v3',
  person: 'M12 4a4 4 0 100 8 4 4 0 000-8zM4.5 20.5c.8-3.7 3.8-5.5 7.5-5.5s6.700 1.800 7.500 5.500',
  keys: 'M4 6h16v12H4zM7.500 10h.01M12 10h.01M16.500 10h.01M8 14h8',
  erase: 'M9 6h11v12H9l-6-6zM12 9.500l5 5M17 9.500l-5 5',
  tray: 'M4 13v6h16v-6M12 4v10M8 10l4 4 4-4',
  scan: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M8 8.500v7M11 8.500v7M13.500 8.500v7M16 8.500v7',
  alert: 'M12 4L2.500 20h19zM12 10v4.500M12 17.300h.01',
  back: 'M14.500 5l-7 7 7 7',
  offline: 'M3 3l18 18M8.500 15.500a5 5 0 017 0M5.500 12.200a9.500 9.500 0 014-2.300M14.500 9.900a9.500 9.500 0 014 2.300M12 19h.01',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, big = false }: { name: IconName; big?: boolean }): JSX.Element {
  return (
    <svg class={big ? 'icon icon-big' : 'icon'} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
