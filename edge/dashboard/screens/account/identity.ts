import { queryOptions } from '@tanstack/react-query';
import { BASE_PATH } from '../../api/base-path.ts';
import { api, ask, type Schemas } from '../../api/client.ts';
import { ApiError, errorOf } from '../../api/errors.ts';
import { t } from '../../messages/en.ts';

/** Where the mailed link ends. */
export const CONFIRMED = `${BASE_PATH}/sign-in?confirmed=true`;

type Answer<Data> = Promise<{ data?: Data; error?: unknown; response: Response }>;

/** Answers of the identity library stand bare, without the envelope of /v1. @throws ApiError */
async function bare<Data>(call: Answer<Data>): Promise<Data> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw new ApiError({ status: 0, code: 'OFFLINE', message: '', cause });
  });
  if (error !== undefined || data === undefined) throw errorOf(response.status, error);
  return data;
}

export const signIn = (body: Schemas['SignInEmailBody']) =>
  bare(api.POST('/auth/sign-in/email', { body }));

export const signUp = (body: Schemas['SignUpEmailBody']) =>
  bare(api.POST('/auth/sign-up/email', { body }));

export const signOut = () => bare(api.POST('/auth/sign-out', {}));

export const resendMail = (email: string) =>
  bare(
    api.POST('/auth/send-verification-email', {
      body: { email, callbackURL: CONFIRMED },
    }),
  );

export const requestReset = (email: string) =>
  bare(
    api.POST('/auth/request-password-reset', {
      body: { email, redirectTo: `${BASE_PATH}/reset-password` },
    }),
  );

export const resetPassword = (body: Schemas['ResetPasswordBody']) =>
  bare(api.POST('/auth/reset-password', { body }));

export const signInByLink = (token: string) =>
  bare(api.POST('/auth/sign-in/link', { body: { token } }));

/** What this deployment offers beside a password, and who may make an account. */
export const methodsQuery = queryOptions({
  queryKey: ['sign-in-methods'],
  queryFn: () => ask(api.GET('/auth/sign-in/methods')),
  staleTime: Infinity,
});

/** Leaves for Google, which comes back signed in, or to the sign-in page with the reason. */
export async function startGoogle(next: string): Promise<void> {
  const { url } = await bare(
    api.POST('/auth/sign-in/social', {
      body: {
        provider: 'google',
        callbackURL: BASE_PATH + next,
        errorCallbackURL: `${BASE_PATH}/sign-in?from=google`,
      },
    }),
  );
  window.location.assign(url);
}

/** Of this tab alone: where to continue once Supabase sends the browser back. */
const BEGUN = 'waypost.supabase';

export function startSupabase(url: string, next: string): void {
  window.sessionStorage.setItem(BEGUN, next);
  window.location.assign(url);
}
export const begunAtSupabase = (): string | null => window.sessionStorage.getItem(BEGUN);
export const endSupabase = (): void => window.sessionStorage.removeItem(BEGUN);

export const exchangeSupabase = (accessToken: string) =>
  ask(api.POST('/auth/supabase', { body: { accessToken } }));

/** The library's refusals in our words; all others speak for themselves. */
export const reasonOf = (error: unknown): string | undefined => {
  if (!(error instanceof ApiError)) return undefined;
  return t.account.reasons[error.reason];
};
