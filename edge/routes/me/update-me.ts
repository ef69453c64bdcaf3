import { createRoute, z } from '@hono/zod-openapi';
import { usersOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { updateMe as updateMeVerb } from '../../services/me/update-me.ts';
import { DisplayName, TimeZone } from '../workspace/fields.ts';
import { WORKSPACE_EXAMPLE } from '../workspace/schemas.ts';
import { MeSchema } from './schemas.ts';

const Body = z
  .strictObject({
    name: DisplayName,
    timeZone: TimeZone.nullable(),
    workspaceId: z.string().min(1).max(100).openapi({
      description:
        'The workspace to act in from the next request on, where the credential names none.',
      example: WORKSPACE_EXAMPLE,
    }),
  })
  .partial();

export const updateMe = (app: App) =>
  app.openapi(
    createRoute({
      method: 'patch',
      path: '/v1/me',
      operationId: 'updateMe',
      ...usersOnly,
      tags: ['Account'],
      summary: 'Change the signed-in person',
      description: 'Fields that are not given stay.',
      request: { body: jsonBody(Body, { name: 'Ann Example', timeZone: 'Europe/Berlin' }) },
      responses: { 200: answer('Who is signed in.', MeSchema), ...errors('NOT_FOUND') },
    }),
    async (c) => ok(c, await updateMeVerb({ ctx: c.get('ctx'), input: c.req.valid('json') }), 200),
  );
