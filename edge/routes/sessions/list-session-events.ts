import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { listSessionEvents as listSessionEventsVerb } from '../../services/sessions/list-session-events.ts';
import { SessionRef } from './schemas.ts';

const Query = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'not a cursor of this API')
    .optional()
    .openapi({ description: '`meta.nextCursor` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

const Entry = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    type: z.enum(['status', 'reconnect']),
    status: z.string(),
    reason: z.string(),
    epoch: z.number().int().nullable(),
    attempt: z.number().int().nullable().describe('Of a reconnect: its number, from 1.'),
    delayMs: z.number().int().nullable(),
    nextAt: z.iso.datetime().nullable().describe('When it is tried.'),
  })
  .openapi('SessionLogEntry', {
    example: {
      id: '42',
      at: '2026-11-21T10:00:00.000Z',
      type: 'reconnect',
      status: 'reconnecting',
      reason: 'crashed: the browser ended',
      epoch: 3,
      attempt: 2,
      delayMs: 1730,
      nextAt: '2026-11-21T10:00:01.730Z',
    },
  });

export const listSessionEvents = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/sessions/{id}/events',
      operationId: 'listSessionEvents',
      ...requiredScope('sessions:read'),
      tags: ['Sessions'],
      summary: 'List what happened to a session, newest first',
      description: 'Changes of its state with their reasons, and every try to reconnect.',
      request: { params: SessionRef, query: Query },
      responses: { 200: answer('A page of it.', z.array(Entry)), ...errors('SESSION_NOT_FOUND') },
    }),
    async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const { entries, nextCursor, ...names } = await listSessionEventsVerb({
        ctx: c.get('ctx'),
        input: {
          ...c.req.valid('param'),
          before: cursor === undefined ? null : Number(cursor),
          limit,
        },
      });
      return ok(c, entries, 200, { ...names, nextCursor });
    },
  );
