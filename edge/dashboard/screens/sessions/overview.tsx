import { useQuery } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { Copyable } from '../../components/copy.tsx';
import { Facts } from '../../components/facts.tsx';
import { bytes, percent } from '../../components/numbers.ts';
import { Card } from '../../components/page.tsx';
import { Ago, Exact, For } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { LinkCard } from './link-card.tsx';
import { Screenshot } from './screenshot.tsx';
import { isRunning, metricsQuery, type Session, statusQuery } from './session.ts';

const text = t.sessions.facts;

export function Overview({ session }: { session: Session }): ReactElement {
  const { data: status } = useQuery(statusQuery(session.id));
  const needsLink = ['created', 'starting', 'qr', 'pairing_code', 'authenticating'].includes(
    session.status,
  );
  return (
    <>
      {status?.action != null && (
        <p role="alert" className="rounded-md bg-bad-soft px-4 py-3 text-bad">
          {status.action.advice}
        </p>
      )}
      {session.phoneUnseen && (
        <p role="alert" className="rounded-md bg-wait-soft px-4 py-3 text-wait">
          {t.sessions.phoneUnseen}
        </p>
      )}
      {(needsLink || session.status === 'logged_out') && <LinkCard session={session} />}
      <Details session={session} />
      {isRunning(session.status) && <Screenshot id={session.id} />}
    </>
  );
}

function Details({ session }: { session: Session }): ReactElement {
  const { data: metrics } = useQuery(metricsQuery(session.id));
  const memory = metrics?.resources?.pssBytes ?? metrics?.resources?.rssBytes;
  const online = (share: number | null | undefined): ReactNode =>
    share == null ? text.unknown : percent(share);
  const facts: [string, ReactNode][] = [
    [text.id, <Copyable key="id" text={session.id} label={t.common.copy(text.id)} />],
    [
      text.number,
      session.phoneNumber === null ? (
        t.sessions.noNumber
      ) : (
        <Copyable
          key="number"
          text={`+${session.phoneNumber}`}
          label={t.common.copy(text.number)}
        />
      ),
    ],
    [text.profile, session.displayName ?? text.unknown],
    [
      text.stateFor,
      session.statusSince === null ? text.unknown : <For since={session.statusSince} />,
    ],
    [text.runner, session.runner?.id ?? t.common.none],
    [
      text.lastActive,
      session.lastActiveAt === null ? t.common.never : <Ago at={session.lastActiveAt} />,
    ],
    [
      text.phoneSeen,
      session.phoneSeenAt === null ? text.unknown : <Ago at={session.phoneSeenAt} />,
    ],
    [text.memory, memory == null ? text.unknown : bytes(memory)],
    [text.uptimeDay, online(metrics?.uptime.day.share)],
    [text.uptimeWeek, online(metrics?.uptime.week.share)],
    [text.created, <Exact key="created" at={session.createdAt} />],
  ];
  return (
    <Card title={text.title}>
      <Facts facts={facts} />
    </Card>
  );
}
