import { z } from '@hono/zod-openapi';
import { errors } from '../../http/envelope.ts';

export { SessionRef } from '../sessions/schemas.ts';

export const Done = z.object({}).openapi('SandboxDone', { example: {} });

/** Errors that every sandbox route can answer with. */
export const sandboxErrors = errors(
  'SESSION_NOT_FOUND',
  'SESSION_NOT_READY',
  'NOT_SUPPORTED',
  'NOT_FOUND',
  'CONFLICT',
);
