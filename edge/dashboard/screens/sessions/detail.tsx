import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { lazy, type ReactElement, Suspense } from 'react';
import type { ShownCall } from '../../api/snippets.ts';
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
import { type Session, sessionQuery } from './session.ts';
import { SessionSettings } from './settings.tsx';

const Phone = lazy(async () => ({ default: (await import('./phone/phone.tsx')).Phone }));
const Metrics = lazy(async () => ({ default: (await import('./metrics.tsx')).Metrics }));

const TABS = ['overview', 'phone', 'activity', 'metrics', 'settings'] as const;

const sessionCalls = (path: string): ShownCall[] => [
  { method: 'GET', path },
  { method: 'POST', path: `${path}/restart` },
  { method: 'GET', path: `${path}/events` },
  { method: 'GET', path: `${path}/metrics` },
];
const phoneCalls = (path: string): ShownCall[] => [
  {
    method: 'POST',
    path: `${path}/sandbox/messages`,
    body: { from: '+15550100042', text: 'Hello!' },
  },
  { method: 'POST', path: `${path}/sandbox/acks`, body: { delaysMs: [200, -1, -1] } },
  { method: 'POST', path: `${path}/sandbox/network`, body: { online: false, forMs: 5_000 } },
];

/** Only a sandbox has a phone of its own. */
const tabsOf = ({ mode }: Session) => TABS.filter((tab) => tab !== 'phone' || mode === 'sandbox');

export function SessionDetail(): ReactElement {
  const { sessionId } = useParams({ from: '/shell/sessions/$sessionId' });
  const { tab } = useSearch({ from: '/shell/sessions/$sessionId' });
  const { data: session, error, refetch } = useQuery(sessionQuery(sessionId));
  if (session === undefined)
    return (
      <Page title={t.sessions.title}>
        {error === null ? <Loading /> : <ErrorNote error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  const tabs = tabsOf(session);
  const current = tabs.find((name) => name === tab) ?? 'overview';
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
          <ShowCall calls={current === 'phone' ? phoneCalls(path) : sessionCalls(path)} />
          <SessionButtons session={session} />
        </>
      }
    >
      {error !== null && <ErrorNote error={error} />}
      <Tabs
        label={session.name}
        current={current}
        tabs={tabs.map((id) => ({ id, label: t.sessions.tabs[id] }))}
      />
      {current === 'overview' && <Overview session={session} />}
      {current === 'phone' && (
        <Suspense fallback={<Loading />}>
          <Phone session={session} />
        </Suspense>
      )}
      {current === 'activity' && <Activity id={session.id} />}
      {current === 'metrics' && (
        <Suspense fallback={<Loading />}>
          <Metrics key={session.id} id={session.id} />
        </Suspense>
      )}
      {current === 'settings' && <SessionSettings key={session.id} session={session} />}
    </Page>
  );
}
