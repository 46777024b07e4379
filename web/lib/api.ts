/** The only fetch of our pages: JSON in, JSON out, every failure an ApiError. */

/** Why a call failed. `word` is the server's ("code_stale"), or "offline" when no answer came at all. */
export class ApiError extends Error {
  constructor(
    readonly word: string,
    readonly status: number,
    /** The whole answer: refusals carry facts such as `again` or `left`. */
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(word);
    this.name = 'ApiError';
  }

  /** Nothing was answered: trying again may work, and the server may even have done it. */
  get isOffline(): boolean {
    return this.status === 0;
  }

  /** The id to tell the operator. */
  get request(): string | undefined {
    return typeof this.facts['request'] === 'string' ? this.facts['request'] : undefined;
  }
}

export interface CallOptions {
  /** For calls that change a value: the same key again gives the first answer again. */
  key?: string;
  timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** A key for one gesture, 32 characters. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function call<T>(method: 'GET' | 'POST', path: string, body: unknown, options: CallOptions): Promise<T> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), options.timeoutMs ?? TIMEOUT_MS);
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method === 'POST') headers['Content-Type'] = 'application/json';
  if (options.key !== undefined) headers['Idempotency-Key'] = options.key;

  let status = 0;
  let facts: unknown = null;
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: method === 'POST' ? JSON.stringify(body) : null,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: abort.signal,
    });
    const text = await response.text(); // an answer cut off in the middle is no answer
    status = response.status;
    facts = text === '' ? null : parse(text);
  } catch {
    throw new ApiError('offline', 0);
  } finally {
    clearTimeout(timer);
  }
  if (status >= 200 && status < 300) return facts as T;
  const known = typeof facts === 'object' && facts !== null ? (facts as Record<string, unknown>) : {};
  throw new ApiError(typeof known['error'] === 'string' ? known['error'] : 'unknown', status, known);
}

/** A proxy's error page is not JSON: the status says enough then. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const api = {
  get: <T>(path: string, options: CallOptions = {}): Promise<T> => call<T>('GET', path, undefined, options),
  post: <T>(path: string, body: unknown, options: CallOptions = {}): Promise<T> => call<T>('POST', path, body, options),
};
