/** A session alone is not enough for some acts: the way through LINE's login, and what is found on coming back. */
import { ApiError } from './api';

/** Leads to the page that asks for the login, if that is what `error` is about. */
export function wantsLogin(error: unknown, act: string): boolean {
  const is = error instanceof ApiError && error.word === 'login_stale';
  if (is) location.assign(`/card/again?act=${act}`);
  return is;
}

/** What was begun before the login, on the way back from it; null on any other way here. */
export const begunBefore = (): string | null => new URLSearchParams(location.search).get('act');
