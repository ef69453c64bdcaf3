import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { api, askWhole } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Select } from '../../components/field.tsx';
import { Empty, ErrorNote, Loading } from '../../components/states.tsx';
import { Cell, Row, Table } from '../../components/table.tsx';
import { Exact } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';

const text = t.settings.audit;
const { columns } = text;
const KINDS = ['security', 'request', 'all'] as const;

export function AuditLog(): ReactElement {
  const { kind: chosen = 'security' } = useSearch({ from: '/shell/settings' });
  const kind = chosen === 'all' ? undefined : chosen;
  const navigate = useNavigate();
  const list = useInfiniteQuery({
    queryKey: ['audit', kind],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      askWhole(
        api.GET('/v1/audit', {
          params: {
            query: {
              limit: 50,
              ...(kind !== undefined && { kind }),
              ...(pageParam !== undefined && { cursor: pageParam }),
            },
          },
        }),
      ),
    getNextPageParam: ({ meta }) => meta.nextCursor ?? undefined,
  });
  const rows = list.data?.pages.flatMap(({ data }) => data);
  return (
    <>
      <div className="max-w-56">
        <Select
          label={text.kind}
          value={chosen}
          onChange={(event) => {
            const next = KINDS.find((one) => one === event.target.value) ?? 'security';
            void navigate({ to: '/settings', search: { tab: 'audit', kind: next } });
          }}
        >
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {text.kinds[one]}
            </option>
          ))}
        </Select>
      </div>
      {list.error !== null && <ErrorNote error={list.error} />}
      {rows === undefined && list.error === null && <Loading rows={8} />}
      {rows?.length === 0 && <Empty title={text.empty} />}
      {rows !== undefined && rows.length > 0 && (
        <Table
          label={text.title}
          columns={[
            columns.time,
            columns.action,
            columns.actor,
            columns.target,
            columns.status,
            columns.address,
          ]}
        >
          {rows.map((entry) => (
            <Row key={entry.id}>
              <Cell className="text-muted">
                <Exact at={entry.at} />
              </Cell>
              <Cell className="font-medium">{entry.action}</Cell>
              <Cell className="font-mono text-sm">{entry.actorId ?? text.nobody}</Cell>
              <Cell className="font-mono text-sm">{entry.target ?? '–'}</Cell>
              <Cell>
                {entry.status ?? '–'} {entry.errorCode}
              </Cell>
              <Cell className="text-muted">{entry.address ?? '–'}</Cell>
            </Row>
          ))}
        </Table>
      )}
      {list.hasNextPage && (
        <div>
          <Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t.common.more}
          </Button>
        </div>
      )}
    </>
  );
}
