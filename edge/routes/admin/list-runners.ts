import { createRoute, z } from '@hono/zod-openapi';
import { adminsOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { answer, errorResponses, ok } from '../../http/envelope.ts';
import { listRunners as listRunnersVerb } from '../../services/admin/list-runners.ts';
import { RunnerSchema } from './schemas.ts';

export const listRunners = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/admin/runners',
      operationId: 'listRunners',
      ...adminsOnly,
      tags: ['Admin'],
      summary: 'List runners, those heard of last first',
      responses: { 200: answer('The fleet.', z.array(RunnerSchema)), ...errorResponses },
    }),
    async (c) => ok(c, await listRunnersVerb({ ctx: c.get('ctx') }), 200),
  );
