import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Copyable } from '../../components/copy.tsx';
import { bytes } from '../../components/numbers.ts';
import { SessionState } from '../../components/session-state.tsx';
import { Badge, SandboxBadge } from '../../components/status.tsx';
import { ABOVE_ROW, Cell, Row, ROW_LINK, Table } from '../../components/table.tsx';
import { Ago, For } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { SessionMenu } from './actions-menu.tsx';
import type { Session } from './session.ts';

const { columns } = t.sessions;

export const SessionTable = ({ sessions }: { sessions: readonly Session[] }): ReactElement => (
  <Table
    label={t.sessions.title}
    columns={[
      columns.name,
      columns.status,
      columns.number,
      columns.uptime,
      columns.memory,
      columns.since,
      columns.runner,
      '',
    ]}
  >
    {sessions.map((session) => (
      <Row key={session.id}>
        <Cell>
          <span className="flex items-center gap-2">
            <Link to="/sessions/$sessionId" params={{ sessionId: session.id }} className={ROW_LINK}>
              {session.name}
            </Link>
            {session.mode === 'sandbox' && <SandboxBadge />}
            {session.isDefault && <Badge>{t.sessions.default}</Badge>}
          </span>
        </Cell>
        <Cell>
          <SessionState status={session.status} />
        </Cell>
        <Cell>
          {session.phoneNumber === null ? (
            <span className="text-muted">{t.sessions.noNumber}</span>
          ) : (
            <span className={ABOVE_ROW}>
              <Copyable text={`+${session.phoneNumber}`} label={t.common.copy(columns.number)} />
            </span>
          )}
        </Cell>
        <Cell className="text-muted">
          {session.status === 'online' && session.statusSince !== null ? (
            <For since={session.statusSince} />
          ) : (
            '–'
          )}
        </Cell>
        <Cell className="text-muted">
          {session.memoryBytes === null ? '–' : bytes(session.memoryBytes)}
        </Cell>
        <Cell className="text-muted">
          {session.lastActiveAt === null ? t.common.never : <Ago at={session.lastActiveAt} />}
        </Cell>
        <Cell className="text-muted">{session.runner?.id ?? '–'}</Cell>
        <Cell className="w-0">
          <span className={ABOVE_ROW}>
            <SessionMenu session={session} />
          </span>
        </Cell>
      </Row>
    ))}
  </Table>
);
