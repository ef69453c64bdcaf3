import { asc, eq } from 'drizzle-orm';
import { personOf } from '../../../../shared/catalogue/person.ts';
import { newId } from '../../../../shared/ids.ts';
import { MESSAGE_STATUS_RANK, type MessageStatus } from '../../../../shared/message-status.ts';
import type { Report, SpooledReport } from '../../../../shared/protocol/index.ts';
import type { Harness } from '../../../testing/harness.ts';
import { ingestReports } from '../ingest-reports.ts';

export const RUNNER = { runnerId: 'runner-1', bootId: 'boot-1', url: 'http://127.0.0.1:9' };

/** The caller's own, of every outbound message made here. */
export const REFERENCE = 'order-4711';

/** A workspace with one owned session, and a spool that numbers what it reports. */
export async function newOwnedSession(harness: Harness, epoch = 1) {
  const { workspaceId, apiKey, ctx } = await harness.newWorkspace();
  const owner = { ...RUNNER, runnerId: newId('command'), epoch };
  const session = await harness.newSession({ workspaceId, owner });
  let spoolSeq = 0;
  const spool = (report: Report, changes: Partial<SpooledReport> = {}): SpooledReport => {
    spoolSeq += 1;
    const occurredAt = Date.UTC(2026, 10, 20) + spoolSeq * 1_000;
    return {
      bootId: owner.bootId,
      spoolSeq,
      sessionId: session.id,
      epoch,
      occurredAt,
      report,
      ...changes,
    };
  };
  return { workspaceId, apiKey, ctx, sessionId: session.id, runnerId: owner.runnerId, spool };
}
export type OwnedSession = Awaited<ReturnType<typeof newOwnedSession>>;

/** A message on its way out, as the send and the claim leave it; with a wire id once it was sent. */
export async function newOutbound(
  { db, schema }: Harness,
  session: OwnedSession,
  options: {
    status?: MessageStatus;
    claimEpoch?: number | null;
    expiresAt?: Date;
    queueSeq?: number;
    chatId?: string;
    wireId?: string;
    sentAt?: Date;
  } = {},
): Promise<string> {
  const { status = 'sending', claimEpoch = 1 } = options;
  const id = newId('message');
  const hasLeft = MESSAGE_STATUS_RANK[status] >= MESSAGE_STATUS_RANK.sent;
  await db.insert(schema.messages).values({
    id,
    workspaceId: session.workspaceId,
    sessionId: session.sessionId,
    direction: 'outbound',
    chatId: options.chatId ?? '15550100001@c.us',
    type: 'text',
    content: { type: 'text', text: 'hello', linkPreview: true },
    status,
    statusRank: MESSAGE_STATUS_RANK[status],
    claimEpoch,
    reference: REFERENCE,
    wireId: options.wireId ?? (hasLeft ? `3EB0${id.slice(-18)}` : null),
    queueSeq: options.queueSeq ?? Math.floor(Math.random() * 1_000_000),
    ...(options.expiresAt === undefined ? {} : { expiresAt: options.expiresAt }),
    ...(options.sentAt === undefined ? {} : { sentAt: options.sentAt }),
  });
  return id;
}

export async function newEndpoint(
  { db, schema }: Harness,
  session: Pick<OwnedSession, 'workspaceId'>,
  changes: Partial<typeof schema.webhookEndpoints.$inferInsert> = {},
): Promise<string> {
  const id = newId('webhook');
  await db.insert(schema.webhookEndpoints).values({
    id,
    workspaceId: session.workspaceId,
    url: 'https://receiver.example/hook',
    secret: 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0',
    eventTypes: ['*'],
    ...changes,
  });
  return id;
}

type Received = Extract<Report, { kind: 'message.received' }>;

export function received(wireId: string, changes: Partial<Received> = {}): Received {
  return {
    kind: 'message.received',
    wireId,
    wireKey: `false_15550100002@c.us_${wireId}`,
    chatId: '15550100002@c.us',
    from: personOf({ id: '15550100002@c.us', lid: '900@lid', name: 'Ada' }),
    isGroup: false,
    type: 'text',
    text: 'hi',
    media: null,
    location: null,
    vcards: [],
    poll: null,
    quotedWireId: null,
    mentions: [],
    timestamp: Date.UTC(2026, 10, 20),
    backfilled: false,
    writtenOn: null,
    ...changes,
  };
}

type Settled = Extract<Report, { kind: 'message.settled' }>;

export function settled(messageId: string, changes: Partial<Settled> = {}): Settled {
  return {
    kind: 'message.settled',
    messageId,
    outcome: 'sent',
    wireId: null,
    wireKey: null,
    error: null,
    ...changes,
  };
}

type Ack = Extract<Report, { kind: 'message.ack' }>;

export function ack(wireId: string, level: number): Ack {
  return {
    kind: 'message.ack',
    wireId,
    wireKey: `true_15550100001@c.us_${wireId}`,
    chatId: '15550100001@c.us',
    ack: level,
  };
}

type Status = Extract<Report, { kind: 'session.status' }>;

export function status(changes: Partial<Status> = {}): Status {
  return {
    kind: 'session.status',
    status: 'online',
    reason: 'ready',
    phoneNumber: null,
    lid: null,
    displayName: null,
    webVersion: null,
    ...changes,
  };
}

/** Reports to an edge, and what they wrote. */
export function reportWorld(harness: Harness) {
  const ingest = (session: OwnedSession, ...reports: SpooledReport[]) =>
    ingestReports({ services: harness.services(), runnerId: session.runnerId, reports });

  const eventsOf = ({ workspaceId }: OwnedSession) =>
    harness.opened(
      harness.db
        .select()
        .from(harness.schema.events)
        .where(eq(harness.schema.events.workspaceId, workspaceId))
        .orderBy(asc(harness.schema.events.seq)),
    );

  const typesOf = async (session: OwnedSession) =>
    (await eventsOf(session)).map(({ type }) => type);

  const messageOf = async (id: string) => {
    const { messages } = harness.schema;
    const [row] = await harness.opened(
      harness.db.select().from(messages).where(eq(messages.id, id)),
    );
    return row;
  };

  const sessionKeyOf = async ({ sessionId }: OwnedSession) => {
    const { sessions } = harness.schema;
    const [row] = await harness.db.select().from(sessions).where(eq(sessions.id, sessionId));
    return row?.wireKey ?? '';
  };

  return { ingest, eventsOf, typesOf, messageOf, sessionKeyOf };
}
