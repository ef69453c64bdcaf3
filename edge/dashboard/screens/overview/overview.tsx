import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { allSessionsQuery } from '../../api/sessions.ts';
import { buttonClass } from '../../components/button.tsx';
import { LiveNote } from '../../components/live-note.tsx';
import { Page } from '../../components/page.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { Empty, ErrorNote, Loading } from '../../components/states.tsx';
import { UsageCard } from '../../components/usage-meters.tsx';
import { t } from '../../messages/en.ts';
import { AttentionCard } from './attention-card.tsx';
import { DeliveryHealth } from './delivery-health.tsx';
import { Failures } from './failures.tsx';
import { SessionCounts } from './session-counts.tsx';
import { Today } from './today.tsx';

export function Overview(): ReactElement {
  const { data: sessions, error, refetch } = useQuery(allSessionsQuery);
  return (
    <Page
      title={t.overview.title}
      lead={
        <>
          {t.overview.lead} <LiveNote />
        </>
      }
      actions={
        <ShowCall
          calls={['sessions', 'stats?by=day', 'usage'].map((path) => ({
            method: 'GET',
            path: `/v1/${path}`,
          }))}
        />
      }
    >
      {error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {sessions === undefined && error === null && <Loading rows={6} />}
      {sessions?.length === 0 && <FirstSession />}
      {sessions !== undefined && sessions.length > 0 && (
        <>
          <AttentionCard sessions={sessions} />
          <Today />
          <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
            <SessionCounts sessions={sessions} />
            <UsageCard />
            <DeliveryHealth />
            <Failures />
          </div>
        </>
      )}
    </Page>
  );
}

const FirstSession = (): ReactElement => (
  <Empty
    title={t.overview.empty}
    action={
      <>
        <Link to="/welcome" className={buttonClass('primary')}>
          {t.sessions.emptySandbox}
        </Link>
        <Link to="/sessions" search={{ create: true }} className={buttonClass()}>
          {t.sessions.emptyLive}
        </Link>
      </>
    }
  >
    {t.overview.emptyLead}
  </Empty>
);
