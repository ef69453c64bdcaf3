// A small client, written against the generated types alone: it compiles as long as the document names what it uses.
import type { components, operations, webhooks } from './dist/api.ts';

type Schemas = components['schemas'];
type Sent = operations['sendText']['responses'][202 | 422]['content']['application/json'];
type Received = webhooks['event']['post']['requestBody']['content']['application/json'];

/** Every resource that a client handles has a name of its own. */
export type Resources = {
  message: Schemas['Message'];
  sent: Schemas['SentMessage'];
  session: Schemas['Session'];
  webhook: Schemas['Webhook'];
  delivery: Schemas['Delivery'];
  key: Schemas['ApiKey'];
  workspace: Schemas['Workspace'];
  member: Schemas['Member'];
  invitation: Schemas['Invitation'];
  person: Schemas['Me'];
  entry: Schemas['AuditEntry'];
  error: Schemas['Error'];
};

/** What has a default may be left out. */
export const text: Schemas['SendTextBody'] = { to: '+15550100001', text: 'Hello' };
export const session: Schemas['CreateSessionBody'] = { name: 'support' };

// @ts-expect-error a text needs a recipient
export const lost: Schemas['SendTextBody'] = { text: 'Hello' };

export const update: operations['updateSession']['requestBody']['content']['application/json'] = {
  pacing: { minIntervalMs: 3_000, jitterMs: 1_000 } satisfies Schemas['Pacing'],
  proxy: null,
};

/** Reads every page of a list. One function serves all lists: each has its rows in `data` and the same `meta`. */
export async function* everyRow<Row>(
  read: (cursor: string | undefined) => Promise<{ data: Row[]; meta: Schemas['Meta'] }>,
): AsyncGenerator<Row> {
  let cursor: string | undefined;
  do {
    const { data, meta } = await read(cursor);
    yield* data;
    cursor = meta.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

export async function onlineSessions(
  read: (cursor: string | undefined) => Promise<Schemas['SessionList']>,
): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, status } of everyRow(read)) if (status === 'online') names.push(name);
  return names;
}

/** `success` decides between the answer and an error, and codes are a closed set. */
export function outcome(answer: Sent): string {
  if (answer.success) return `${answer.data.id} ${answer.data.status}`;
  const { code, message } = answer.error;
  return code === 'RATE_LIMITED' || code === 'UNAVAILABLE' ? 'later' : message;
}

export const misspelt = ({ error }: Schemas['Error']): boolean =>
  // @ts-expect-error no such code
  error.code === 'RATE_LIMIT';

/** `type` decides which payload an event has. */
export function describe(event: Received): string {
  switch (event.type) {
    case 'message.received':
      return `${nameOf(event.data.from)}: ${event.data.text ?? event.data.type}`;
    case 'message.reaction':
      return `${nameOf(event.data.from)}: ${event.data.emoji}`;
    case 'message.failed':
      return `${event.data.messageId}: ${event.data.error?.code ?? ''}`;
    case 'session.status':
      return event.data.action?.advice ?? `${event.data.from} → ${event.data.status}`;
    default:
      return event.id;
  }
}

const nameOf = ({ id, name }: Schemas['Person']): string => name ?? id;

// @ts-expect-error no such status
export const wrong: Schemas['Session']['status'] = 'asleep';
