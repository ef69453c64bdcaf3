import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.ts';
import { allSessionsQuery } from '../api/sessions.ts';
import { t } from '../messages/en.ts';
import { buttonClass } from './button.tsx';
import { Select } from './field.tsx';
import { Empty } from './states.tsx';

type Session = Schemas['Session'];

/** The session that a page about one number shows: the one in the address, else the default, else one that is online. */
export function useSession(chosen: string | undefined): {
  session: Session | undefined;
  sessions: readonly Session[] | undefined;
} {
  const { data: sessions } = useQuery(allSessionsQuery);
  const online = sessions?.filter(({ status }) => status === 'online') ?? [];
  const session =
    sessions?.find(({ id }) => id === chosen) ??
    online.find(({ isDefault }) => isDefault) ??
    online[0] ??
    sessions?.find(({ isDefault }) => isDefault) ??
    sessions?.[0];
  return { session, sessions };
}

export const SessionSelect = ({
  sessions,
  value,
  onChoose,
}: {
  sessions: readonly Session[];
  value: string;
  onChoose: (id: string) => void;
}): ReactElement => (
  <Select label={t.common.session} value={value} onChange={(event) => onChoose(event.target.value)}>
    {sessions.map(({ id, name, mode }) => (
      <option key={id} value={id}>
        {mode === 'sandbox' ? `${name} (${t.common.sandbox})` : name}
      </option>
    ))}
  </Select>
);

/** What a page about one number says without one that is online. */
export const NotOnline = ({ session }: { session: Session | undefined }): ReactElement => (
  <Empty
    title={session === undefined ? t.sessions.empty : t.common.notOnline(session.name)}
    action={
      session === undefined ? (
        <Link to="/welcome" className={buttonClass('primary')}>
          {t.sessions.emptySandbox}
        </Link>
      ) : (
        <Link
          to="/sessions/$sessionId"
          params={{ sessionId: session.id }}
          className={buttonClass('primary')}
        >
          {t.common.openSession}
        </Link>
      )
    }
  >
    {session === undefined ? t.sessions.emptyLead : t.common.notOnlineLead}
  </Empty>
);
