import type { Context } from 'hono';
import { z } from 'zod';
import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import type { AppEnv } from '../../context.ts';
import { callerAddress } from '../../http/caller-address.ts';
import { violatesConstraint } from '../../db/database-errors.ts';
import { readKnownBrowser } from '../../identity/known-browser.ts';
import { countedAddress } from '../../middleware/counted-address.ts';
import type { Asker } from '../../services/identity/asker.ts';
import type { AuthInput } from '../../services/identity/auth.ts';
import type { Caller } from '../../services/audit/security-event.ts';

/** A request to the identity library, as its own documentation has it. */
export type IdentityRequest = Pick<AuthInput, 'signUp' | 'google'> & {
  method: 'GET' | 'POST';
  /** Under /auth. */
  path: string;
  query?: Readonly<Record<string, string | undefined>>;
  body?: unknown;
  /** Answers the same whoever is signed in. */
  withoutCookies?: boolean;
};

const LONGEST_MS = 20_000;

/** What may pass to the library: it decides by nothing else of the request. */
const PASSED_ON = ['user-agent', 'cookie'];

const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'VALIDATION_ERROR',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  422: 'VALIDATION_ERROR',
  429: 'RATE_LIMITED',
};

const Refusal = z.object({ code: z.string().optional(), message: z.string().optional() });

export const callerOf = (c: Context<AppEnv>): Caller => ({
  requestId: c.get('requestId'),
  callerAddress: callerAddress(c.req.raw.headers, c.get('services').env.CLIENT_IP_HEADER),
});

export async function askerOf(c: Context<AppEnv>): Promise<Asker> {
  const { env } = c.get('services');
  return {
    browser: await readKnownBrowser(c, env),
    address: countedAddress(c.req.raw.headers, env.CLIENT_IP_HEADER),
  };
}

/**
 * Lets the identity library answer, and takes its cookies over. It is loaded at the first call, so that no other route
 * pays for it.
 * @returns its answer when that is a success or a redirect
 * @throws AppError with the library's own code as `details.reason`
 */
export async function askIdentity(
  c: Context<AppEnv>,
  request: IdentityRequest,
  isRetry = false,
): Promise<Response> {
  const { createAuth, USERS_EMAIL_UNIQUE } = await import('../../services/identity/auth.ts');
  const { handler, seen } = createAuth({
    services: c.get('services'),
    caller: callerOf(c),
    asker: await askerOf(c),
    signUp: request.signUp,
    google: request.google,
  });
  const response = await inTime(handler(toRequest(c, request)));
  if (seen.failure !== undefined) throw seen.failure;
  if (response.status >= 400) {
    const refusal = await toError(response);
    const isLost = refusal.status >= 500 || refusal.details?.['reason'] === 'FAILED_TO_CREATE_USER';
    if (!isLost || seen.logged === undefined) throw refusal;
    // Two sign-ups with one address at once: the second finds the first one's user now.
    if (!isRetry && violatesConstraint(seen.logged, USERS_EMAIL_UNIQUE))
      return askIdentity(c, request, true);
    throw seen.logged;
  }
  c.header('cache-control', 'no-store');
  for (const cookie of response.headers.getSetCookie())
    c.header('set-cookie', cookie, { append: true });
  return response;
}

/** The library waits for Google as long as that takes. */
async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AppError('UNAVAILABLE')), LONGEST_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function toRequest(c: Context<AppEnv>, request: IdentityRequest): Request {
  const { method, path, query = {}, body, withoutCookies = false } = request;
  const { env } = c.get('services');
  const url = new URL(`/auth${path}`, env.BASE_URL);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, value);
  const headers = new Headers();
  const passedOn =
    env.CLIENT_IP_HEADER === undefined ? PASSED_ON : [...PASSED_ON, env.CLIENT_IP_HEADER];
  for (const name of passedOn) {
    const value = c.req.header(name);
    if (value !== undefined && !(withoutCookies && name === 'cookie')) headers.set(name, value);
  }
  if (method === 'GET') return new Request(url, { headers });
  headers.set('content-type', 'application/json');
  return new Request(url, { method, headers, body: JSON.stringify(body ?? {}) });
}

async function toError(response: Response): Promise<AppError> {
  const { data } = Refusal.safeParse(await response.json().catch(() => null));
  const code = CODE_OF_STATUS[response.status] ?? 'INTERNAL';
  return new AppError(code, code === 'INTERNAL' ? undefined : data?.message, {
    reason: data?.code ?? code,
  });
}
