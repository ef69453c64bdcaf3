import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { limitAuthBody, limitByCaller, refuseForeignPages } from '../../api/auth/guard.ts';
import { callerOf } from '../../api/auth/ask-identity.ts';
import { EmailAddress, GivenPassword } from '../../api/auth/schemas.ts';
import { signIn } from '../../api/auth/sign-in-email.ts';
import type { AppEnv } from '../../context.ts';
import { errors } from '../../http/envelope.ts';
import { requireJson } from '../../middleware/accept-body.ts';
import { checkJson } from '../../middleware/check-json.ts';
import { createToken } from '../../services/users/create-token.ts';
import { loadUser } from '../../services/users/load-user.ts';
import { type OpenRoute, reportIgnored } from '../alias.ts';
import { instanceAnswer, instanceMeta } from './envelope.ts';

/** Other fields are ignored, as there. */
const Body = z.object({ email: EmailAddress, password: GivenPassword }).loose();

const LoggedIn = z
  .object({
    token: z.string().describe('For `Authorization: Bearer`, for an hour.'),
    expiresAt: z.iso.datetime(),
    user: z.object({ id: z.string(), email: z.string(), name: z.string() }),
  })
  .openapi('LoggedIn', {
    example: {
      token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IndheXBvc3QtdXNlcitqd3QifQ.eyJzdWIiOiJ1c3JfMDEifQ.c2ln',
      expiresAt: '2026-11-21T11:00:00.000Z',
      user: {
        id: 'usr_01k2q8z6m4c8f7h3n5r9t1v0wx',
        email: 'ann@example.com',
        name: 'Ann Example',
      },
    },
  });

/** Signs in with address and password for a token; no cookie is set. */
export const login: OpenRoute = {
  path: '/api/auth/login',
  register: (app, tag) =>
    app.openapi(
      createRoute({
        method: 'post',
        path: '/api/auth/login',
        operationId: 'instancesLogin',
        security: [],
        tags: [tag],
        summary: 'Sign in for a token',
        middleware: [
          refuseForeignPages,
          limitByCaller,
          limitAuthBody,
          requireJson,
          checkJson,
        ] as const,
        request: {
          body: {
            required: true,
            content: {
              'application/json': {
                schema: Body,
                example: { email: 'ann@example.com', password: 'correct horse battery staple' },
              },
            },
          },
        },
        responses: { 200: instanceAnswer('Signed in.', LoggedIn), ...errors() },
      }),
      async (c) => answerLogin(c, c.req.valid('json')),
    ),
};

async function answerLogin(
  c: Context<AppEnv>,
  { email, password, ...ignored }: z.output<typeof Body>,
) {
  reportIgnored(c, Object.keys(ignored));
  const { token: sessionToken, user } = await signIn(c, { email, password });
  const services = c.get('services');
  const caller = callerOf(c);
  const credential = { kind: 'cookie' as const, sessionToken };
  const { actor, workspaceId } = await loadUser({ services, caller, credential });
  const ctx = Object.assign(services, { ...caller, workspaceId, actor, call: c.get('call') });
  const { token, expiresAt } = await createToken({ ctx, input: {} });
  const person = { id: user.id, email: user.email, name: user.name };
  // The identity library's cookie is for browsers of our own.
  c.header('set-cookie', undefined);
  const data = { token, expiresAt, user: person };
  return c.json({ success: true as const, data, meta: instanceMeta(c) }, 200);
}
