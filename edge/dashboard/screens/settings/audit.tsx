import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { api, askWhole } from '../../api/client.ts';
import { paged } from '../../api/paged.ts';
import { Copyable } from '../../components/copy.tsx';
import { Select } from '../../components/field.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { Empty } from '../../components/states.tsx';
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
  const list = useInfiniteQuery(
    paged(['audit', kind], (page) => {
      const query = { limit: 50, ...(kind !== undefined && { kind }), ...page };
      return askWhole(api.GET('/v1/audit', { params: { query } }));
    }),
  );
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
      <PagedList list={list} loadingRows={8} empty={<Empty title={text.empty} />}>
        {(rows) => (
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
                <Cell>
                  <Id text={entry.actorId} label={columns.actor} none={text.nobody} />
                </Cell>
                <Cell>
                  <Id text={entry.target} label={columns.target} none="–" />
                </Cell>
                <Cell>
                  {entry.status ?? '–'} {entry.errorCode}
                </Cell>
                <Cell className="text-muted">{entry.address ?? '–'}</Cell>
              </Row>
            ))}
          </Table>
        )}
      </PagedList>
    </>
  );
}

/** Cut where there is no room for the whole of it; it is copied whole. */
const Id = ({
  text: id,
  label,
  none,
}: {
  text: string | null;
  label: string;
  none: string;
}): ReactElement =>
  id === null ? (
    <span className="text-muted">{none}</span>
  ) : (
    <span className="block w-44">
      <Copyable text={id} label={t.common.copy(label)} />
    </span>
  );
