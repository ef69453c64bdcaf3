import { z } from 'zod';
import { startDeployment, type Deployment } from '../../testing/deployment.ts';
import { openSession } from '../memory.ts';
import { type Receiver, startReceiver } from '../receiver.ts';
import type { BenchSession } from '../session.ts';

/** What a message makes at its receiver, one webhook each. `message.read` is the last. */
export const EVENTS = ['message.sent', 'message.delivered', 'message.read'];

export type Subject = {
  deployment: Deployment;
  /** The only session. */
  session: BenchSession;
  /** The only endpoint: three webhooks a message out, one a message in. */
  receiver: Receiver;
};

/** `npm start` with one sandbox session without pacing and one webhook endpoint; both are gone when `measure` is done. */
export async function withSubject<T>(
  measure: (subject: Subject) => Promise<T>,
  environment: Record<string, string> = {},
): Promise<T> {
  const receiver = await startReceiver();
  try {
    const deployment = await startDeployment({
      environment: { WAYPOST_RUNNERS: '1', EGRESS_ALLOW: receiver.host, ...environment },
    });
    try {
      const { api } = deployment;
      const { sessionId } = await deployment.facts();
      await api.call('DELETE', `/v1/sessions/${sessionId}`);
      const session = await openSession(deployment, 'cost');
      await onlyEndpoint(deployment, receiver.url);
      return await measure({ deployment, session, receiver });
    } finally {
      await deployment.dispose();
    }
  } finally {
    await receiver.close();
  }
}

/** Webhooks go to this address, and no longer to the inspector. */
export async function onlyEndpoint({ api }: Deployment, url: string): Promise<void> {
  const made = await api.call('GET', '/v1/webhooks');
  for (const { id } of made.data(z.array(z.object({ id: z.string() }))))
    await api.call('DELETE', `/v1/webhooks/${id}`);
  await api.call('POST', '/v1/webhooks', {
    body: { url, eventTypes: [...EVENTS, 'message.received'] },
  });
}
