import type { z } from '@hono/zod-openapi';
import { idempotencyOf } from '../../http/idempotency-key.ts';
import { readWaitMs } from '../../http/prefer.ts';
import type { SendRequest } from '../../services/messages/send-request.ts';
import type { SendHeaders, SendTerms } from './schemas.ts';

/**
 * What every send takes from its headers and body.
 * @param request what an Idempotency-Key stands for: the parsed body, and path parameters where there are any
 */
export async function readSendTerms(
  operationId: string,
  headers: z.infer<typeof SendHeaders>,
  request: z.output<typeof SendTerms> & Readonly<Record<string, unknown>>,
): Promise<
  Pick<SendRequest, 'reference' | 'expiresInSeconds' | 'sendAt' | 'waitMs' | 'idempotency'>
> {
  return {
    reference: request.reference ?? null,
    expiresInSeconds: request.expiresIn,
    sendAt: request.sendAt ?? null,
    waitMs: readWaitMs(headers.prefer),
    idempotency: await idempotencyOf(headers['idempotency-key'], operationId, request),
  };
}
