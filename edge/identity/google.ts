import { genericOAuth } from 'better-auth/plugins/generic-oauth';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { EdgeEnv } from '../env.ts';
import { publicUrl } from '../values/public-url.ts';
import { cleanName } from '../values/name.ts';
import { EmailAddress } from './email-address.ts';

export const GOOGLE = 'google';

const Claims = z.object({
  sub: z.string().min(1),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
  name: z.string().optional(),
  picture: z
    .url({ protocol: /^https$/ })
    .optional()
    .catch(undefined),
});

/** Somebody whose address Google has verified. */
export type GooglePerson = { subject: string; email: string; name: string };

/**
 * Sign-in with Google, or whichever OpenID provider GOOGLE_ISSUER names; null where it is not set up.
 * @param welcome runs before the library looks for the person's account
 */
export function googlePlugin(
  env: EdgeEnv,
  welcome: (person: GooglePerson) => Promise<unknown>,
): ReturnType<typeof genericOAuth> | null {
  const { GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret } = env;
  if (clientId === undefined || clientSecret === undefined) return null;
  return genericOAuth({
    config: [
      {
        providerId: GOOGLE,
        clientId,
        clientSecret,
        discoveryUrl: `${env.GOOGLE_ISSUER.replace(/\/+$/, '')}/.well-known/openid-configuration`,
        scopes: ['openid', 'email', 'profile'],
        redirectURI: publicUrl(env, '/auth/callback/google'),
        pkce: true,
        prompt: 'select_account',
        requireIdTokenVerification: true,
        // The library has checked signature, issuer, audience and nonce of an ID token by now, but takes an answer without
        // one too, and asks a page that no nonce binds. Only the checked token counts here.
        getUserInfo: async ({ idToken }) => {
          const user = idToken === undefined ? null : read(idToken);
          const email =
            user?.emailVerified === true ? EmailAddress.safeParse(user.email).data : undefined;
          if (user !== null && email !== undefined)
            await welcome({ subject: user.sub, email, name: user.name || email });
          return user;
        },
      },
    ],
  });
}

function read(idToken: string) {
  const { data } = Claims.safeParse(decodeJwt(idToken));
  if (data === undefined) return null;
  const { sub, email, email_verified: emailVerified = false, picture } = data;
  const name = cleanName(data.name ?? '') || cleanName(email?.split('@')[0] ?? '');
  return { id: sub, sub, email, emailVerified, name, image: picture };
}
