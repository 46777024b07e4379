/** Codes of somebody else's for one article: a table is looked at first, and loaded only when all of it is right. */

import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { api, ApiError } from '../lib/api';
import { number, plural, t } from '../lib/lang';
import type { CodesRead } from './catalogue_types';

const BYTES_MAX = 384 * 1024;

const known = ['code_row', 'code_twice', 'code_many', 'csv_quote', 'csv_text', 'csv_wide'];
const faultText = (why: string): string => t(known.includes(why) ? `admin.${why}` : 'admin.code_row');

interface Table {
  name: string;
  text: string;
  read: CodesRead;
}

function Faults({ read }: { read: CodesRead }): JSX.Element {
  return (
    <>
      <p class="part-wrong">{plural('admin.codes_wrong', read.wrong)}</p>
      <ul class="plan-changes">
        {read.faults.map(({ line, why }) => <li key={line}>{t('admin.codes_line', { line: number(line), why: faultText(why) })}</li>)}
      </ul>
      {read.wrong > read.faults.length && <p class="part-about">{t('admin.codes_more', { n: read.wrong - read.faults.length })}</p>}
    </>
  );
}

/** What a failed call means, as a key of the words. */
function newsOf(reason: unknown): string {
  if (!(reason instanceof ApiError) || reason.isOffline) return 'admin.offline';
  if (reason.status === 413) return 'admin.codes_large';
  return known.includes(reason.word) ? `admin.${reason.word}` : reason.word === 'reward_unknown' ? 'admin.codes_unknown' : 'admin.not_done';
}

export function Codes({ plan, reward, title, left, isFew, loaded, signedOut }: {
  plan: number; reward: string; title: string; left: number; isFew: boolean;
  /** So many were loaded. */
  loaded: () => void;
  signedOut: () => void;
}): JSX.Element {
  const [table, setTable] = useState<Table | null>(null);
  const [news, setNews] = useState({ text: '', isBad: false });
  const [isBusy, setBusy] = useState(false);
  const file = useRef<HTMLInputElement>(null);

  const send = (csv: string, dry: boolean): Promise<CodesRead> =>
    api.post<CodesRead>(`/api/admin/plans/${plan}/codes`, { reward, csv, dry }, { timeoutMs: 60_000 });
  const act = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setNews({ text: '', isBad: false });
    try {
      await work();
    } catch (reason) {
      if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) return signedOut();
      setNews({ text: t(newsOf(reason)), isBad: true });
    } finally {
      setBusy(false);
    }
  };
  const drop = (): void => {
    setTable(null);
    if (file.current) file.current.value = '';
  };
  const look = (chosen: File | undefined): void => void act(async () => {
    setTable(null);
    if (!chosen) return;
    if (chosen.size > BYTES_MAX) return setNews({ text: t('admin.codes_large'), isBad: true });
    const text = await chosen.text();
    if (text === '') return setNews({ text: t('admin.codes_empty'), isBad: true });
    setTable({ name: chosen.name, text, read: await send(text, true) });
  });
  const load = ({ text }: Table): void => void act(async () => {
    const read = await send(text, false);
    drop();
    setNews({ text: plural('admin.codes_loaded', read.rows, { left: read.left }), isBad: false });
    loaded();
  });

  return (
    <section class="panel" aria-labelledby={`codes-${reward}`}>
      <h2 id={`codes-${reward}`} class="panel-title">{t('admin.codes_title', { title })}</h2>
      <p class="panel-text">{t('admin.codes_text')}</p>
      <p class={isFew ? 'plan-note' : 'codes-left'}>{plural('admin.codes_left', left)}{isFew ? ` ${t('admin.codes_few')}` : ''}</p>
      <div class="part">
        <label class="part-name" for={`codes-${reward}-file`}>{t('admin.codes_file')}</label>
        <input id={`codes-${reward}-file`} ref={file} class="field" type="file" accept=".csv,.txt,text/csv,text/plain" aria-describedby={`codes-${reward}-about`} disabled={isBusy}
          onChange={(event) => look(event.currentTarget.files?.[0])} />
        <p id={`codes-${reward}-about`} class="part-about">{t('admin.codes_about')}</p>
      </div>
      <div role="status">
        {table && (table.read.wrong > 0 ? <Faults read={table.read} />
          : table.read.rows === 0 ? <p class="part-wrong">{t('admin.codes_empty')}</p>
            : <p class="plan-note">{plural('admin.codes_read', table.read.rows, { name: table.name })} {t('admin.codes_for_good')}</p>)}
        <p class={news.isBad ? 'news news-bad' : 'news'}>{news.text}</p>
      </div>
      {table && table.read.wrong === 0 && table.read.rows > 0 && (
        <div class="deed-row">
          <button type="button" class="button" disabled={isBusy} onClick={() => load(table)}>{plural('admin.codes_load', table.read.rows)}</button>
          <button type="button" class="button-quiet" disabled={isBusy} onClick={drop}>{t('admin.codes_drop')}</button>
        </div>
      )}
    </section>
  );
}
