import { APIError } from 'better-auth/api';
import { betterAuth } from 'better-auth/minimal';
import { newId, type IdKind } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';
import { type Caller, personsEvent, recordSecurityEvent } from '../audit/security-event.ts';
import { admitUser } from './admit-user.ts';
import type { Asker } from './asker.ts';
import { claimAccount } from './claim-account.ts';
import { confirmAddress } from './confirm-address.ts';
import { credentialState } from './credential-state.ts';
import { judgeSignUp } from './judge-sign-up.ts';
import { notePasswordReset } from './note-reset.ts';
import { restartSignUp } from './restart-sign-up.ts';
import { ensureWorkspace } from '../users/ensure-workspace.ts';
import { identityAdapter } from './adapter.ts';
import { judgeEmailAddress } from '../../identity/email-address.ts';
import { type GooglePerson, googlePlugin } from '../../identity/google.ts';
import { identityMails } from './identity-mails.ts';
import {
  hashPassword,
  MAX_PASSWORD,
  MIN_PASSWORD,
  verifyPassword,
} from '../../identity/password.ts';
import { trustedOrigins } from '../../identity/return-url.ts';
import { cookiePrefix } from '../../identity/session-cookie.ts';
import { homeUrl, isAbout, VERIFICATION_SECONDS } from '../../identity/verification-link.ts';

const DAY_SECONDS = 86_400;
const SESSION_SECONDS = 7 * DAY_SECONDS;
const RESET_SECONDS = 3_600;

const ID_KINDS: Readonly<Record<string, IdKind>> = {
  user: 'user',
  session: 'authSession',
  account: 'authAccount',
  verification: 'authVerification',
};

export type AuthInput = {
  services: Services;
  caller: Caller;
  /** Whom the mails that this request causes count against. */
  asker: Asker;
  /** The sign-up that this request is. */
  signUp?: { name: string; callbackURL?: string | undefined } | undefined;
  /** Loads Google's discovery document, which costs a call: for the two routes that need it. */
  google?: boolean | undefined;
};

/** What the library swallowed on its way to an answer. */
export type AuthOutcome = {
  /** The request failed, whatever the answer says. */
  failure?: unknown;
  /** The error behind an answer that only says that something failed. */
  logged?: unknown;
};

/** Drizzle's constraint name for one address, one user. */
export const USERS_EMAIL_UNIQUE = 'users_email_unique';

/**
 * The identity library, made for one request: it keeps what belongs to that request, and workerd forbids I/O on behalf of
 * another one. Throws whatever is not an answer of its own.
 */
export function createAuth({ services, caller, asker, signUp, google = false }: AuthInput) {
  const { env, hashGate, log } = services;
  const mails = identityMails(services, asker);
  const claim = (person: GooglePerson) =>
    claimAccount({ services, caller, input: { provider: 'google', ...person } });
  const googleLogin = google ? googlePlugin(env, claim) : null;
  const seen: AuthOutcome & { passwordHash?: string } = {};

  const hash = async (password: string): Promise<string> => {
    seen.passwordHash = await hashGate.run(() => hashPassword(password));
    return seen.passwordHash;
  };

  const auth = betterAuth({
    appName: 'Waypost',
    baseURL: new URL(env.BASE_URL).origin,
    basePath: '/auth',
    secret: env.AUTH_SECRET,
    trustedOrigins: trustedOrigins(env),
    database: identityAdapter(services.db),
    plugins: googleLogin === null ? [] : [googleLogin],
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: {
      level: 'error',
      disableColors: true,
      log: (_level, message, ...details) => {
        seen.logged ??= details.find((detail) => detail instanceof Error);
        log({
          event: 'identity_library',
          requestId: caller.requestId,
          message: message.slice(0, 80),
        });
      },
    },
    onAPIError: { throw: true, errorURL: homeUrl(env) },
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: true,
      minPasswordLength: MIN_PASSWORD,
      maxPasswordLength: MAX_PASSWORD,
      resetPasswordTokenExpiresIn: RESET_SECONDS,
      revokeSessionsOnPasswordReset: true,
      password: {
        hash,
        verify: ({ hash: known, password }) => hashGate.run(() => verifyPassword(password, known)),
      },
      // The library would swallow what is thrown here.
      onExistingUserSignUp: async ({ user }) => {
        try {
          const { passwordHash } = seen;
          if (signUp === undefined || passwordHash === undefined) throw new Error('not a sign-up');
          const input = { userId: user.id, name: signUp.name, passwordHash };
          await restartSignUp({ services, input });
          const event = { action: 'user.sign_up_repeated', byStranger: true } as const;
          recordSecurityEvent(services, caller, personsEvent(user.id, event));
          mails.signedUpAgain(user, signUp.callbackURL);
        } catch (error) {
          seen.failure = error;
        }
      },
      sendResetPassword: async ({ user, url, token }) => {
        // Awaited: an unknown address costs the library one query more up to here.
        const state = await credentialState({ services, userId: user.id });
        const redirectTo = new URL(url).searchParams.get('callbackURL');
        if (state?.isActive === true)
          mails.reset(user, token, redirectTo === '' ? null : redirectTo);
      },
      onPasswordReset: ({ user }) => notePasswordReset({ services, caller, userId: user.id }),
    },
    emailVerification: {
      sendOnSignUp: true,
      sendOnSignIn: true,
      autoSignInAfterVerification: false,
      expiresIn: VERIFICATION_SECONDS,
      sendVerificationEmail: ({ user, url }) => {
        mails.verification(user, givenCallback(url));
        return Promise.resolve();
      },
      beforeEmailVerification: async (user, request) => {
        const link = new URL(request?.url ?? env.BASE_URL).searchParams;
        const state = await credentialState({ services, userId: user.id });
        const passwordHash = state?.passwordHash ?? null;
        if (!(await isAbout(link.get('token') ?? '', passwordHash)))
          throw redirectTo(link.get('callbackURL'), 'INVALID_TOKEN');
        if (passwordHash !== null)
          await confirmAddress({ services, caller, input: { userId: user.id, passwordHash } });
      },
    },
    account: {
      updateAccountOnSignIn: false,
      accountLinking: { enabled: true, requireLocalEmailVerified: true, trustedProviders: [] },
    },
    user: {
      validateUserInfo: async ({ user, source }) => {
        if (source.method !== 'oauth') return undefined;
        if (user.emailVerified !== true) return { error: 'email_not_verified' };
        const email = user.email ?? '';
        if (judgeEmailAddress(email) !== null) return { error: 'email_not_supported' };
        if (source.action !== 'create-user') return undefined;
        const error = await judgeSignUp({ services, email: email.toLowerCase() });
        return error === null ? undefined : { error };
      },
    },
    verification: { storeIdentifier: 'hashed', disableCleanup: true },
    session: { expiresIn: SESSION_SECONDS, updateAge: DAY_SECONDS, freshAge: 0 },
    databaseHooks: {
      account: {
        create: {
          // Nothing here calls Google in anybody's name: its tokens are not kept.
          before: (account) =>
            Promise.resolve({
              data: { ...account, accessToken: null, refreshToken: null, idToken: null },
            }),
        },
      },
      user: {
        create: {
          after: (user) => {
            recordSecurityEvent(
              services,
              caller,
              personsEvent(user.id, { action: 'user.signed_up' }),
            );
            return Promise.resolve();
          },
        },
      },
      session: {
        create: {
          before: async (session, context) => {
            if (context?.path === '/change-password') return;
            const input = { userId: session.userId, method: methodOf(context?.path) };
            if (!(await admitUser({ services, caller, input })))
              throw new APIError('FORBIDDEN', {
                code: 'ACCOUNT_DISABLED',
                message: 'This account is disabled; contact the administrator.',
              });
            await ensureWorkspace({ services, userId: session.userId });
          },
        },
      },
    },
    advanced: {
      cookiePrefix: cookiePrefix(env),
      // Origins are judged before: see middleware/origins.ts and api/auth/guard.ts. Programs, which send none, may act.
      disableCSRFCheck: true,
      // Said, since the library leaves addresses to return to unchecked when it thinks that it is being tested.
      disableOriginCheck: false,
      ipAddress:
        env.CLIENT_IP_HEADER === undefined
          ? { disableIpTracking: true }
          : { ipAddressHeaders: [env.CLIENT_IP_HEADER] },
      database: {
        generateId: ({ model }) => newId(ID_KINDS[model] ?? 'authVerification', services.now()),
        validateSchema: false,
      },
    },
  });

  return { handler: auth.handler, seen };
}

const methodOf = (path: string | undefined): string =>
  path?.startsWith('/callback/') === true ? 'google' : 'password';

/** The place to go on at that a link of the library names; its own default is none. */
function givenCallback(url: string): string | undefined {
  const given = new URL(url).searchParams.get('callbackURL');
  return given === null || given === '/' ? undefined : given;
}

function redirectTo(place: string | null, error: string): APIError {
  if (place === null)
    return new APIError('UNAUTHORIZED', { code: error, message: 'This link is no longer valid.' });
  const [address = '', fragment] = place.split('#', 2);
  const location = `${address}${address.includes('?') ? '&' : '?'}error=${error}`;
  return new APIError(
    'FOUND',
    undefined,
    new Headers({ location: fragment === undefined ? location : `${location}#${fragment}` }),
  );
}
