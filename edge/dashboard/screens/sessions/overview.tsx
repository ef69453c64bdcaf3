import { useQuery } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { Copyable } from '../../components/copy.tsx';
import { Card } from '../../components/page.tsx';
import { Ago, Exact } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { LinkCard } from './link-card.tsx';
import { metricsQuery, type Session, statusQuery } from './session.ts';

const text = t.sessions.facts;
const MEBIBYTE = 1_048_576;

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
      <Facts session={session} />
    </>
  );
}

function Facts({ session }: { session: Session }): ReactElement {
  const { data: metrics } = useQuery(metricsQuery(session.id));
  const memory = metrics?.resources?.pssBytes ?? metrics?.resources?.rssBytes;
  const online = (share: number | null | undefined): ReactNode =>
    share == null ? text.unknown : `${(share * 100).toFixed(share === 1 ? 0 : 1)} %`;
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
    [text.runner, session.runner?.id ?? t.common.none],
    [
      text.lastActive,
      session.lastActiveAt === null ? t.common.never : <Ago at={session.lastActiveAt} />,
    ],
    [
      text.phoneSeen,
      session.phoneSeenAt === null ? text.unknown : <Ago at={session.phoneSeenAt} />,
    ],
    [text.memory, memory == null ? text.unknown : `${Math.round(memory / MEBIBYTE)} MiB`],
    [text.uptimeDay, online(metrics?.uptime.day.share)],
    [text.uptimeWeek, online(metrics?.uptime.week.share)],
    [text.created, <Exact key="created" at={session.createdAt} />],
  ];
  return (
    <Card title={text.title}>
      <dl className="grid gap-x-8 gap-y-4 sm:grid-cols-2 lg:grid-cols-3">
        {facts.map(([name, value]) => (
          <div key={name} className="min-w-0">
            <dt className="text-sm text-muted">{name}</dt>
            <dd className="flex min-h-8 items-center">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
