import { createRoute, z } from '@hono/zod-openapi';
import { MESSAGE_STATUSES } from '../../../shared/message-status.ts';
import type { App } from '../../http/app.ts';
import { PageQuery, readCursor } from '../../http/cursor.ts';
import { answer, errorResponses, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { listMessages as listMessagesVerb } from '../../services/messages/list-messages.ts';
import { MessageSchema } from './schemas.ts';

const Query = z.object({
  ...PageQuery,
  sessionId: z.string().max(100).optional().openapi({ description: 'Id or name.' }),
  direction: z.enum(['inbound', 'outbound']).optional(),
  status: z.enum(MESSAGE_STATUSES).optional(),
});

export const listMessages = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/messages',
      operationId: 'listMessages',
      ...requiredScope('messages:read'),
      tags: ['Messages'],
      summary: 'List messages, newest first',
      request: { query: Query },
      responses: { 200: answer('A page of messages.', z.array(MessageSchema)), ...errorResponses },
    }),
    async (c) => {
      const { sessionId, direction, status, cursor, limit } = c.req.valid('query');
      const { messages, nextCursor } = await listMessagesVerb({
        ctx: c.get('ctx'),
        input: {
          session: sessionId ?? null,
          direction: direction ?? null,
          status: status ?? null,
          cursor: cursor === undefined ? null : readCursor(cursor),
          limit,
        },
      });
      return ok(c, messages, 200, { nextCursor });
    },
  );
