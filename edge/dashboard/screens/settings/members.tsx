import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { api, askWhole } from '../../api/client.ts';
import { meQuery, roleOf } from '../../api/me.ts';
import { paged } from '../../api/paged.ts';
import { PagedList } from '../../components/paged-list.tsx';
import { Badge } from '../../components/status.tsx';
import { Cell, Row, Table } from '../../components/table.tsx';
import { Ago } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { Invitations } from './invitations.tsx';
import { MemberMenu } from './member-menu.tsx';

const text = t.settings.members;
const { columns } = text;

export function Members(): ReactElement {
  const { data: me } = useQuery(meQuery);
  const list = useInfiniteQuery(
    paged(['members'], (page) =>
      askWhole(api.GET('/v1/workspace/members', { params: { query: { limit: 100, ...page } } })),
    ),
  );
  const isOwner = me !== undefined && roleOf(me) === 'owner';
  return (
    <>
      <PagedList list={list} empty={null}>
        {(rows) => (
          <Table
            label={text.title}
            columns={[
              columns.name,
              columns.email,
              columns.role,
              columns.reach,
              columns.joined,
              ...(isOwner ? [''] : []),
            ]}
          >
            {rows.map((member) => (
              <Row key={member.id}>
                <Cell>
                  <span className="flex items-center gap-2 font-medium">
                    {member.name}
                    {member.id === me?.id && <Badge>{text.you}</Badge>}
                  </span>
                </Cell>
                <Cell className="max-w-64 truncate text-muted">
                  <span title={member.email}>{member.email}</span>
                </Cell>
                <Cell>{text[member.role]}</Cell>
                <Cell className="text-muted">
                  {member.role === 'owner' || member.allSessions
                    ? text.allSessions
                    : text.ownSessions}
                </Cell>
                <Cell className="text-muted">
                  <Ago at={member.createdAt} />
                </Cell>
                {isOwner && (
                  <Cell className="w-0">
                    <MemberMenu member={member} />
                  </Cell>
                )}
              </Row>
            ))}
          </Table>
        )}
      </PagedList>
      {isOwner ? <Invitations /> : <p className="text-muted">{t.settings.ownersOnly}</p>}
    </>
  );
}
