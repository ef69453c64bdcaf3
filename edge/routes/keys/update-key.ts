import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { updateKey as updateKeyVerb } from '../../services/keys/update-key.ts';
import { KeyFields, KeyId, KeySchema } from './schemas.ts';

const Body = z.strictObject({ ...KeyFields, isActive: z.boolean() }).partial();

export const updateKey = (app: App) =>
  app.openapi(
    createRoute({
      method: 'patch',
      path: '/v1/keys/{id}',
      operationId: 'updateKey',
      ...requiredScope('keys:write'),
      tags: ['Keys'],
      summary: 'Change, pause or resume an API key',
      description:
        'Fields that are not given stay. It counts from the next request of the key on. A key cannot change one that can do more than itself, nor give it more than it has.',
      request: { params: KeyId, body: jsonBody(Body, { isActive: false }) },
      responses: {
        200: answer('The key.', KeySchema),
        ...errors('NOT_FOUND', 'SESSION_NOT_FOUND'),
      },
    }),
    async (c) => {
      const { sessionId, ...fields } = c.req.valid('json');
      const input = { ...c.req.valid('param'), changes: { ...fields, session: sessionId } };
      return ok(c, await updateKeyVerb({ ctx: c.get('ctx'), input }), 200);
    },
  );
