import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { askSession } from '../../services/live/ask-session.ts';
import { sandboxErrors, SessionRef } from './schemas.ts';

const Body = z.strictObject({
  phone: z
    .string()
    .regex(/^\+?[1-9]\d{6,14}$/, 'a phone number in international form')
    .optional()
    .openapi({ description: 'Number of the phone; one is made up by default.' }),
  name: z.string().min(1).max(100).optional(),
  pairingCode: z
    .string()
    .regex(/^[A-Za-z0-9]{4}-?[A-Za-z0-9]{4}$/, 'eight letters and digits')
    .optional()
    .openapi({ description: 'Types this code on the phone instead of scanning the QR code.' }),
});

const Scanned = z
  .object({ phoneNumber: z.string() })
  .openapi('SandboxScanned', { example: { phoneNumber: '15550100001' } });

export const scanSandbox = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/sessions/{id}/sandbox/scan',
      operationId: 'scanSandbox',
      ...requiredScope('sessions:write'),
      tags: ['Sandbox'],
      summary: 'Scan the QR code with the simulated phone',
      request: { params: SessionRef, body: jsonBody(Body, { phone: '+15550100001', name: 'Ada' }) },
      responses: { 200: answer('It is linked.', Scanned), ...sandboxErrors },
    }),
    async (c) => {
      const { output } = await askSession({
        ctx: c.get('ctx'),
        scope: 'sessions:write',
        input: { ...c.req.valid('param'), name: 'sandbox.scan', ask: c.req.valid('json') },
      });
      return ok(c, output, 200);
    },
  );
