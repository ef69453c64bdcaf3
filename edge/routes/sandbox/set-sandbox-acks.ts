import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { setSandboxAcks as setSandboxAcksVerb } from '../../services/sandbox/set-sandbox-acks.ts';
import { Done, sandboxErrors, SessionRef } from './schemas.ts';

const Body = z
  .strictObject({
    messageId: z
      .string()
      .max(100)
      .optional()
      .openapi({ description: 'Message to acknowledge now.' }),
    ack: z
      .number()
      .int()
      .min(-1)
      .max(4)
      .optional()
      .openapi({ description: '1 server, 2 delivered, 3 read, 4 played, -1 error.' }),
    delaysMs: z.tuple([z.number().int(), z.number().int(), z.number().int()]).optional().openapi({
      description: 'Delays of acks 1, 2 and 3 of later sends; -1 = that one never comes.',
    }),
  })
  .refine((body) => (body.messageId === undefined) === (body.ack === undefined), {
    path: ['ack'],
    message: 'messageId and ack go together',
  });

export const setSandboxAcks = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/sessions/{id}/sandbox/acks',
      operationId: 'setSandboxAcks',
      ...requiredScope('sessions:write'),
      tags: ['Sandbox'],
      summary: 'Acknowledge messages, or say when to',
      request: { params: SessionRef, body: jsonBody(Body, { delaysMs: [200, 500, 1000] }) },
      responses: { 200: answer('Done.', Done), ...sandboxErrors },
    }),
    async (c) => {
      const { messageId, ack, delaysMs } = c.req.valid('json');
      const done = await setSandboxAcksVerb({
        ctx: c.get('ctx'),
        input: {
          ...c.req.valid('param'),
          messageId: messageId ?? null,
          ack: ack ?? null,
          delaysMs: delaysMs ?? null,
        },
      });
      return ok(c, done, 200);
    },
  );
