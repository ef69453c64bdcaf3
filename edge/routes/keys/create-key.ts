import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { createKey as createKeyVerb } from '../../services/keys/create-key.ts';
import { KeyFields, ShownKey } from './schemas.ts';

const Body = z.strictObject({
  name: KeyFields.name,
  scopes: KeyFields.scopes,
  mode: z
    .enum(['live', 'test'])
    .optional()
    .openapi({ description: 'A test key reaches sandbox sessions only.' }),
  sessionId: KeyFields.sessionId.optional(),
  expiresAt: KeyFields.expiresAt.optional(),
  allowedIps: KeyFields.allowedIps.optional(),
  perMinute: KeyFields.perMinute.default(null),
});

export const createKey = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/keys',
      operationId: 'createKey',
      ...requiredScope('keys:write'),
      tags: ['Keys'],
      summary: 'Create an API key',
      description:
        'The answer holds the key, this once. A key cannot make one that can do more than itself; mode, session, expiry and addresses that are not given are its own.',
      request: {
        body: jsonBody(Body, { name: 'Order service', scopes: ['messages:send', 'messages:read'] }),
      },
      responses: {
        201: answer('The key, whole.', ShownKey),
        ...errors('SESSION_NOT_FOUND', 'LIMIT_EXCEEDED'),
      },
    }),
    async (c) => {
      const { sessionId, ...fields } = c.req.valid('json');
      const input = { ...fields, session: sessionId };
      return ok(c, await createKeyVerb({ ctx: c.get('ctx'), input }), 201);
    },
  );
