import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, ok } from '../../http/envelope.ts';
import { signUpPolicy } from '../../identity/sign-up-policy.ts';
import { limitPages } from '../../middleware/limit-rate.ts';
import { needsNothing } from './schemas.ts';

const SignInMethods = z
  .object({
    google: z.boolean().describe('Whether `POST /auth/sign-in/social` is set up.'),
    supabase: z
      .array(z.object({ provider: z.string(), url: z.url() }))
      .describe(
        'Providers of the Supabase project (`SUPABASE_PROVIDERS`), and where to send the browser. It comes back to the dashboard with an access token, which goes to `POST /auth/supabase`.',
      ),
    signUp: z
      .enum(['open', 'invited', 'closed'])
      .describe('Who may make an account: everybody, people with an invitation, or nobody.'),
  })
  .openapi('SignInMethods', {
    example: {
      google: true,
      supabase: [
        {
          provider: 'github',
          url: 'https://ref.supabase.co/auth/v1/authorize?provider=github&redirect_to=https%3A%2F%2Fwaypost.example.com%2Fsign-in%2Fsupabase',
        },
      ],
      signUp: 'invited',
    },
  });

/** A page asks it before anybody signs in, so that it counts as a page and takes nothing of the limit of sign-ins. */
export const listSignInMethods = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/auth/sign-in/methods',
      operationId: 'listSignInMethods',
      ...needsNothing,
      tags: ['Accounts'],
      summary: 'List the ways to sign in',
      description: 'What a sign-in page offers beside e-mail and password.',
      middleware: [limitPages] as const,
      responses: { 200: answer('How people sign in here.', SignInMethods) },
    }),
    (c) => {
      const { env } = c.get('services');
      const project = env.SUPABASE_URL?.replace(/\/+$/, '') ?? '';
      const dashboard = env.FRONTEND_URL?.replace(/\/$/, '') ?? env.BASE_URL;
      const supabase = env.SUPABASE_PROVIDERS.map((provider) => {
        const url = new URL(`${project}/auth/v1/authorize`);
        url.searchParams.set('provider', provider);
        url.searchParams.set('redirect_to', `${dashboard}/sign-in/supabase`);
        return { provider, url: url.href };
      });
      const google = env.GOOGLE_CLIENT_ID !== undefined;
      return ok(c, { google, supabase, signUp: signUpPolicy(env) }, 200);
    },
  );
