import { useEffect, useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';

const AGAIN_MS = 3000;

/** All that a page is about: asked for at once, by itself until it comes, and whenever something was changed. */
export function useAll<T>(path: string, signedOut: () => void): {
  all: T | null; isLost: boolean; again: () => void;
  /** What the page itself knows to have changed. */
  change: (changed: (all: T) => T) => void;
} {
  const [all, setAll] = useState<T | null>(null);
  const [isLost, setLost] = useState(false);
  const [round, setRound] = useState(0);
  const again = (): void => setRound((n) => n + 1);
  useEffect(() => {
    let timer = 0;
    api.get<T>(path).then(
      (answer) => {
        setAll(answer);
        setLost(false);
      },
      (reason) => {
        if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) return signedOut();
        setLost(true);
        timer = window.setTimeout(again, AGAIN_MS);
      },
    );
    return () => window.clearTimeout(timer);
  }, [round]);
  return { all, isLost, again, change: (changed) => setAll((was) => was && changed(was)) };
}
