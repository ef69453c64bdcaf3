import type { Schemas } from '../../api/client.ts';
import { BASE_PATH } from '../../api/base-path.ts';
import { ApiError, errorOf } from '../../api/errors.ts';
import type { Kind } from './kinds.ts';

/** All kinds have one answer; the route is chosen by name, which the typed client cannot follow. */
export async function send(
  kind: Kind,
  body: Record<string, unknown>,
): Promise<Schemas['SentMessage']> {
  const response = await fetch(`${BASE_PATH}/v1/messages/${kind}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch((cause: unknown) => {
    throw new ApiError({ status: 0, code: 'OFFLINE', message: '', cause });
  });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw errorOf(response.status, answer);
  // The API's own answer, which its tests hold to this schema.
  return (answer as Schemas['SentMessageAnswer']).data;
}
