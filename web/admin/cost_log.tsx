/** What one member was told, and why; and a few words of the owner's own to that member. */

import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { api, ApiError, newKey } from '../lib/api';
import { date, number, t, time } from '../lib/lang';
import type { Topic } from '../lib/types';
import { type LogAnswer, type LogLine, type Rules, type Way, yen } from './cost_types';

const TOPICS: readonly Topic[] = ['receipts', 'rewards', 'offers'];
const TEXT_MAX = 1000;
/** Words of the server that say what is wrong with what was typed. */
const FAULTS: Record<string, string> = {
  card_unknown: 'admin.log_unknown', code_unreadable: 'admin.log_unreadable', code_ambiguous: 'admin.log_ambiguous',
  text_empty: 'admin.write_empty', text_too_long: 'admin.write_long', text_invalid: 'admin.template_not_text',
  too_many_requests: 'admin.write_often', field_range: 'admin.log_unreadable',
};
const faultOf = (reason: unknown): string => t((reason instanceof ApiError && FAULTS[reason.word]) || 'admin.not_done');

/** A push's reason is the notice's own kind: that it is worth a message. */
const reasonOf = ({ step, reason, kind }: LogLine): string =>
  reason === null ? '' : step === 'push' && reason === kind ? t('admin.reason_worth') : t(`admin.reason_${reason}`);

function Lines({ lines }: { lines: readonly LogLine[] }): JSX.Element {
  if (lines.length === 0) return <p class="panel-none">{t('admin.log_none')}</p>;
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-labelledby="log-title">
      <table class="figures log">
        <thead><tr>{['kind', 'when', 'state', 'reason', 'request'].map((name) => <th key={name} scope="col">{t(`admin.log_${name}`)}</th>)}</tr></thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.id}>
              <th scope="row">{t(`admin.kind_${line.kind}`)}</th>
              <td>{date(line.at)} {time(line.at)}</td>
              <td>{t(`admin.state_${line.state}`)}</td>
              <td>{reasonOf(line)}</td>
              <td class="log-request">{line.request ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Member({ member }: { member: LogAnswer['member'] }): JSX.Element {
  const wants = TOPICS.filter((topic) => member.topics[topic]).map((topic) => t(`admin.topic_${topic}`));
  return (
    <>
      <h3 class="log-name">{member.name ?? t('admin.log_nameless')}</h3>
      <ul class="facts">
        <li>{t(member.friend ? 'admin.log_friend' : 'admin.log_no_friend')}</li>
        <li>{wants.length > 0 ? t('admin.log_wants', { topics: wants.join(', ') }) : t('admin.log_wants_none')}</li>
        <li>{t('admin.log_pushes', { n: number(member.pushes) })}</li>
        {member.card === 'blocked' && <li>{t('admin.log_card_blocked')}</li>}
      </ul>
    </>
  );
}

function Write({ code, way, rules, sent, signedOut }: {
  code: string; way: Way; rules: Rules; sent: () => void; signedOut: () => void;
}): JSX.Element {
  const [text, setText] = useState('');
  const [news, setNews] = useState<{ text: string; isBad: boolean } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const key = useRef(newKey()); /* one message, however often its answer is lost */

  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      const { reaches_by } = await api.post<{ reaches_by: Way }>('/api/admin/messages/write', { code, text }, { key: key.current });
      key.current = newKey();
      setText('');
      setNews({ text: t(`admin.write_done_${reaches_by}`), isBad: false });
      sent();
    } catch (reason) {
      if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) return signedOut();
      if (reason instanceof ApiError && !reason.isOffline) key.current = newKey();
      setNews({ text: faultOf(reason), isBad: true });
    } finally {
      setBusy(false);
    }
  };

  return (
    <form class="write" onSubmit={(event) => void send(event)}>
      <label class="part-name" for="write-text">{t('admin.write_title')}</label>
      <textarea id="write-text" class="field" rows={3} value={text} aria-describedby="write-about"
        onInput={(event) => {
          setText(event.currentTarget.value);
          setNews(null);
        }} />
      <p id="write-about" class={text.length > TEXT_MAX ? 'part-wrong' : 'part-about'}>
        {t(`admin.write_${way}`, { yen: yen(1, rules) })} {t('admin.write_length', { n: text.length, max: TEXT_MAX })}
      </p>
      <button type="submit" class="button" disabled={isBusy || text.trim() === '' || text.length > TEXT_MAX}>{t('admin.write_send')}</button>
      <p class={news?.isBad ? 'news news-bad' : 'news'} role="status">{news?.text}</p>
    </form>
  );
}

export function Log({ rules, signedOut }: { rules: Rules; signedOut: () => void }): JSX.Element {
  const [typed, setTyped] = useState('');
  const [shown, setShown] = useState<{ code: string; answer: LogAnswer } | null>(null);
  const [fault, setFault] = useState('');

  const load = async (code: string): Promise<void> => {
    setFault('');
    try {
      setShown({ code, answer: await api.post<LogAnswer>('/api/admin/messages/log', { code }) });
    } catch (reason) {
      if (reason instanceof ApiError && (reason.status === 401 || reason.status === 403)) return signedOut();
      setShown(null);
      setFault(faultOf(reason));
    }
  };

  return (
    <section class="panel" aria-labelledby="log-title">
      <h2 id="log-title" class="panel-title">{t('admin.log_title')}</h2>
      <form class="log-form" onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() !== '') void load(typed);
      }}>
        <label class="part-name" for="log-code">{t('admin.log_code')}</label>
        <div class="deed-row">
          <input id="log-code" class="field log-code" autocomplete="off" spellcheck={false} value={typed} aria-invalid={fault !== ''}
            aria-describedby="log-about" onInput={(event) => setTyped(event.currentTarget.value)} />
          <button type="submit" class="button">{t('admin.log_show')}</button>
        </div>
        <p id="log-about" class={fault ? 'part-wrong' : 'part-about'} role="status">{fault || t('admin.log_code_text')}</p>
      </form>
      {shown && (
        <div class="log-member">
          <Member member={shown.answer.member} />
          <Lines lines={shown.answer.lines} />
          <Write key={shown.code} code={shown.code} way={shown.answer.reaches_by} rules={rules} signedOut={signedOut}
            sent={() => void load(shown.code)} />
        </div>
      )}
    </section>
  );
}
