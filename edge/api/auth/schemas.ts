import { z } from '@hono/zod-openapi';
import { MAX_PASSWORD, MIN_PASSWORD } from '../../identity/password.ts';

export { EmailAddress } from '../../identity/email-address.ts';

/** Routes that a login is needed for. */
export const needsLogin = { security: [{ cookie: [] }] };
/** Routes that say something else to somebody who is signed in. */
export const takesLogin = { security: [{ cookie: [] }, {}] };
/** Routes that anybody may ask. */
export const needsNothing = { security: [] };

export const NewPassword = z
  .string()
  .min(MIN_PASSWORD)
  .max(MAX_PASSWORD)
  .openapi({ format: 'password', example: 'correct horse battery staple' });

/** A password that is only compared: what is no password at all is refused before it is hashed. */
export const GivenPassword = z
  .string()
  .min(1)
  .max(MAX_PASSWORD)
  .openapi({ format: 'password', example: 'correct horse battery staple' });

export const ReturnAddress = z.string().min(1).max(2_000).openapi({
  description:
    'Where to continue: a path of this service, or an address under FRONTEND_URL or CORS_ORIGINS.',
  example: '/welcome',
});

const user = {
  id: 'usr_01k2q8z6m4c8f7h3n5r9t1v0wx',
  name: 'Ann Example',
  email: 'ann@example.com',
  emailVerified: true,
  image: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

export const User = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    emailVerified: z.boolean(),
    image: z.string().nullish(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('AuthUser', { example: user });

const login = {
  id: 'aus_01k2q8z6m4c8f7h3n5r9t1v0wx',
  userId: user.id,
  token: 'dI1cQ9vZ0yR4nT7uW2xE5bG8hK3mP6sA',
  expiresAt: '2026-01-08T00:00:00.000Z',
  ipAddress: '192.0.2.7',
  userAgent: 'Mozilla/5.0',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

export const LoginSession = z
  .object({
    id: z.string(),
    userId: z.string(),
    token: z
      .string()
      .describe('Names the login. It is of no use without the signature in the cookie.'),
    expiresAt: z.iso.datetime(),
    ipAddress: z.string().nullish(),
    userAgent: z.string().nullish(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('AuthSession', { example: login });

export const Status = z
  .object({ status: z.boolean() })
  .openapi('AuthStatus', { example: { status: true } });

/** One entry of a route's `responses`: an answer as the identity library has it, without our envelope. */
export const bare = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  description,
  content: { 'application/json': { schema } },
});

/** The body of an answer, held to its schema: what the library may add some day is not shown unseen. */
export const readAnswer = async <Schema extends z.ZodType>(
  schema: Schema,
  response: Response,
): Promise<z.output<Schema>> => schema.parse(await response.json());
