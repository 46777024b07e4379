/** Says on the page whether the member's lines are under the ledger's signed head, and what to do if they are not. */
import { api } from '../lib/api';
import { byId } from '../lib/dom';
import { date, plural, t } from '../lib/lang';
import type { Remembered, Verdict } from './proof';

const KEPT = 'stampd.proof';

/** null: nothing yet, or storage is closed to us. */
function recall(): Remembered | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? 'null') as Remembered | null;
    return kept && typeof kept.hash === 'string' && typeof kept.lines === 'object' ? kept : null;
  } catch {
    return null;
  }
}

function remember(found: Remembered): void {
  try {
    localStorage.setItem(KEPT, JSON.stringify(found));
  } catch {
    // the next time is another first time
  }
}

function sentence(verdict: Verdict): string {
  if (verdict.state === 'none') return t('card.proof_none');
  if (verdict.state === 'differs')
    return t(['line', 'balance', 'gone'].includes(verdict.fault) ? 'card.proof_differs' : 'card.proof_seal_differs');
  const newer = verdict.waiting ? ` ${plural('card.proof_waiting', verdict.waiting)}` : '';
  return plural('card.proof_matches', verdict.lines, { date: date(verdict.until) }) + newer;
}

/** What the shop should be told: never a line itself. */
const reference = (verdict: Verdict): string =>
  verdict.state !== 'differs' ? '' : verdict.fault + (verdict.seq === undefined ? '' : ` ${verdict.seq}`);

function show(state: Verdict['state'] | 'checking' | 'failed', text: string, code: string): void {
  const [status, todo, again] = ['proof-status', 'proof-todo', 'proof-again'].map(byId) as [HTMLElement, HTMLElement, HTMLElement];
  status.dataset['state'] = state;
  status.textContent = text;
  todo.hidden = state !== 'differs';
  todo.textContent = state === 'differs' ? t('card.proof_todo', { code }) : '';
  again.hidden = state !== 'failed';
}

async function check(): Promise<void> {
  show('checking', t('card.proof_checking'), '');
  try {
    const { prove } = await import('./proof'); // nothing of it is needed to show the page
    const verdict = await prove(api.get, recall());
    if (verdict.state === 'matches') remember(verdict.remember);
    show(verdict.state, sentence(verdict), reference(verdict));
  } catch {
    show('failed', t('card.proof_failed'), '');
  }
}

/** On every page that has the box (page_proof_write in src/api/page_me.c). */
export function startSeal(): void {
  byId('proof-again')!.addEventListener('click', () => void check());
  void check();
}
