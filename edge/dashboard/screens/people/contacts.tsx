import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Copyable } from '../../components/copy.tsx';
import { Facts } from '../../components/facts.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { Empty } from '../../components/states.tsx';
import { Badge } from '../../components/status.tsx';
import { Cell, Row, ROW_LINK, Table } from '../../components/table.tsx';
import { t } from '../../messages/en.ts';
import { contactQuery, contactsQuery } from './queries.ts';
import { Sheet } from './sheet.tsx';

const text = t.people;
const { columns } = text;

export function Contacts({ sessionId }: { sessionId: string }): ReactElement {
  const { contact } = useSearch({ from: '/shell/contacts' });
  const navigate = useNavigate();
  const list = useInfiniteQuery(contactsQuery(sessionId));
  return (
    <>
      <PagedList list={list} empty={<Empty title={text.noContacts}>{text.noContactsLead}</Empty>}>
        {(rows) => (
          <Table
            label={text.tabs.contacts}
            columns={[columns.name, columns.number, columns.username, columns.id, columns.kind]}
          >
            {rows.map((person) => (
              <Row key={person.id}>
                <Cell>
                  <Link
                    to="/contacts"
                    search={{ sessionId, contact: person.id }}
                    className={ROW_LINK}
                  >
                    {person.name ?? person.id}
                  </Link>
                </Cell>
                <Cell className="font-mono text-sm">
                  {person.phone === null ? '–' : `+${person.phone}`}
                </Cell>
                <Cell className="text-muted">{person.username ?? '–'}</Cell>
                <Cell className="font-mono text-sm text-muted">{person.id}</Cell>
                <Cell>
                  <span className="flex gap-1.5">
                    {person.saved && <Badge>{text.saved}</Badge>}
                    {person.business && <Badge>{text.business}</Badge>}
                    {person.blocked && <Badge>{text.blocked}</Badge>}
                  </span>
                </Cell>
              </Row>
            ))}
          </Table>
        )}
      </PagedList>
      {contact !== undefined && (
        <ContactSheet
          sessionId={sessionId}
          id={contact}
          onClose={() => void navigate({ to: '/contacts', search: { sessionId } })}
        />
      )}
    </>
  );
}

function ContactSheet({
  sessionId,
  id,
  onClose,
}: {
  sessionId: string;
  id: string;
  onClose: () => void;
}): ReactElement {
  const { data: person, error } = useQuery(contactQuery(sessionId, id));
  const copyable = (value: string | null, name: string) =>
    value === null ? t.common.none : <Copyable text={value} label={t.common.copy(name)} />;
  return (
    <Sheet {...{ sessionId, id, error, onClose }} title={person?.name ?? id}>
      {person && (
        <Facts
          columns={1}
          facts={[
            [columns.id, copyable(person.id, columns.id)],
            [columns.number, copyable(person.phone && `+${person.phone}`, columns.number)],
            [columns.lid, copyable(person.lid, columns.lid)],
            [columns.username, person.username ?? t.common.none],
            [text.about, person.about ?? t.common.none],
          ]}
        />
      )}
    </Sheet>
  );
}
