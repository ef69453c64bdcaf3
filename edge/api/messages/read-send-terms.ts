import type { z } from '@hono/zod-openapi';
import { idempotencyOf } from '../../http/idempotency-key.ts';
import { readWaitMs } from '../../http/prefer.ts';
import type { SendRequest } from '../../services/messages/send-request.ts';
import type { SendHeaders } from './schemas.ts';

/**
 * What every send takes from its headers and body.
 * @param request what an Idempotency-Key stands for: the parsed body, and path parameters where there are any
 */
export async function readSendTerms(
  operationId: string,
  headers: z.infer<typeof SendHeaders>,
  request: { expiresIn: number; sendAt?: string | undefined } & Readonly<Record<string, unknown>>,
): Promise<Pick<SendRequest, 'expiresInSeconds' | 'sendAt' | 'waitMs' | 'idempotency'>> {
  return {
    expiresInSeconds: request.expiresIn,
    sendAt: request.sendAt ?? null,
    waitMs: readWaitMs(headers.prefer),
    idempotency: await idempotencyOf(headers['idempotency-key'], operationId, request),
  };
}
