import { useEffect, useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';
import { listen } from '../lib/sse';
import type { AdminToday } from '../lib/types';

const REFRESH_MS = 15_000;
const CHANGE_MS = 1_000;

/** Today's numbers: at once, on every event, and every 15 seconds whatever happens. */
export function useToday(signedOut: () => void): { today: AdminToday | null; at: number; isLive: boolean; isLost: boolean } {
  const [state, setState] = useState<{ today: AdminToday | null; at: number; isLost: boolean }>({ today: null, at: 0, isLost: false });
  const [isLive, setLive] = useState(false);
  useEffect(() => {
    let isGone = false;
    let isWaiting = false; /* many events at once need one answer */
    const read = async (): Promise<void> => {
      if (isWaiting) return;
      isWaiting = true;
      try {
        const today = await api.get<AdminToday>('/api/admin/today');
        if (!isGone) setState({ today, at: Date.now(), isLost: false });
      } catch (reason) {
        if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) signedOut();
        else if (!isGone) setState((last) => ({ ...last, isLost: true }));
      } finally {
        isWaiting = false;
      }
    };
    void read();
    const timer = window.setInterval(() => { if (document.visibilityState === 'visible') void read(); }, REFRESH_MS);
    /* Counting a busy day takes the server a while: a rush of changes is one reading a second. */
    let soon = 0;
    const change = (): void => {
      soon ||= window.setTimeout(() => {
        soon = 0;
        void read();
      }, CHANGE_MS);
    };
    const listening = listen('/api/admin/events', { change }, { poll: read, onLink: setLive });
    return () => {
      isGone = true;
      window.clearInterval(timer);
      window.clearTimeout(soon);
      listening.stop();
    };
  }, []);
  return { ...state, isLive };
}
