import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { PublicEvent } from '../../shared/catalogue/events/index.ts';
import { parseExactEvent } from '../../shared/testing/exact-event.ts';
import type { Deployment } from '../testing/deployment.ts';
import { until } from '../testing/until.ts';
import type {
  Arrived,
  Connection,
  EndedMessage,
  RecordedEvent,
  Violation,
  WireSend,
} from './history.ts';
import type { ChaosSession } from './traffic.ts';

const LOOK_EVERY_MS = 500;
const Listed = z.array(
  z.object({
    id: z.string(),
    status: z.string(),
    runner: z.object({ id: z.string() }).nullable(),
  }),
);
const Cursor = z.union([z.string(), z.number()]).nullish();
const Page = z.object({ data: z.unknown(), meta: z.object({ nextCursor: Cursor }).loose() });
const Message = z.object({
  id: z.string(),
  status: z.string(),
  wireId: z.string().nullable(),
  queueSeq: z.number().nullable(),
});

/** What the API said of every session when somebody looked; a look that got no answer is none. */
export type Look = {
  at: number;
  sessions: ReadonlyMap<string, { status: string; runnerId: string | null }>;
};

/** Looks twice a second until the signal says stop. */
export async function watchSessions(deployment: Deployment, signal: AbortSignal): Promise<Look[]> {
  const looks: Look[] = [];
  while (!signal.aborted) {
    const at = Date.now();
    const answer = await deployment.api.call('GET', '/v1/sessions?limit=100').catch(() => null);
    if (answer?.status === 200) {
      const listed = answer.data(Listed);
      looks.push({
        at,
        sessions: new Map(
          listed.map(({ id, status, runner }) => [id, { status, runnerId: runner?.id ?? null }]),
        ),
      });
    }
    await sleep(LOOK_EVERY_MS);
  }
  return looks;
}

/** Every outbound message of these sessions, as the API lists them. */
export async function readMessages(
  deployment: Deployment,
  sessions: readonly ChaosSession[],
): Promise<EndedMessage[]> {
  const all: EndedMessage[] = [];
  for (const { id } of sessions)
    await eachPage(
      deployment,
      `/v1/messages?limit=100&direction=outbound&sessionId=${id}`,
      'cursor',
      (data) => {
        for (const { queueSeq, ...message } of z.array(Message).parse(data))
          all.push({ ...message, queueSeq: queueSeq ?? 0 });
      },
    );
  return all;
}

export async function readEvents(deployment: Deployment): Promise<RecordedEvent[]> {
  const all: RecordedEvent[] = [];
  await eachPage(deployment, '/v1/events?limit=100', 'after', (data) => {
    all.push(
      ...z
        .array(z.unknown())
        .parse(data)
        .map((event) => toRecorded(parseExactEvent(event))),
    );
  });
  return all;
}

/** Gives what the receivers' boxes got until now: it is to be asked often, since a box keeps only its newest requests. */
export function collector({ inspector }: Deployment, boxes: readonly string[]) {
  const found: Arrived[] = [];
  const last = new Map<string, number>();
  return async (): Promise<readonly Arrived[]> => {
    for (const box of boxes)
      for (const { id, event, headers, status } of await inspector.all(box, last.get(box))) {
        last.set(box, id);
        const webhookId = headers['webhook-id'] ?? '';
        found.push({ ...toRecorded(event), endpoint: box, webhookId, status });
      }
    return found;
  };
}

export async function readWire(sessions: readonly ChaosSession[]): Promise<WireSend[]> {
  const all = await Promise.all(
    sessions.map(({ phone, at }) => phone.wire({ ...at, limit: 10_000 })),
  );
  return all.flatMap(({ records }) =>
    records.map(({ account, wireId, body }) => ({ account, wireId, text: body })),
  );
}

/** When the sessions' devices were connected, as WhatsApp saw it. */
export async function readConnections(sessions: readonly ChaosSession[]): Promise<Connection[]> {
  const all = await Promise.all(
    sessions.map(async ({ id, phone, at }) =>
      (await phone.connections(at)).connections.map((spell) => ({ sessionId: id, ...spell })),
    ),
  );
  return all.flat();
}

export async function readViolations(sessions: readonly ChaosSession[]): Promise<Violation[]> {
  const all = await Promise.all(sessions.map(({ phone, at }) => phone.violations(at)));
  return all.flatMap(({ violations }) =>
    violations.map(({ kind, account, detail }) => ({
      kind,
      account: account.replace('@c.us', ''),
      detail,
    })),
  );
}

function toRecorded({ id, type, seq, sessionId, data }: PublicEvent): RecordedEvent {
  const wireId = 'wireId' in data ? data.wireId : null;
  const messageId = 'messageId' in data ? data.messageId : null;
  return { id, type, seq, sessionId, wireId, messageId };
}

async function eachPage(
  { api }: Deployment,
  path: string,
  cursorName: string,
  take: (data: unknown) => void,
): Promise<void> {
  let cursor: z.infer<typeof Cursor> = null;
  do {
    const from = cursor == null ? '' : `&${cursorName}=${encodeURIComponent(String(cursor))}`;
    // The edge may be on its way up again, and a connection to the one before it dead.
    const { data, meta } = await until(`${path} to answer`, async () => {
      const answer = await api.call('GET', `${path}${from}`);
      if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
      return Page.parse(JSON.parse(answer.text));
    });
    take(data);
    cursor = meta.nextCursor;
  } while (cursor != null);
}

/** How often each account's session said that it goes on from an older copy. */
export function countOldCopies(
  events: readonly RecordedEvent[],
  sessions: readonly ChaosSession[],
): Record<string, number> {
  const said = events.filter(({ type }) => type === 'session.restored_old_copy');
  return Object.fromEntries(
    sessions.map(({ id, at }) => [
      at.account,
      said.filter(({ sessionId }) => sessionId === id).length,
    ]),
  );
}
