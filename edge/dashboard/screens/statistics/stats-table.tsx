import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Schemas } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { count } from '../../components/numbers.ts';
import { Segments } from '../../components/segments.tsx';
import { ErrorNote, Loading } from '../../components/states.tsx';
import { Cell, Row, Table } from '../../components/table.tsx';
import { t } from '../../messages/en.ts';
import { type By, BYS, COUNTS, csvOf, type Row as StatsRow, statsQuery } from './queries.ts';

const text = t.statistics;
const { columns } = text;

/** The same numbers as a table, by day, session or kind; and as a file. */
export function StatsTable({
  days,
  by,
  sessionId,
  sessions,
}: {
  days: number;
  by: By;
  sessionId: string | undefined;
  sessions: readonly Pick<Schemas['Session'], 'id' | 'name'>[];
}): ReactElement {
  const search = useSearch({ from: '/shell/statistics' });
  const navigate = useNavigate();
  const { data, error } = useQuery(statsQuery(days, by, sessionId));
  const names = new Map(sessions.map(({ id, name }) => [id, name]));
  const nameOf = (row: StatsRow): string => {
    if (by === 'session') return names.get(row.sessionId ?? '') ?? row.sessionId ?? text.deleted;
    return (by === 'day' ? row.day : row.type) ?? '–';
  };
  const rows = by === 'day' ? data?.toReversed() : data;
  const save = (): void => {
    const head = [text.bys[by], ...COUNTS.map((name) => columns[name])];
    const lines = (rows ?? []).map((row) => [nameOf(row), ...COUNTS.map((name) => row[name])]);
    const url = URL.createObjectURL(new Blob([csvOf(head, lines)], { type: 'text/csv' }));
    Object.assign(document.createElement('a'), { href: url, download: `${by}.csv` }).click();
    URL.revokeObjectURL(url);
  };
  return (
    <>
      <div className="-mb-3 flex flex-wrap items-center justify-between gap-3">
        <Segments
          label={text.by}
          options={BYS}
          value={by}
          wordOf={(one) => text.bys[one]}
          onChoose={(one) =>
            void navigate({ to: '/statistics', search: { ...search, by: one }, replace: true })
          }
        />
        <Button disabled={rows === undefined} onClick={save}>
          <Icon name="download" />
          {text.export}
        </Button>
      </div>
      {error !== null && <ErrorNote error={error} />}
      {rows === undefined && error === null && <Loading />}
      {rows !== undefined && (
        <Table
          label={`${text.by}: ${text.bys[by]}`}
          columns={[text.bys[by], ...COUNTS.map((name) => columns[name])]}
        >
          {rows.map((row) => (
            <Row key={`${row.day} ${row.sessionId} ${row.type}`}>
              <Cell className="font-medium">{nameOf(row)}</Cell>
              {COUNTS.map((name) => (
                <Cell key={name} className={row[name] === 0 ? 'text-muted' : ''}>
                  {count(row[name])}
                </Cell>
              ))}
            </Row>
          ))}
        </Table>
      )}
    </>
  );
}
