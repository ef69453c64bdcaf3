import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { PageQuery, readCursor } from '../../http/cursor.ts';
import { answer, errorResponses, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { listSessions as listSessionsVerb } from '../../services/sessions/list-sessions.ts';
import { SessionSchema } from './schemas.ts';

const Query = z.object({
  ...PageQuery,
  archived: z
    .enum(['true', 'false'])
    .default('false')
    .openapi({ description: '`true` lists the archive instead.' }),
});

export const listSessions = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/sessions',
      operationId: 'listSessions',
      ...requiredScope('sessions:read'),
      tags: ['Sessions'],
      summary: 'List sessions, newest first',
      request: { query: Query },
      responses: { 200: answer('A page of sessions.', z.array(SessionSchema)), ...errorResponses },
    }),
    async (c) => {
      const { cursor, limit, archived } = c.req.valid('query');
      const { sessions, nextCursor } = await listSessionsVerb({
        ctx: c.get('ctx'),
        input: {
          cursor: cursor === undefined ? null : readCursor(cursor),
          limit,
          archived: archived === 'true',
        },
      });
      return ok(c, sessions, 200, { nextCursor });
    },
  );
