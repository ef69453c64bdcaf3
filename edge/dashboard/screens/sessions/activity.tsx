import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Card } from '../../components/page.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { Empty } from '../../components/states.tsx';
import { SESSION_TONES, type SessionStatus } from '../../components/session-state.tsx';
import { Status } from '../../components/status.tsx';
import { Ago, Exact } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { activityQuery, type LogEntry } from './session.ts';

const text = t.sessions.activity;

/** Every change of state and every attempt to reconnect, the latest first. */
export function Activity({ id }: { id: string }): ReactElement {
  const log = useInfiniteQuery(activityQuery(id));
  return (
    <Card title={text.title}>
      <PagedList list={log} empty={<Empty title={text.empty} />}>
        {(entries) => (
          <ol className="relative grid gap-5 border-l pl-5">
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </ol>
        )}
      </PagedList>
    </Card>
  );
}

const isStatus = (name: string): name is SessionStatus => name in SESSION_TONES;

function Entry({ entry }: { entry: LogEntry }): ReactElement {
  const { status } = entry;
  return (
    <li className="grid items-baseline gap-x-6 sm:flex sm:justify-between">
      <div className="grid">
        {entry.type === 'reconnect' && entry.attempt !== null ? (
          <span>{text.attempt(entry.attempt)}</span>
        ) : (
          <Status
            tone={isStatus(status) ? SESSION_TONES[status] : 'off'}
            word={isStatus(status) ? t.sessions.status[status] : status}
          />
        )}
        <span className="font-mono text-sm text-muted">
          {entry.reason}
          {entry.delayMs !== null && ` ${text.waits(Math.round(entry.delayMs / 1_000))}`}
        </span>
      </div>
      <span className="flex flex-wrap gap-x-3 text-sm text-muted sm:grid sm:justify-items-end">
        <Ago at={entry.at} />
        <Exact at={entry.at} />
      </span>
    </li>
  );
}
