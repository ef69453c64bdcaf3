import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, askWhole } from '../../api/client.ts';
import { paged } from '../../api/paged.ts';
import { Filters, FilterSelect } from '../../components/filters.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import {
  SESSION_TONES,
  SessionState,
  type SessionStatus,
} from '../../components/session-state.tsx';
import { Empty } from '../../components/states.tsx';
import { SandboxBadge } from '../../components/status.tsx';
import { Cell, Row, Table } from '../../components/table.tsx';
import { t } from '../../messages/en.ts';

const text = t.admin.sessions;
const { columns } = text;
// Object.keys says string; the table is closed.
const STATUSES = Object.keys(SESSION_TONES) as SessionStatus[];

/** The sessions of all workspaces. Their messages stay theirs. */
export function AllSessions(): ReactElement {
  const [status, setStatus] = useState<SessionStatus>();
  const list = useInfiniteQuery(
    paged(['admin', 'sessions', status], (page) => {
      const query = { limit: 50, ...(status !== undefined && { status }), ...page };
      return askWhole(api.GET('/v1/admin/sessions', { params: { query } }));
    }),
  );
  return (
    <>
      <Filters>
        <FilterSelect
          label={text.status}
          value={status}
          options={STATUSES.map((one) => [one, t.sessions.status[one]])}
          onChoose={(value) => setStatus(STATUSES.find((one) => one === value))}
        />
      </Filters>
      <PagedList list={list} empty={<Empty title={text.empty} />}>
        {(rows) => (
          <Table
            label={t.admin.tabs.sessions}
            columns={[
              columns.name,
              columns.status,
              columns.number,
              columns.runner,
              columns.workspace,
            ]}
          >
            {rows.map((session) => (
              <Row key={session.id}>
                <Cell>
                  <span className="flex items-center gap-2 font-medium">
                    {session.name}
                    {session.mode === 'sandbox' && <SandboxBadge />}
                  </span>
                </Cell>
                <Cell>
                  <SessionState status={session.status} />
                </Cell>
                <Cell className="font-mono text-sm">
                  {session.phoneNumber === null ? '–' : `+${session.phoneNumber}`}
                </Cell>
                <Cell className="text-muted">{session.runner?.id ?? '–'}</Cell>
                <Cell className="font-mono text-sm text-muted">{session.workspaceId}</Cell>
              </Row>
            ))}
          </Table>
        )}
      </PagedList>
    </>
  );
}
