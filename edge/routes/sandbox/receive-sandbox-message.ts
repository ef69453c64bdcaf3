import { createRoute, z } from '@hono/zod-openapi';
import { INBOUND_TYPES } from '../../../shared/catalogue/message-kinds.ts';
import type { App } from '../../http/app.ts';
import { answer, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { receiveSandboxMessage as receiveSandboxMessageVerb } from '../../services/sandbox/receive-sandbox-message.ts';
import { sandboxErrors, SessionRef } from './schemas.ts';

const Body = z.strictObject({
  from: z.string().min(1).max(100).openapi({ description: 'Phone number or LID of the sender.' }),
  name: z.string().min(1).max(100).optional(),
  chatId: z.string().max(100).optional().openapi({
    description:
      'A group that the sender is in; by default the chat with the sender. From the own phone, any chat.',
  }),
  type: z.enum(INBOUND_TYPES).default('text'),
  text: z.string().max(65_536).optional(),
  media: z
    .strictObject({
      base64: z.base64(),
      mimetype: z.string().max(100),
      filename: z.string().max(200).optional(),
    })
    .optional(),
  quotedMessageId: z.string().max(100).optional(),
});

const Received = z
  .object({ wireId: z.string() })
  .openapi('SandboxReceived', { example: { wireId: '3A5F0C431C26A1916E07' } });

export const receiveSandboxMessage = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/sessions/{id}/sandbox/messages',
      operationId: 'receiveSandboxMessage',
      ...requiredScope('sessions:write'),
      tags: ['Sandbox'],
      summary: 'Let somebody write to the session',
      request: {
        params: SessionRef,
        body: jsonBody(Body, { from: '+15550100002', name: 'Grace', text: 'Hello!' }),
      },
      responses: { 200: answer('It was delivered to the phone.', Received), ...sandboxErrors },
    }),
    async (c) => {
      const { quotedMessageId, ...message } = c.req.valid('json');
      const received = await receiveSandboxMessageVerb({
        ctx: c.get('ctx'),
        input: {
          ...c.req.valid('param'),
          message,
          quotedMessageId: quotedMessageId ?? null,
        },
      });
      return ok(c, received, 200);
    },
  );
