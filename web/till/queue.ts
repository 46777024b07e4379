/**
 * The grants this till owes to the server.
 *
 * Every grant is written here before it is sent, with the idempotency key made when the cashier
 * pressed the button, and removed when the server has answered. So a lost answer, a lost
 * connection and a reload all end the same way: the same grant is sent again with the same key,
 * in the order of the presses, and the server writes it once.
 *
 * A refusal nobody was waiting for any more stays here as a problem until somebody has looked at it.
 * Redeeming is never queued: it needs the server's word at that moment.
 */

import { newKey } from '../lib/api';

/** Part of a sale: goods of one kind. */
export interface GrantLine {
  category: string;
  quantity: number;
  yen: number;
}

export type Give = { stamps: number } | { yen: number; lines?: GrantLine[] };

export interface GrantBody {
  scan?: number;
  code?: string;
  scanned_at?: number;
  stamps?: number;
  yen?: number;
  lines?: GrantLine[];
}

/** What the cashier decided, with all that is needed to send it now or much later. */
export interface Grant {
  scan: number | null; /* null: the code was read without a connection */
  code: string;
  scannedAt: number; /* server time as well as the till knows it */
  give: Give;
  name: string | null;
  staff: string;
}

export interface Entry extends Grant {
  seq: number; /* the order of the presses */
  key: string;
  madeAt: number;
  tries: number; /* 0: the server cannot have seen it */
  state: 'waiting' | 'problem';
  word: string; /* of the refusal, for a problem */
  facts: Record<string, unknown>;
}

/** How a call failed: 0 is no answer at all. */
export interface Failure {
  status: number;
  word: string;
  facts: Record<string, unknown>;
}

export type Outcome<Answer> =
  | { state: 'done'; answer: Answer }
  | { state: 'refused'; failure: Failure }
  | { state: 'waiting'; entry: Entry };

export interface Store {
  all(): Promise<Entry[]>;
  put(entry: Entry): Promise<void>;
  add(entry: Omit<Entry, 'seq'>): Promise<Entry>;
  remove(seq: number): Promise<void>;
  /** In one step: counts one more try of a waiting entry. Null: it is gone. */
  claim(seq: number): Promise<Entry | null>;
  /** In one step: removes an entry that was never tried. False: it was, or is gone. */
  withdraw(seq: number): Promise<boolean>;
}

export interface QueueHooks<Answer> {
  /** Sends one grant. Throws a Failure; anything else thrown counts as no answer. */
  send(body: GrantBody, key: string): Promise<Answer>;
  /** The entries, or what is known of the connection, changed. */
  changed(): void;
  now(): number;
  /** Two tabs of one till share the store; this lets one of them at a time send. */
  alone(work: () => Promise<void>): Promise<void>;
}

const PATIENCE_MS = 4000; /* how long a cashier waits for an answer before it is "will be sent" */
const RETRY_MS = [1000, 2000, 4000, 8000, 15000];

function bodyOf(entry: Entry): GrantBody {
  return entry.scan === null
    ? { code: entry.code, scanned_at: entry.scannedAt, ...entry.give }
    : { scan: entry.scan, ...entry.give };
}

/** Answers that say nothing about the grant itself: it is sent again later. */
function isLater(status: number): boolean {
  return status === 0 || status === 401 || status === 408 || status === 425 || status === 429 || status >= 500;
}

function failureOf(reason: unknown): Failure {
  const { status, word, facts } = (reason ?? {}) as Partial<Failure>;
  if (typeof status !== 'number') return { status: 0, word: 'offline', facts: {} };
  return { status, word: word ?? 'error', facts: facts ?? {} };
}

export class Queue<Answer> {
  entries: Entry[] = [];
  isDown = false; /* the last attempt got no answer */
  isSignedOut = false; /* the last attempt met an ended session */
  private readonly waiters = new Map<number, (outcome: Outcome<Answer>) => void>();
  private running: Promise<void> | null = null;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly store: Store, private readonly hooks: QueueHooks<Answer>) {}

  get waiting(): Entry[] {
    return this.entries.filter((entry) => entry.state === 'waiting');
  }

  get problems(): Entry[] {
    return this.entries.filter((entry) => entry.state === 'problem');
  }

  /** Reads what an earlier page left behind, and starts to send it. */
  async open(): Promise<void> {
    await this.refresh();
    this.wake();
  }

  /**
   * Writes the grant down, sends it when its turn comes, and says how that went.
   * 'waiting': no answer yet; it will be sent again until there is one.
   */
  async give(grant: Grant): Promise<Outcome<Answer>> {
    const entry = await this.store.add({
      ...grant, key: newKey(), madeAt: this.hooks.now(), tries: 0, state: 'waiting', word: '', facts: {},
    });
    await this.refresh();
    if (this.isDown || this.isSignedOut) {
      this.retryLater();
      return { state: 'waiting', entry };
    }
    return new Promise((resolve) => {
      const patience = setTimeout(() => this.tell(entry.seq, { state: 'waiting', entry }), PATIENCE_MS);
      this.waiters.set(entry.seq, (outcome) => {
        clearTimeout(patience);
        resolve(outcome);
      });
      this.wake();
    });
  }

  /** Takes back a grant that was never sent. False: it may have been, so it cannot be taken back here. */
  async withdraw(seq: number): Promise<boolean> {
    const isWithdrawn = await this.store.withdraw(seq);
    await this.refresh();
    return isWithdrawn;
  }

  /** Nothing more is to be done about this entry; for a problem, because a person has seen it. */
  async dismiss(seq: number): Promise<void> {
    await this.store.remove(seq);
    await this.refresh();
  }

  /** There is reason to believe that the server answers again: send what waits. */
  wake(): void {
    this.isDown = false;
    this.isSignedOut = false;
    this.start();
  }

  private start(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.running ??= this.run().catch(() => undefined).finally(() => {
      this.running = null;
      for (const seq of [...this.waiters.keys()]) this.settle(seq);
      this.hooks.changed();
      if (this.waiting.length > 0) this.retryLater();
    });
  }

  private async run(): Promise<void> {
    await this.hooks.alone(async () => {
      for (;;) {
        await this.refresh();
        const [entry] = this.waiting;
        if (!entry || !(await this.attempt(entry.seq))) return;
      }
    });
  }

  /** Sends one entry. False: no answer, so nothing behind it may be sent either. */
  private async attempt(seq: number): Promise<boolean> {
    const entry = await this.store.claim(seq); /* before it is sent: from here on the server may have seen it */
    if (!entry) return true;
    let answer: Answer;
    try {
      answer = await this.hooks.send(bodyOf(entry), entry.key);
    } catch (reason) {
      const failure = failureOf(reason);
      if (!isLater(failure.status)) {
        this.reached();
        await this.refused(entry, failure);
        return true;
      }
      this.isDown = failure.status !== 401;
      this.isSignedOut = failure.status === 401;
      this.failures++;
      return false;
    }
    this.reached();
    await this.dismiss(entry.seq);
    this.tell(entry.seq, { state: 'done', answer });
    return true;
  }

  private reached(): void {
    this.isDown = false;
    this.isSignedOut = false;
    this.failures = 0;
  }

  private async refused(entry: Entry, failure: Failure): Promise<void> {
    if (this.waiters.has(entry.seq)) {
      await this.dismiss(entry.seq); /* the cashier is looking: the screen says why */
      this.tell(entry.seq, { state: 'refused', failure });
    } else if (failure.word === 'scan_over' && entry.scan !== null) {
      /* The scan ended while the grant waited, so the server has not written it: by code, as when offline. */
      await this.store.put({ ...entry, scan: null, key: newKey() });
    } else {
      await this.store.put({ ...entry, state: 'problem', word: failure.word, facts: failure.facts });
    }
  }

  private tell(seq: number, outcome: Outcome<Answer>): void {
    const waiter = this.waiters.get(seq);
    this.waiters.delete(seq);
    waiter?.(outcome);
  }

  /** The loop has stopped: whoever still waits for this entry is told that it stays here. */
  private settle(seq: number): void {
    const entry = this.entries.find((each) => each.seq === seq);
    if (entry) this.tell(seq, { state: 'waiting', entry });
  }

  private retryLater(): void {
    if (this.timer !== undefined || this.running) return;
    const delay = RETRY_MS[Math.min(Math.max(this.failures - 1, 0), RETRY_MS.length - 1)]!;
    this.timer = setTimeout(() => this.start(), delay);
  }

  private async refresh(): Promise<void> {
    this.entries = await this.store.all();
    this.hooks.changed();
  }

  close(): void {
    clearTimeout(this.timer);
  }
}

// ---------------------------------------------------------------- where it is kept

const GRANTS = 'grants';

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** IndexedDB; a write counts when its transaction is complete, not before. */
export async function openStore(name = 'stampd-till', factory: IDBFactory = indexedDB): Promise<Store> {
  const opening = factory.open(name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(GRANTS, { keyPath: 'seq', autoIncrement: true });
  const db = await done(opening);

  /** Runs `work` in one transaction; `give` sets what the promise becomes when all of it is on disk. */
  const write = <T>(work: (grants: IDBObjectStore, give: (value: T) => void) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      const tx = db.transaction(GRANTS, 'readwrite', { durability: 'strict' });
      let value: T;
      tx.oncomplete = () => resolve(value);
      tx.onabort = () => reject(tx.error);
      work(tx.objectStore(GRANTS), (given) => { value = given; });
    });
  const change = <T>(seq: number, work: (entry: Entry | undefined, grants: IDBObjectStore) => T): Promise<T> =>
    write<T>((grants, give) => {
      const request = grants.get(seq) as IDBRequest<Entry | undefined>;
      request.onsuccess = () => give(work(request.result, grants));
    });

  return {
    all: () => done(db.transaction(GRANTS).objectStore(GRANTS).getAll() as IDBRequest<Entry[]>),
    put: (entry) => write<void>((grants) => grants.put(entry)),
    add: (entry) => write<Entry>((grants, give) => {
      const request = grants.add(entry);
      request.onsuccess = () => give({ ...entry, seq: Number(request.result) });
    }),
    remove: (seq) => write<void>((grants) => grants.delete(seq)),
    claim: (seq) => change(seq, (entry, grants) => {
      if (entry?.state !== 'waiting') return null;
      const claimed = { ...entry, tries: entry.tries + 1 };
      grants.put(claimed);
      return claimed;
    }),
    withdraw: (seq) => change(seq, (entry, grants) => {
      if (entry?.state !== 'waiting' || entry.tries > 0) return false;
      grants.delete(seq);
      return true;
    }),
  };
}

/** For browsers without IndexedDB: works, but does not outlive the page. */
export function memoryStore(): Store {
  const entries = new Map<number, Entry>();
  let last = 0;
  return {
    all: async () => [...entries.values()].sort((a, b) => a.seq - b.seq),
    put: async (entry) => void entries.set(entry.seq, entry),
    add: async (entry) => {
      const kept = { ...entry, seq: ++last };
      entries.set(kept.seq, kept);
      return kept;
    },
    remove: async (seq) => void entries.delete(seq),
    claim: async (seq) => {
      const entry = entries.get(seq);
      if (entry?.state !== 'waiting') return null;
      entries.set(seq, { ...entry, tries: entry.tries + 1 });
      return entries.get(seq)!;
    },
    withdraw: async (seq) => {
      const entry = entries.get(seq);
      return entry?.state === 'waiting' && entry.tries === 0 && entries.delete(seq);
    },
  };
}
