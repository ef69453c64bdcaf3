import type { Context } from 'hono';
import type { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { AppEnv } from '../../context.ts';
import { invalidRequest } from '../../http/validation.ts';

/**
 * The request's body in the protocol's shape. These routes are between our own two halves and stay out of the OpenAPI
 * document, so that they parse by themselves.
 */
export async function readBody<Schema extends z.ZodType>(
  c: Context<AppEnv>,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const json: unknown = await c.req.json().catch((cause: unknown) => {
    throw new AppError('MALFORMED_JSON', undefined, undefined, { cause });
  });
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw invalidRequest('json', parsed.error);
}
