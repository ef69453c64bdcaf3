import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import type { WebhookEvent } from '../../api/event-types.ts';
import { useIsKnown } from '../../api/live.ts';
import { allSessionsQuery } from '../../api/sessions.ts';
import { Button } from '../../components/button.tsx';
import { CodeBlock, Copyable } from '../../components/copy.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { LiveNote } from '../../components/live-note.tsx';
import { Page } from '../../components/page.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { Empty, ErrorNote, Loading } from '../../components/states.tsx';
import { Cell, Row, ROW_LINK, Table } from '../../components/table.tsx';
import { Ago } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { EventFilters } from './filters.tsx';
import { type TailFilters, tailQuery } from './tail.ts';
import { summaryOf } from './words.ts';

const text = t.events;
const { columns } = text;

export function Events(): ReactElement {
  const { event: opened, ...filters } = useSearch({ from: '/shell/events' });
  const navigate = useNavigate();
  const [isPaused, setPaused] = useState(false);
  const isKnown = useIsKnown();
  const tail = useQuery({
    ...tailQuery(useQueryClient(), filters),
    enabled: isKnown && !isPaused,
  });
  const rows = tail.data?.rows;
  const isFiltered = Object.keys(filters).length > 0;
  const query = new URLSearchParams({ after: '0', ...filters }).toString();
  return (
    <Page
      title={text.title}
      lead={
        <>
          {text.lead} <LiveNote />
        </>
      }
      actions={
        <>
          <ShowCall calls={[{ method: 'GET', path: `/v1/events?${query}` }]} />
          <Button aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
            {isPaused ? text.resume : text.pause}
          </Button>
        </>
      }
    >
      <EventFilters filters={filters} />
      {isPaused && (
        <p role="status" className="text-wait">
          {text.paused}
        </p>
      )}
      {tail.error !== null && <ErrorNote error={tail.error} onRetry={() => void tail.refetch()} />}
      {!isKnown && <p className="text-muted">{text.waiting}</p>}
      {rows === undefined && tail.error === null && <Loading rows={8} />}
      {rows?.length === 0 && (
        <Empty title={isFiltered ? text.emptyFiltered : text.empty}>
          {isFiltered ? undefined : text.emptyLead}
        </Empty>
      )}
      {rows !== undefined && rows.length > 0 && <EventTable rows={rows} filters={filters} />}
      {opened !== undefined && (
        <EventSheet
          event={rows?.find(({ id }) => id === opened)}
          onClose={() => void navigate({ to: '/events', search: filters })}
        />
      )}
    </Page>
  );
}

function EventTable({
  rows,
  filters,
}: {
  rows: readonly WebhookEvent[];
  filters: TailFilters;
}): ReactElement {
  const { data: sessions = [] } = useQuery(allSessionsQuery);
  const names = new Map(sessions.map(({ id, name }) => [id, name]));
  return (
    <Table
      label={text.title}
      columns={[columns.time, columns.type, columns.session, columns.what, columns.seq]}
    >
      {rows.map((event) => (
        <Row key={event.id}>
          <Cell className="text-muted">
            <Ago at={event.timestamp} />
          </Cell>
          <Cell>
            <Link
              to="/events"
              search={{ ...filters, event: event.id }}
              aria-label={text.open(event.type, event.seq)}
              className={`${ROW_LINK} font-mono text-sm`}
            >
              {event.type}
            </Link>
          </Cell>
          <Cell className="text-muted">
            {event.sessionId === null ? '–' : (names.get(event.sessionId) ?? event.sessionId)}
          </Cell>
          <Cell className="w-full max-w-64">
            <span className="block truncate">{summaryOf(event)}</span>
          </Cell>
          <Cell className="text-right text-muted">{event.seq}</Cell>
        </Row>
      ))}
    </Table>
  );
}

const EventSheet = ({
  event,
  onClose,
}: {
  event: WebhookEvent | undefined;
  onClose: () => void;
}): ReactElement => (
  <Dialog as="sheet" title={text.detail} onClose={onClose}>
    {event === undefined ? (
      <Loading />
    ) : (
      <>
        <p className="flex flex-wrap items-center justify-between gap-x-4">
          <span className="font-mono font-semibold">{event.type}</span>
          <Copyable text={event.id} label={t.common.copy(event.id)} />
        </p>
        <h3 className="font-semibold">{text.asDelivered}</h3>
        <CodeBlock label={text.asDelivered} code={JSON.stringify(event, null, 2)} />
      </>
    )}
  </Dialog>
);
