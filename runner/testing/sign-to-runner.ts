import { newId } from '../../shared/ids.ts';
import type { HeartbeatRequest } from '../../shared/protocol/leases.ts';
import { signRequest, type SignRequestInput } from '../../shared/signing/signed-request.ts';

export const EDGE_TO_RUNNER = [{ id: 'e1', secret: 'ab'.repeat(32) }];

/** Builds a signed request to a runner, in the epoch of the session that the path names. */
export async function signToRunner(
  { runnerId, bootId, url }: HeartbeatRequest,
  { path, body, epochOf }: { path: string; body: unknown; epochOf: (sessionId: string) => number },
  change: Partial<SignRequestInput> = {},
): Promise<{ request: Request; body: string }> {
  const session = /sessions\/([^/]+)/.exec(path)?.[1];
  const text = JSON.stringify(body);
  const request = await signRequest({
    method: 'POST',
    url: `${url}${path}`,
    body: text,
    keys: EDGE_TO_RUNNER,
    audience: `${runnerId}/${bootId}`,
    commandId: newId('command'),
    ...(session === undefined ? {} : { session, epoch: epochOf(session) }),
    ...change,
  });
  return { request, body: text };
}
