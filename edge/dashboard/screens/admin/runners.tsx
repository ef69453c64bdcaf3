import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { api, ask, type Schemas } from '../../api/client.ts';
import { Meter } from '../../components/meter.tsx';
import { count } from '../../components/numbers.ts';
import { Empty, ErrorNote, Loading } from '../../components/states.tsx';
import { Status } from '../../components/status.tsx';
import { Cell, Row, Table } from '../../components/table.tsx';
import { Ago } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';

const text = t.admin.runners;
const { columns } = text;
const HEARTBEAT_MS = 5_000;

type Runner = Schemas['Runner'];

/** The machines, with what they hold and could hold. */
export function Runners(): ReactElement {
  const { data: runners, error } = useQuery({
    queryKey: ['admin', 'runners'],
    queryFn: () => ask(api.GET('/v1/admin/runners')),
    refetchInterval: HEARTBEAT_MS,
  });
  if (error !== null) return <ErrorNote error={error} />;
  if (runners === undefined) return <Loading />;
  if (runners.length === 0) return <Empty title={text.empty}>{text.emptyLead}</Empty>;
  const alive = runners.filter((runner) => runner.alive);
  const sum = (of: (runner: Runner) => number): number =>
    alive.reduce((total, runner) => total + of(runner), 0);
  return (
    <>
      <p className="text-muted">
        {text.total(count(sum((one) => one.sessions)), count(sum((one) => one.maxSessions)))}
      </p>
      <Table
        label={t.admin.tabs.runners}
        columns={[
          columns.id,
          columns.state,
          columns.load,
          columns.region,
          columns.host,
          columns.seen,
        ]}
      >
        {runners.map((runner) => (
          <Row key={runner.id}>
            <Cell className="font-mono text-sm font-medium">{runner.id}</Cell>
            <Cell>
              <RunnerState runner={runner} />
            </Cell>
            <Cell className="min-w-48 py-2">
              <Meter
                label={columns.load}
                isNamed={false}
                words={text.load(runner.sessions, runner.maxSessions)}
                share={runner.maxSessions === 0 ? null : runner.sessions / runner.maxSessions}
              />
            </Cell>
            <Cell className="text-muted">{runner.region}</Cell>
            <Cell className="font-mono text-sm text-muted">{runner.host}</Cell>
            <Cell className="text-muted">
              <Ago at={runner.heartbeatAt} />
            </Cell>
          </Row>
        ))}
      </Table>
    </>
  );
}

function RunnerState({ runner }: { runner: Runner }): ReactElement {
  if (!runner.alive) return <Status tone="off" word={text.gone} />;
  return runner.draining ? (
    <Status tone="wait" word={text.draining} isMoving />
  ) : (
    <Status tone="good" word={text.alive} />
  );
}
