import { createRoute } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { keysOnly } from '../../http/allowed-credentials.ts';
import { answer, errorResponses, ok } from '../../http/envelope.ts';
import { getOwnKey as getOwnKeyVerb } from '../../services/keys/get-own-key.ts';
import { OwnKeySchema } from './schemas.ts';

export const getOwnKey = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/keys/self',
      operationId: 'getOwnKey',
      ...keysOnly,
      tags: ['Keys'],
      summary: 'Say what this key may do',
      description:
        'Asks for no scope: a connection test for whoever holds a key. The workspace, the scopes and the session that it is pinned to.',
      responses: { 200: answer('The calling key.', OwnKeySchema), ...errorResponses },
    }),
    (c) => ok(c, getOwnKeyVerb({ ctx: c.get('ctx') }), 200),
  );
