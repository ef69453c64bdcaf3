import { createRoute, z } from '@hono/zod-openapi';
import { SESSION_ACTION_NAMES } from '../../../shared/session-actions.ts';
import { SESSION_STATUSES } from '../../../shared/session-status.ts';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { getSessionStatus as getSessionStatusVerb } from '../../services/sessions/get-session-status.ts';
import { SESSION_EXAMPLE, SessionRef } from './schemas.ts';

const Status = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.enum(SESSION_STATUSES),
    reason: z.string(),
    action: z
      .object({ action: z.enum(SESSION_ACTION_NAMES), advice: z.string() })
      .nullable()
      .describe('What a person has to do, in `action_required`.'),
    reconnect: z
      .object({ attempt: z.number().int(), nextAt: z.iso.datetime() })
      .nullable()
      .describe('The next try to reconnect, while there is one to come.'),
    desired: z.enum(['running', 'stopped']).describe('What was asked of it last.'),
    phoneNumber: z.string().nullable(),
    newPhoneNumber: z
      .string()
      .nullable()
      .describe('Linked now instead of `phoneNumber`, and waiting for `acceptNumber`.'),
    lastActiveAt: z.iso.datetime().nullable(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('SessionStatus', {
    example: {
      id: SESSION_EXAMPLE,
      name: 'support',
      status: 'qr',
      reason: 'qr_shown',
      action: null,
      reconnect: null,
      desired: 'running',
      phoneNumber: null,
      newPhoneNumber: null,
      lastActiveAt: null,
      updatedAt: '2026-11-21T09:01:00.000Z',
    },
  });

export const getSessionStatus = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/sessions/{id}/status',
      operationId: 'getSessionStatus',
      ...requiredScope('sessions:read'),
      tags: ['Sessions'],
      summary: 'Get the state of a session',
      request: { params: SessionRef },
      responses: { 200: answer('Its state.', Status), ...errors('SESSION_NOT_FOUND') },
    }),
    async (c) => {
      const status = await getSessionStatusVerb({ ctx: c.get('ctx'), input: c.req.valid('param') });
      return ok(c, status, 200, { sessionId: status.id, sessionName: status.name });
    },
  );
