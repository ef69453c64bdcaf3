import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { requestPairingCode as requestPairingCodeVerb } from '../../services/sessions/request-pairing-code.ts';
import { SessionRef } from './schemas.ts';

const Body = z.strictObject({
  phone: z
    .string()
    .regex(/^\+?[1-9]\d{6,14}$/, 'a phone number with its country code, as +15550100001')
    .openapi({ description: 'Number of the phone that will link the session.' }),
});

const Query = z.object({
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(30)
    .default(15)
    .openapi({ description: 'Seconds to wait for the page that shows the code.' }),
});

const Code = z
  .object({
    code: z.string().describe('Typed on the phone: Linked devices, Link with phone number.'),
    phone: z.string(),
    expiresAt: z.iso.datetime().describe('A new code takes its place then.'),
  })
  .openapi('PairingCode', {
    example: { code: 'ABCD1234', phone: '15550100001', expiresAt: '2026-11-21T10:03:00.000Z' },
  });

export const requestPairingCode = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/sessions/{id}/pairing-code',
      operationId: 'requestPairingCode',
      ...requiredScope('sessions:write'),
      tags: ['Sessions'],
      summary: 'Get a code to type on the phone',
      description:
        'Links without a camera: the phone with this number is asked for the code. Asked again, the answer is the code that is good now; each new one is an event `session.pairing_code`. It is a credential.',
      request: {
        params: SessionRef,
        query: Query,
        body: jsonBody(Body, { phone: '+15550100001' }),
      },
      responses: {
        200: answer('The code.', Code),
        ...errors('SESSION_NOT_FOUND', 'SESSION_NOT_READY', 'CONFLICT'),
      },
    }),
    async (c) => {
      const shown = await requestPairingCodeVerb({
        ctx: c.get('ctx'),
        input: {
          ...c.req.valid('param'),
          phone: c.req.valid('json').phone.replace('+', ''),
          waitMs: c.req.valid('query').wait * 1000,
        },
      });
      const { sessionId, sessionName, ...code } = shown;
      c.header('cache-control', 'no-store');
      return ok(c, code, 200, { sessionId, sessionName });
    },
  );
