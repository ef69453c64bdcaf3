import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { updateSession as updateSessionVerb } from '../../services/sessions/update-session.ts';
import { Pacing, Proxy, Region, SessionName, SessionRef, SessionSchema } from './schemas.ts';

const Body = z
  .strictObject({
    name: SessionName,
    region: Region.nullable(),
    pacing: Pacing,
    isDefault: z.boolean().openapi({
      description:
        'The session that is meant where a request names none. For owners, and live keys that are pinned to no session.',
    }),
    includeStatus: z
      .boolean()
      .openapi({ description: 'Take in status posts; from the next start of the browser on.' }),
    includeChannels: z
      .boolean()
      .openapi({ description: 'Take in channel posts; from the next start of the browser on.' }),
    proxy: Proxy.nullable(),
  })
  .partial();

export const updateSession = (app: App) =>
  app.openapi(
    createRoute({
      method: 'patch',
      path: '/v1/sessions/{id}',
      operationId: 'updateSession',
      ...requiredScope('sessions:write'),
      tags: ['Sessions'],
      summary: 'Change a session',
      description:
        'Fields that are not given stay. A region counts when the session is placed next; another proxy gives it another browser at once; `null` takes region or proxy away.',
      request: {
        params: SessionRef,
        body: jsonBody(Body, {
          name: 'sales',
          pacing: { minIntervalMs: 2000, jitterMs: 1000 },
          isDefault: true,
        }),
      },
      responses: {
        200: answer('The session.', SessionSchema),
        ...errors('SESSION_NOT_FOUND', 'CONFLICT'),
      },
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), changes: c.req.valid('json') };
      const session = await updateSessionVerb({ ctx: c.get('ctx'), input });
      return ok(c, session, 200, { sessionId: session.id, sessionName: session.name });
    },
  );
