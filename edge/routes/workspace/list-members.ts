import { createRoute, z } from '@hono/zod-openapi';
import { usersOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { PageQuery, readCursor } from '../../http/cursor.ts';
import { answer, errorResponses, ok } from '../../http/envelope.ts';
import { listMembers as listMembersVerb } from '../../services/workspace/list-members.ts';
import { MemberSchema } from './schemas.ts';

export const listMembers = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/workspace/members',
      operationId: 'listMembers',
      ...usersOnly,
      tags: ['Workspace'],
      summary: 'List members, newest first',
      request: { query: z.object(PageQuery) },
      responses: { 200: answer('A page of members.', z.array(MemberSchema)), ...errorResponses },
    }),
    async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const { members, nextCursor } = await listMembersVerb({
        ctx: c.get('ctx'),
        input: { cursor: cursor === undefined ? null : readCursor(cursor), limit },
      });
      return ok(c, members, 200, { nextCursor });
    },
  );
