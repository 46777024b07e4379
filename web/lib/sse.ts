/**
 * Live updates: server-sent events, with polling behind them.
 *
 * A hidden page listens to nothing; when it is seen again it asks once what it has missed.
 */

export interface Listening {
  stop(): void;
}

export interface ListenOptions {
  /** Asks for the whole state: after a gap, and every few seconds while the stream is down. */
  poll: () => unknown;
  /** The stream came up (true) or went down. */
  onLink?: (isUp: boolean) => void;
}

export const POLL_MS = 5_000;
const POLL_SLOW_MS = 30_000;
const POLL_FAST_FOR_MS = 120_000;
const RETRY_MAX_MS = 30_000;

export function listen(
  url: string,
  handlers: Readonly<Record<string, (data: unknown) => void>>,
  options: ListenOptions,
): Listening {
  let source: EventSource | null = null;
  let pollTimer = 0;
  let retryTimer = 0;
  let retryMs = 1_000;
  let downSince = 0;
  let hasGap = false;

  const poll = (): void => {
    window.clearTimeout(pollTimer);
    const wait = Date.now() - downSince < POLL_FAST_FOR_MS ? POLL_MS : POLL_SLOW_MS;
    pollTimer = window.setTimeout(() => {
      options.poll();
      poll();
    }, wait);
  };

  const down = (): void => {
    if (downSince === 0) {
      downSince = Date.now();
      options.onLink?.(false);
      poll();
    }
    hasGap = true;
  };

  const open = (): void => {
    close();
    source = new EventSource(url);
    source.onopen = () => {
      window.clearTimeout(pollTimer);
      downSince = 0;
      retryMs = 1_000;
      options.onLink?.(true);
      if (hasGap) options.poll();
      hasGap = false;
    };
    source.onerror = () => {
      down();
      // CONNECTING: the browser tries again by itself. CLOSED: it was refused, and gives up.
      if (source?.readyState === EventSource.CLOSED) {
        retryTimer = window.setTimeout(open, retryMs);
        retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
      }
    };
    for (const [event, handle] of Object.entries(handlers))
      source.addEventListener(event, (message) => {
        try {
          handle(JSON.parse((message as MessageEvent<string>).data));
        } catch {
          options.poll(); // not ours to guess: ask for the state
        }
      });
  };

  const close = (): void => {
    window.clearTimeout(retryTimer);
    source?.close();
    source = null;
  };

  const onVisibility = (): void => {
    window.clearTimeout(pollTimer);
    downSince = 0;
    if (document.visibilityState === 'hidden') {
      hasGap = true;
      close();
    } else {
      open();
    }
  };

  document.addEventListener('visibilitychange', onVisibility);
  if (document.visibilityState !== 'hidden') open();
  return {
    stop() {
      document.removeEventListener('visibilitychange', onVisibility);
      window.clearTimeout(pollTimer);
      close();
    },
  };
}
