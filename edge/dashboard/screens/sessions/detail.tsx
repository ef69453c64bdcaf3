import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Page } from '../../components/page.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { ErrorNote, Loading } from '../../components/states.tsx';
import { SessionState } from '../../components/session-state.tsx';
import { Badge, SandboxBadge } from '../../components/status.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { LiveNote } from '../../components/live-note.tsx';
import { t } from '../../messages/en.ts';
import { SessionButtons } from './actions-menu.tsx';
import { Activity } from './activity.tsx';
import { Overview } from './overview.tsx';
import { sessionQuery } from './session.ts';
import { SessionSettings } from './settings.tsx';

const TABS = ['overview', 'activity', 'settings'] as const;

export function SessionDetail(): ReactElement {
  const { sessionId } = useParams({ from: '/shell/sessions/$sessionId' });
  const { tab } = useSearch({ from: '/shell/sessions/$sessionId' });
  const { data: session, error, refetch } = useQuery(sessionQuery(sessionId));
  const current = TABS.find((name) => name === tab) ?? 'overview';
  if (session === undefined)
    return (
      <Page title={t.sessions.title}>
        {error === null ? <Loading /> : <ErrorNote error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  const path = `/v1/sessions/${session.id}`;
  return (
    <Page
      title={
        <>
          {session.name}
          {session.mode === 'sandbox' && <SandboxBadge />}
          {session.isDefault && <Badge>{t.sessions.default}</Badge>}
        </>
      }
      lead={
        <span className="flex flex-wrap items-center gap-x-3" role="status">
          <SessionState status={session.status} />
          {t.sessions.next[session.status]} <LiveNote />
        </span>
      }
      actions={
        <>
          <ShowCall
            calls={[
              { method: 'GET', path },
              { method: 'POST', path: `${path}/restart` },
              { method: 'GET', path: `${path}/events` },
            ]}
          />
          <SessionButtons session={session} />
        </>
      }
    >
      {error !== null && <ErrorNote error={error} />}
      <Tabs
        label={session.name}
        current={current}
        tabs={TABS.map((id) => ({ id, label: t.sessions.tabs[id] }))}
      />
      {current === 'overview' && <Overview session={session} />}
      {current === 'activity' && <Activity id={session.id} />}
      {current === 'settings' && <SessionSettings key={session.id} session={session} />}
    </Page>
  );
}
