import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errorResponses, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { listKeys as listKeysVerb } from '../../services/keys/list-keys.ts';
import { KeySchema } from './schemas.ts';

export const listKeys = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/keys',
      operationId: 'listKeys',
      ...requiredScope('keys:read'),
      tags: ['Keys'],
      summary: 'List API keys, oldest first',
      description: 'A pinned key sees those of its session, a test key sees test keys.',
      responses: { 200: answer('All keys.', z.array(KeySchema)), ...errorResponses },
    }),
    async (c) => ok(c, await listKeysVerb({ ctx: c.get('ctx') }), 200),
  );
