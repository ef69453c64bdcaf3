import type { z } from '@hono/zod-openapi';
import { idempotencyOf } from '../../http/idempotency-key.ts';
import { readWaitMs } from '../../http/prefer.ts';
import type { SendRequest } from '../../services/messages/send-request.ts';
import type { SendHeaders, SendTerms } from './schemas.ts';

/**
 * What every send takes from its headers and body.
 * @param request the parsed body, and path parameters where there are any: but for the session, what an Idempotency-Key stands for
 */
export async function readSendTerms(
  operationId: string,
  headers: z.infer<typeof SendHeaders>,
  request: z.output<typeof SendTerms> & Readonly<Record<string, unknown>>,
): Promise<
  Pick<SendRequest, 'reference' | 'expiresInSeconds' | 'sendAt' | 'waitMs' | 'idempotency'>
> {
  // Which session a name means is for the send statement to say.
  const { sessionId: _, ...meant } = request;
  return {
    reference: request.reference ?? null,
    expiresInSeconds: request.expiresIn,
    sendAt: request.sendAt ?? null,
    waitMs: readWaitMs(headers.prefer),
    idempotency: await idempotencyOf(headers['idempotency-key'], operationId, meant),
  };
}
