import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { USER_TOKEN_MAX_SECONDS } from '../../identity/user-token.ts';
import { requireJson } from '../../middleware/accept-body.ts';
import { authenticate } from '../../middleware/authenticate.ts';
import { checkJson } from '../../middleware/check-json.ts';
import { limitFailedCredentials } from '../../middleware/limit-rate.ts';
import { createToken as createTokenVerb } from '../../services/users/create-token.ts';
import { limitAuthBody, refuseForeignPages } from './guard.ts';

const Body = z.strictObject({
  workspaceId: z.string().min(1).max(100).optional().openapi({
    description: 'The workspace to act in. Without it, the workspace that you act in now.',
  }),
  expiresInSeconds: z.number().int().min(1).max(USER_TOKEN_MAX_SECONDS).optional(),
});

const UserToken = z
  .object({ token: z.string(), expiresAt: z.iso.datetime(), workspaceId: z.string() })
  .openapi('UserToken', {
    example: {
      token:
        'eyJhbGciOiJIUzI1NiIsInR5cCI6IndheXBvc3QtdXNlcitqd3QifQ.eyJzdWIiOiJ1c3JfMDEifQ.c2lnbmF0dXJl',
      expiresAt: '2026-01-01T01:00:00.000Z',
      workspaceId: 'wks_01k2q8z6m4c8f7h3n5r9t1v0wx',
    },
  });

export const createToken = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/auth/token',
      operationId: 'createToken',
      security: [{ cookie: [] }, { supabaseToken: [] }],
      tags: ['Accounts'],
      summary: 'Create a user token',
      description:
        'For `Authorization: Bearer` on /v1. It works in one workspace, for an hour at most, and ends with the login that made it.',
      middleware: [
        refuseForeignPages,
        limitFailedCredentials,
        authenticate(['cookie', 'supabase']),
        limitAuthBody,
        requireJson,
        checkJson,
      ] as const,
      request: {
        body: {
          required: false,
          content: { 'application/json': { schema: Body, example: { expiresInSeconds: 600 } } },
        },
      },
      responses: {
        200: answer('The token. It is not stored.', UserToken),
        ...errors('NOT_FOUND'),
      },
    }),
    async (c) => {
      const { workspaceId, expiresInSeconds } = c.req.valid('json') ?? {};
      const input = { workspaceId, expiresInSeconds };
      c.header('cache-control', 'no-store');
      return ok(c, await createTokenVerb({ ctx: c.get('ctx'), input }), 200);
    },
  );
