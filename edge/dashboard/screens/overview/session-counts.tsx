import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Schemas } from '../../api/client.ts';
import { count } from '../../components/numbers.ts';
import { Card } from '../../components/page.tsx';
import {
  SESSION_TONES,
  SessionState,
  type SessionStatus,
} from '../../components/session-state.tsx';
import { t } from '../../messages/en.ts';

const text = t.overview.sessions;
// Object.keys says string; the table is closed.
const STATUSES = Object.keys(SESSION_TONES) as SessionStatus[];

export const SessionCounts = ({
  sessions,
}: {
  sessions: readonly Schemas['Session'][];
}): ReactElement => (
  <Card
    title={text.title}
    actions={
      <Link to="/sessions" className="text-sm text-accent underline underline-offset-2">
        {text.all}
      </Link>
    }
  >
    <ul className="grid gap-2">
      {STATUSES.map((status) => ({
        status,
        of: sessions.filter((session) => session.status === status),
      }))
        .filter(({ of }) => of.length > 0)
        .map(({ status, of }) => (
          <li key={status} className="flex justify-between gap-4">
            <SessionState status={status} />
            <span>{count(of.length)}</span>
          </li>
        ))}
    </ul>
    <p className="text-sm text-muted">{text.total(count(sessions.length))}</p>
  </Card>
);
