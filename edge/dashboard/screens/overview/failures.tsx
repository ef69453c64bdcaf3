import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Card } from '../../components/page.tsx';
import { ErrorNote, Loading } from '../../components/states.tsx';
import { Ago } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { failuresQuery } from './queries.ts';

const text = t.overview.failures;

/** The last messages that were not sent, each with its reason. */
export function Failures(): ReactElement {
  const { data: failures, error } = useQuery(failuresQuery);
  return (
    <Card
      title={text.title}
      actions={
        <Link
          to="/messages"
          search={{ status: 'failed' }}
          className="text-sm text-accent underline underline-offset-2"
        >
          {text.all}
        </Link>
      }
    >
      {error !== null && <ErrorNote error={error} />}
      {failures === undefined && error === null && <Loading rows={2} />}
      {failures?.length === 0 && <p className="text-muted">{text.none}</p>}
      {failures !== undefined && failures.length > 0 && (
        <ul className="-my-2 divide-y">
          {failures.map(({ id, chatId, error: cause, failedAt, createdAt }) => (
            <li key={id} className="grid grid-cols-[minmax(0,1fr)] gap-0.5 py-2">
              <span className="flex justify-between gap-4">
                <Link
                  to="/messages"
                  search={{ status: 'failed', message: id }}
                  className="truncate font-mono text-sm hover:underline"
                >
                  {chatId}
                </Link>
                <span className="text-muted">
                  <Ago at={failedAt ?? createdAt} />
                </span>
              </span>
              <span className="text-sm text-bad">{cause?.message}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
