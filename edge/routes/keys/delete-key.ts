import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { deleteKey as deleteKeyVerb } from '../../services/keys/delete-key.ts';
import { KEY_EXAMPLE, KeyId } from './schemas.ts';

const Deleted = z
  .object({ id: z.string(), deleted: z.literal(true) })
  .openapi({ example: { id: KEY_EXAMPLE, deleted: true } });

export const deleteKey = (app: App) =>
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/v1/keys/{id}',
      operationId: 'deleteKey',
      ...requiredScope('keys:write'),
      tags: ['Keys'],
      summary: 'Revoke an API key',
      description: 'For good, from the next request on.',
      request: { params: KeyId },
      responses: { 200: answer('It works no more.', Deleted), ...errors('NOT_FOUND') },
    }),
    async (c) =>
      ok(c, await deleteKeyVerb({ ctx: c.get('ctx'), input: c.req.valid('param') }), 200),
  );
