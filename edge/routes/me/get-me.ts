import { createRoute } from '@hono/zod-openapi';
import { usersOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { answer, errorResponses, ok } from '../../http/envelope.ts';
import { getMe as getMeVerb } from '../../services/me/get-me.ts';
import { MeSchema } from './schemas.ts';

export const getMe = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/me',
      operationId: 'getMe',
      ...usersOnly,
      tags: ['Account'],
      summary: 'Get the signed-in person',
      responses: { 200: answer('Who is signed in.', MeSchema), ...errorResponses },
    }),
    async (c) => ok(c, await getMeVerb({ ctx: c.get('ctx') }), 200),
  );
