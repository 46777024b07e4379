/** Who is looking: proof from LINE becomes our own session. */
import { api } from '../lib/api';
import type { Liff } from '../lib/liff';
import type { SessionAnswer } from '../lib/types';
import { sessionStore } from './guard';

const LEFT = 'stampd.left';

/** Someone who has logged out is not logged in again behind their back. */
export const hasLeft = (): boolean => sessionStore()?.getItem(LEFT) === '1';
export const setLeft = (is: boolean): void =>
  is ? sessionStore()?.setItem(LEFT, '1') : sessionStore()?.removeItem(LEFT);

/** Hands LINE's token to the server, `again` when it is the session's own member that has to show it; null when LINE gave none. */
export async function prove(liff: Liff, again = false): Promise<SessionAnswer | null> {
  const token = liff.idToken();
  return token === null ? null : api.post<SessionAnswer>('/line/session', { id_token: token, again });
}
