import { RATES } from '../../shared/catalogue/limits.ts';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { AppError } from '../../shared/errors.ts';
import type { Actor, AppEnv } from '../context.ts';
import { callerAddress } from '../http/caller-address.ts';
import { type Credential, type CredentialKind, readCredential } from './read-credential.ts';
import { alignLimit, keyPolicies } from '../services/keys/key-limit.ts';
import { loadActor } from '../services/keys/load-actor.ts';
import { loadUser } from '../services/users/load-user.ts';
import { enforce, enforcedBy } from './limit-rate.ts';
import { countsOf, type RateLimitPolicy, type RateLimitVerdict } from '../limiter/port.ts';

/** What one person may do, with all their credentials together. */
const USER_POLICY: RateLimitPolicy = RATES.user;

type State = { workspaceId: string; actor: Actor; alignTo?: number | null };

/**
 * The credential middleware: who acts, and in which workspace. The signature is checked first and without I/O; then the
 * rate limit and the state of key or user, which are one upstream step, since neither needs the other's answer. Where
 * this isolate saw the limiter refuse the caller it goes first, so that a flood does not reach the database.
 * @param accepted kinds of credential that these routes take
 */
export const authenticate = (accepted: readonly CredentialKind[]) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const credential = await readCredential(c);
    if (credential === null) throw new AppError('UNAUTHORIZED');
    if (!accepted.includes(credential.kind)) throw wrongKind(accepted);
    setKeyContext(c, credential);
    const limits = limitsOf(c, credential);
    const limit = () => limitSubject(c, limits);
    const { subjects, now } = c.get('services');

    if (isCheckedInStatement(c, credential)) {
      admit(c, await limit());
    } else if (subjects.isRefused(limits.subject, now())) {
      admit(c, await limit());
      enter(c, await loadState(c, credential));
    } else {
      const [verdict, state] = await Promise.allSettled([limit(), loadState(c, credential)]);
      if (verdict.status === 'rejected') throw verdict.reason;
      admit(c, verdict.value);
      if (state.status === 'rejected') throw state.reason;
      enter(c, state.value);
    }
    await next();
  });

/** All that the public API takes. */
export const API_CREDENTIALS: readonly CredentialKind[] = [
  'apiKey',
  'token',
  'supabase',
  'cookie',
  'adminPassword',
];

const wrongKind = (accepted: readonly CredentialKind[]): AppError =>
  new AppError(
    'UNAUTHORIZED',
    `This route accepts other kinds of credential: ${accepted.join(', ')}.`,
  );

/** Every operation that does not say so pays one query here: one that forgets it is slower, never open. */
const isCheckedInStatement = (c: Context<AppEnv>, { kind }: Credential): boolean =>
  kind === 'apiKey' && c.get('operation')?.checksKey === true;

/** A key says by itself whose it is: known from here on, so that the log and the audit can name it when it is refused. */
function setKeyContext(c: Context<AppEnv>, credential: Credential): void {
  if (credential.kind !== 'apiKey') return;
  const { keyId, keyHash, mode, perMinute, workspaceId } = credential;
  const actor = { keyId, keyHash, mode, perMinute, scopes: [], sessionId: null, person: null };
  setContext(c, workspaceId, { type: 'apiKey', ...actor });
}

/** The services of this request become its context: a copy would make every client that it may never use. */
function setContext(c: Context<AppEnv>, workspaceId: string, actor: Actor): void {
  const services = c.get('services');
  const ctx = Object.assign(services, {
    requestId: c.get('requestId'),
    call: c.get('call'),
    workspaceId,
    callerAddress: addressOf(c),
    actor,
  });
  c.set('ctx', ctx);
}

const addressOf = (c: Context<AppEnv>): string | null =>
  callerAddress(c.req.raw.headers, c.get('services').env.CLIENT_IP_HEADER);

type Limits = { subject: string; policies: readonly RateLimitPolicy[] };

/**
 * Whom the request counts against. A cookie and a Supabase token do not name our user: until this isolate has read whose
 * they are, they count by their own name, so that the limit need not wait for the read.
 */
function limitsOf(c: Context<AppEnv>, credential: Credential): Limits {
  if (credential.kind === 'apiKey')
    return { subject: credential.keyId, policies: keyPolicies(credential.perMinute) };
  const subject =
    credential.kind === 'token'
      ? credential.userId
      : c.get('services').subjects.subjectOf(nameOf(credential));
  return { subject, policies: [USER_POLICY] };
}

/** A name of the login for the limiter: of a cookie only a part, with which nobody can sign in. */
function nameOf(credential: Exclude<Credential, { kind: 'apiKey' | 'token' }>): string {
  switch (credential.kind) {
    case 'cookie':
      return `cookie:${credential.sessionToken.slice(0, 12)}`;
    case 'supabase':
      return `supabase:${credential.subject}`;
    case 'adminPassword':
      return 'admin-password';
  }
}

async function limitSubject(c: Context<AppEnv>, limits: Limits): Promise<RateLimitVerdict> {
  const { rateLimiter, subjects, now } = c.get('services');
  const verdict = await rateLimiter.check(countsOf(limits.subject, limits.policies));
  const refusing = verdict.windows.filter(({ allowed }) => !allowed);
  if (refusing.length > 0) {
    const seconds = Math.max(...refusing.map(({ resetSeconds }) => resetSeconds));
    subjects.rememberRefusal(limits.subject, now() + seconds * 1000);
  }
  return verdict;
}

/** @throws AppError RATE_LIMITED */
function admit(c: Context<AppEnv>, verdict: RateLimitVerdict): void {
  const ctx: AppEnv['Variables']['ctx'] | undefined = c.get('ctx');
  if (ctx?.actor.type === 'apiKey') ctx.actor = { ...ctx.actor, enforced: enforcedBy(verdict) };
  enforce(c, verdict);
}

async function loadState(c: Context<AppEnv>, credential: Credential): Promise<State> {
  if (credential.kind === 'apiKey') {
    const { actor, perMinute } = await loadActor({ ctx: c.get('ctx') });
    return { workspaceId: credential.workspaceId, actor, alignTo: perMinute };
  }
  const services = c.get('services');
  // What is no operation of the public API makes user tokens, which goes beyond one workspace, too.
  const allowSuspended = c.get('operation')?.beyondWorkspace ?? true;
  const caller = { requestId: c.get('requestId'), callerAddress: addressOf(c) };
  const user = await loadUser({ services, caller, credential, allowSuspended });
  if (credential.kind !== 'token')
    services.subjects.rememberUser(nameOf(credential), user.actor.userId);
  return user;
}

function enter(c: Context<AppEnv>, { workspaceId, actor, alignTo }: State): void {
  const before: AppEnv['Variables']['ctx'] | undefined = c.get('ctx');
  const enforced = before?.actor.type === 'apiKey' ? before.actor.enforced : undefined;
  setContext(c, workspaceId, actor.type === 'apiKey' ? { ...actor, enforced } : actor);
  if (alignTo !== undefined) alignLimit(c.get('ctx'), alignTo);
}
