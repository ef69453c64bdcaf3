import { signUp } from './account.ts';
import type { Deployment } from './deployment.ts';
import { onlineSessionOf } from './session.ts';

/** As many endpoints as a workspace can have. */
export const SLOW_ENDPOINTS = 50;
/** Longer than a delivery waits for its answer. */
const ANSWER_AFTER_MS = 120_000;

/**
 * Somebody else's workspace whose endpoints do not answer: each of `events` messages makes a delivery to each of them. They
 * land in the inspector's box `slow`; resolves when the first has.
 */
export async function slowWorkspace(
  deployment: Deployment,
  name: string,
  events: number,
): Promise<void> {
  const { inspector } = deployment;
  await inspector.behave('slow', { delayMs: ANSWER_AFTER_MS });
  const { api } = await signUp(deployment, name);
  for (let endpoint = 0; endpoint < SLOW_ENDPOINTS; endpoint += 1)
    await api.call('POST', '/v1/webhooks', {
      body: { url: inspector.url('slow'), eventTypes: ['message.received'] },
    });
  const { id } = await onlineSessionOf(api, name);
  for (let event = 0; event < events; event += 1)
    await api.call('POST', `/v1/sessions/${id}/sandbox/messages`, {
      body: { from: '+15550100001', text: `${name} ${event}` },
    });
  const text = `${name} 0`;
  await inspector.waitFor(
    'slow',
    text,
    ({ event }) => event.type === 'message.received' && event.data.text === text,
  );
}
