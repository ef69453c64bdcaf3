import { createRoute, z } from '@hono/zod-openapi';
import { SANDBOX_PROFILES, SESSION_MODES } from '../../../shared/session-status.ts';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { originOf } from '../../services/fleet/find-place.ts';
import { createSession as createSessionVerb } from '../../services/sessions/create-session.ts';
import { Pacing, Proxy, Region, SessionName, SessionSchema } from './schemas.ts';

const Body = z
  .strictObject({
    name: SessionName,
    mode: z
      .enum(SESSION_MODES)
      .default('live')
      .openapi({ description: '`sandbox` plays WhatsApp, so that no phone is needed.' }),
    sandboxProfile: z
      .enum(SANDBOX_PROFILES)
      .optional()
      .openapi({ description: 'Build of WhatsApp Web that a sandbox session plays.' }),
    region: Region.optional(),
    pacing: Pacing.optional(),
    proxy: Proxy.optional(),
  })
  .refine((body) => body.mode === 'sandbox' || body.sandboxProfile === undefined, {
    path: ['sandboxProfile'],
    message: 'only a session with mode "sandbox" has a profile',
  });

export const createSession = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/sessions',
      operationId: 'createSession',
      ...requiredScope('sessions:write'),
      tags: ['Sessions'],
      summary: 'Create a session',
      description: 'Creates and starts it. The first session of a workspace becomes its default.',
      request: { body: jsonBody(Body, { name: 'support', mode: 'sandbox' }) },
      responses: {
        201: answer('The new session.', SessionSchema),
        ...errors('LIMIT_EXCEEDED', 'CONFLICT'),
      },
    }),
    async (c) => {
      const { name, mode, sandboxProfile, region, pacing, proxy } = c.req.valid('json');
      const session = await createSessionVerb({
        ctx: c.get('ctx'),
        input: {
          name,
          mode,
          sandboxProfile: mode === 'sandbox' ? (sandboxProfile ?? 'stock') : null,
          region: region ?? null,
          pacing: pacing ?? null,
          proxy: proxy ?? null,
          origin: originOf(c.req.raw),
        },
      });
      return ok(c, session, 201, { sessionId: session.id, sessionName: session.name });
    },
  );
