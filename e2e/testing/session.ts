import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import type { Deployment } from './deployment.ts';
import { until } from './until.ts';

export const SessionView = z.object({
  id: z.string(),
  status: z.string(),
  reason: z.string(),
  phoneNumber: z.string().nullable(),
  runner: z.object({ id: z.string(), epoch: z.number(), pid: z.number().nullable() }).nullable(),
});

export const MessageView = z.object({
  id: z.string(),
  status: z.string(),
  sessionId: z.string(),
  wireId: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable().default(null),
});
export type MessageView = z.infer<typeof MessageView>;

/** Statuses in which a message has left; which of them it is in depends on how far the acks are. */
export const HAS_LEFT = ['sent', 'delivered', 'read', 'played'];
/** Statuses that an accepted message may end in. */
export const SETTLED = [...HAS_LEFT, 'failed', 'unknown'];

/** A machine may have to be started for it first. */
export const COMES_UP_WITHIN_MS = 120_000;

type SessionOptions = {
  sandboxProfile?: 'stock' | '2026-09';
  pacing?: { minIntervalMs: number; jitterMs: number };
};

/** A sandbox session of its own for one test, online, and unpaced unless told otherwise. */
export const onlineSession = (deployment: Deployment, name: string, options?: SessionOptions) =>
  onlineSessionOf(deployment.api, name, options);

/** The same for whoever calls by this client. */
export async function onlineSessionOf(
  api: ApiClient,
  name: string,
  options: SessionOptions = {},
): Promise<{ id: string; phoneNumber: string }> {
  const { id } = (
    await api.call('POST', '/v1/sessions', {
      body: { name, mode: 'sandbox', pacing: { minIntervalMs: 0, jitterMs: 0 }, ...options },
    })
  ).data(SessionView);
  await until(
    `session ${name} to show a QR code`,
    async () => {
      const { status } = (await api.call('GET', `/v1/sessions/${id}`)).data(SessionView);
      return status === 'qr' ? status : undefined;
    },
    COMES_UP_WITHIN_MS,
  );
  await api.call('POST', `/v1/sessions/${id}/sandbox/scan`, { body: {} });
  return until(
    `session ${name} to be online`,
    async () => {
      const session = (await api.call('GET', `/v1/sessions/${id}`)).data(SessionView);
      return session.status === 'online' && session.phoneNumber !== null
        ? { id, phoneNumber: session.phoneNumber }
        : undefined;
    },
    COMES_UP_WITHIN_MS,
  );
}

export async function sendText(
  deployment: Pick<Deployment, 'api'>,
  input: { sessionId: string; to?: string; text: string; wait?: number },
): Promise<{ httpStatus: number; message: MessageView }> {
  const { sessionId, to = '+15550100001', text, wait } = input;
  const answer = await deployment.api.call('POST', '/v1/messages/text', {
    body: { sessionId, to, text },
    headers: wait === undefined ? {} : { prefer: `wait=${wait}` },
  });
  return { httpStatus: answer.status, message: answer.data(MessageView) };
}

/** Waits until an accepted message has come to one of its ends. */
export async function settled(
  deployment: Deployment,
  messageId: string,
  withinMs?: number,
): Promise<MessageView> {
  const message = (await deployment.api.call('GET', `/v1/messages/${messageId}`)).data(MessageView);
  const [end] = await allSettled(deployment, message.sessionId, [messageId], withinMs);
  if (end === undefined) throw new Error(`message ${messageId} is not in the list`);
  return end;
}

/** The same for many messages of one session, in one question at a time. */
export function allSettled(
  deployment: Deployment,
  sessionId: string,
  messageIds: readonly string[],
  withinMs = 90_000,
): Promise<MessageView[]> {
  return until(
    `messages ${messageIds.join(', ')} to be settled`,
    async () => {
      const path = `/v1/messages?limit=100&sessionId=${sessionId}`;
      const all = (await deployment.api.call('GET', path)).data(z.array(MessageView));
      const ours = all.filter(({ id }) => messageIds.includes(id));
      const open = ours.filter(({ status }) => !SETTLED.includes(status));
      if (open.length > 0)
        throw new Error(open.map(({ id, status }) => `${id} ${status}`).join(', '));
      return ours.length === messageIds.length ? ours : undefined;
    },
    withinMs,
  );
}

/** The process of the runner that has a session now. */
export async function ownerPid(deployment: Deployment, sessionId: string): Promise<number> {
  const { runner } = (await deployment.api.call('GET', `/v1/sessions/${sessionId}`)).data(
    SessionView,
  );
  const { runners } = await deployment.facts();
  const owner = runners.find(({ id }) => id === runner?.id);
  if (owner === undefined) throw new Error(`${sessionId} is on ${runner?.id ?? 'no runner'}`);
  return owner.pid;
}
