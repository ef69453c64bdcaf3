import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { BASE_PATH } from '../../api/base-path.ts';
import { buttonClass } from '../../components/button.tsx';
import { Copyable } from '../../components/copy.tsx';
import { Facts } from '../../components/facts.tsx';
import { Icon } from '../../components/icon.tsx';
import { count } from '../../components/numbers.ts';
import { PagedList } from '../../components/paged-list.tsx';
import { Empty } from '../../components/states.tsx';
import { Cell, Row, ROW_LINK, Table } from '../../components/table.tsx';
import { Ago } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { CreateGroup, NewGroup } from './create-group.tsx';
import { groupQuery, groupsQuery } from './queries.ts';
import { Sheet } from './sheet.tsx';

const text = t.people;
const { columns } = text;

export function Groups({ sessionId }: { sessionId: string }): ReactElement {
  const { group, create } = useSearch({ from: '/shell/contacts' });
  const navigate = useNavigate();
  const list = useInfiniteQuery(groupsQuery(sessionId));
  const close = (): void =>
    void navigate({ to: '/contacts', search: { sessionId, tab: 'groups' } });
  return (
    <>
      <PagedList
        list={list}
        empty={
          <Empty title={text.noGroups} action={<NewGroup sessionId={sessionId} />}>
            {text.noGroupsLead}
          </Empty>
        }
      >
        {(rows) => (
          <Table
            label={text.tabs.groups}
            columns={[columns.subject, columns.members, columns.role, columns.last, columns.id]}
          >
            {rows.map((row) => (
              <Row key={row.id}>
                <Cell>
                  <Link
                    to="/contacts"
                    search={{ sessionId, tab: 'groups', group: row.id }}
                    className={ROW_LINK}
                  >
                    {row.subject}
                  </Link>
                </Cell>
                <Cell>{count(row.memberCount)}</Cell>
                <Cell className="text-muted">
                  {row.myRole === null ? '–' : text.roles[row.myRole]}
                </Cell>
                <Cell className="text-muted">
                  {row.lastMessageAt === null ? t.common.never : <Ago at={row.lastMessageAt} />}
                </Cell>
                <Cell className="font-mono text-sm text-muted">{row.id}</Cell>
              </Row>
            ))}
          </Table>
        )}
      </PagedList>
      {group !== undefined && <GroupSheet sessionId={sessionId} id={group} onClose={close} />}
      {create === true && <CreateGroup sessionId={sessionId} onClose={close} />}
    </>
  );
}

function GroupSheet({
  sessionId,
  id,
  onClose,
}: {
  sessionId: string;
  id: string;
  onClose: () => void;
}): ReactElement {
  const { data: group, error } = useQuery(groupQuery(sessionId, id));
  const exportAs = (format: 'csv' | 'json'): string =>
    `${BASE_PATH}/v1/groups/${encodeURIComponent(id)}/members?${new URLSearchParams({ sessionId, format }).toString()}`;
  return (
    <Sheet {...{ sessionId, id, error, onClose }} title={group?.subject ?? id}>
      {group && (
        <>
          <Facts
            columns={1}
            facts={[
              [columns.id, <Copyable key="id" text={group.id} label={t.common.copy(columns.id)} />],
              [text.description, group.description ?? t.common.none],
            ]}
          />
          <div className="flex flex-wrap items-center justify-between gap-2">
            <h3 className="font-semibold">{text.memberCount(count(group.memberCount))}</h3>
            <span className="flex gap-2">
              <a href={exportAs('csv')} download={`${id}.csv`} className={buttonClass()}>
                <Icon name="download" />
                CSV
              </a>
              <a href={exportAs('json')} download={`${id}.json`} className={buttonClass()}>
                <Icon name="download" />
                JSON
              </a>
            </span>
          </div>
          <ul className="divide-y border-y">
            {group.members.map((member) => (
              <li key={member.id} className="flex min-h-10 items-center justify-between gap-4">
                <span className="min-w-0 truncate">
                  {member.name ?? (member.phone === null ? member.id : `+${member.phone}`)}
                </span>
                <span className="text-muted">{text.roles[member.role]}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Sheet>
  );
}
