import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { Services } from '../../context.ts';
import { cleanName } from '../../values/name.ts';
import type { Caller } from '../audit/security-event.ts';
import { firstAdministrator } from '../identity/admin-password.ts';
import { UNKNOWN_ASKER } from '../identity/asker.ts';
import { claimAccount } from '../identity/claim-account.ts';
import { identityMails } from '../identity/identity-mails.ts';
import { judgeSignUp, signUpRefused } from '../identity/judge-sign-up.ts';
import { leftWorkspace, suspended } from '../keys/refusals.ts';
import { ensureWorkspace } from './ensure-workspace.ts';
import { provisionSupabaseUser } from './provision-supabase-user.ts';
import type { UserActor } from './require-role.ts';

/** A credential of a person whose signature is good. */
export type UserCredential =
  | { kind: 'cookie'; sessionToken: string }
  | {
      kind: 'token';
      userId: string;
      authSessionId: string | null;
      workspaceId: string | null;
    }
  | { kind: 'supabase'; subject: string; email: string }
  /** Acts for the platform's first administrator. */
  | { kind: 'adminPassword' };

const UserRow = z.object({
  id: z.string(),
  email: z.string(),
  email_verified: z.boolean(),
  is_active: z.boolean(),
  role: z.enum(['user', 'admin']),
  auth_session_id: z.string().nullable(),
  workspace_id: z.string().nullable(),
  member_role: z.enum(['owner', 'member']).nullable(),
  all_sessions: z.boolean().nullable(),
  workspace_active: z.boolean().nullable(),
});
type UserRow = z.infer<typeof UserRow>;

export type LoadedUser = { actor: UserActor; workspaceId: string };

/**
 * Reads in one statement whether a person is let in, and as whom: their login, themselves, and the workspace that they act
 * in. Who comes with a Supabase token for the first time is given an account; who belongs to no workspace, one of their own.
 * @param allowSuspended lets a suspended workspace pass: for what goes beyond one workspace
 * @throws AppError UNAUTHORIZED for a login that ended and a disabled user; FORBIDDEN for an address that was not
 *   confirmed or may not sign up, a workspace that they left and a suspended one; CONFLICT for a Supabase user whose address is taken
 */
export async function loadUser({
  services,
  caller,
  credential,
  allowSuspended = false,
}: {
  services: Services;
  caller: Caller;
  credential: UserCredential;
  allowSuspended?: boolean;
}): Promise<LoadedUser> {
  const row =
    (await readUser(services, credential)) ?? (await provision(services, caller, credential));
  if (row === null && credential.kind === 'adminPassword') throw noAdministrator();
  if (row === null || !row.is_active) throw new AppError('UNAUTHORIZED');
  if (!row.email_verified && !(await proveAddress(services, credential, row))) throw notConfirmed();
  const { member_role: role, all_sessions: allSessions, workspace_id: workspaceId } = row;
  if (workspaceId === null || role === null || allSessions === null) {
    if (credential.kind === 'token' && credential.workspaceId !== null) throw leftWorkspace();
    await ensureWorkspace({ services, userId: row.id });
    return loadUser({ services, caller, credential, allowSuspended });
  }
  if (row.workspace_active !== true && !allowSuspended) throw suspended();
  return {
    workspaceId,
    actor: {
      type: 'user',
      userId: row.id,
      authSessionId: row.auth_session_id,
      credential: credential.kind,
      email: row.email,
      isAdmin: row.role === 'admin',
      role,
      allSessions,
    },
  };
}

async function provision(
  services: Services,
  caller: Caller,
  credential: UserCredential,
): Promise<UserRow | null> {
  if (credential.kind !== 'supabase') return null;
  const { subject, email } = credential;
  // What a project says of addresses is too little to become administrator by.
  if (services.env.ADMIN_EMAILS.includes(email)) throw addressTaken();
  const emailVerified = services.env.SUPABASE_EMAILS === 'confirmed';
  const person = { subject, email, name: cleanName(email.split('@')[0] ?? '') || email };
  const claim = { services, caller, input: { provider: 'supabase' as const, ...person } };
  if (emailVerified && (await claimAccount(claim)) !== null) return readUser(services, credential);
  const refusal = await judgeSignUp({ services, email });
  if (refusal !== null)
    throw (await hasAccount(services, email)) ? addressTaken() : signUpRefused(refusal);
  const id = await provisionSupabaseUser({ services, input: { ...person, emailVerified } });
  if (id !== null && !emailVerified)
    identityMails(services, UNKNOWN_ASKER).verification({ id, email }, undefined);
  const row = await readUser(services, credential);
  if (row === null && id === null) throw addressTaken();
  return row;
}

async function hasAccount({ db }: Pick<Services, 'db'>, email: string): Promise<boolean> {
  const { rows } = await db.execute(sql`select 1 from users where email = ${email}`);
  return rows.length > 0;
}

/**
 * Where the project has its users confirm their addresses, a token of theirs is the proof. A password that was chosen
 * meanwhile, which anybody could by a sign-up, is not confirmed by it.
 */
async function proveAddress(
  { db, env }: Pick<Services, 'db' | 'env'>,
  credential: UserCredential,
  { id, email }: UserRow,
): Promise<boolean> {
  const vouched = credential.kind === 'supabase' && credential.email === email;
  if (!vouched || env.SUPABASE_EMAILS !== 'confirmed') return false;
  await db.execute(sql`
    with confirmed as (
      update users set email_verified = true, updated_at = now() where id = ${id} and not email_verified returning id
    )
    delete from auth_accounts a using confirmed where a.user_id = confirmed.id and a.provider_id <> 'supabase'`);
  return true;
}

async function readUser(
  { db }: Pick<Services, 'db'>,
  credential: UserCredential,
): Promise<UserRow | null> {
  const chosen = credential.kind === 'token' ? credential.workspaceId : null;
  const { rows } = await db.execute(sql`
    select u.id, u.email, u.email_verified, u.is_active, u.role, login.auth_session_id,
      m.workspace_id, m.role as member_role, m.all_sessions, w.is_active as workspace_active
    from (${loginOf(credential)}) login
    join users u on u.id = login.user_id
    left join lateral (
      select * from members m
      where m.user_id = u.id and (${chosen}::text is null or m.workspace_id = ${chosen})
      order by m.workspace_id is not distinct from u.workspace_id desc, m.created_at, m.workspace_id limit 1
    ) m on true
    left join workspaces w on w.id = m.workspace_id`);
  return UserRow.optional().parse(rows[0]) ?? null;
}

/** Whose login this is, while it stands. */
function loginOf(credential: UserCredential): SQL {
  switch (credential.kind) {
    case 'cookie':
      return sql`select user_id, id as auth_session_id from auth_sessions
        where token = ${credential.sessionToken} and expires_at > now()`;
    case 'token':
      return credential.authSessionId === null
        ? sql`select user_id, null::text as auth_session_id from auth_accounts
            where provider_id = 'supabase' and user_id = ${credential.userId} limit 1`
        : sql`select user_id, id as auth_session_id from auth_sessions
            where id = ${credential.authSessionId} and user_id = ${credential.userId} and expires_at > now()`;
    case 'supabase':
      return sql`select user_id, null::text as auth_session_id from auth_accounts
        where provider_id = 'supabase' and account_id = ${credential.subject}`;
    case 'adminPassword':
      return sql`select id as user_id, null::text as auth_session_id from (${firstAdministrator}) first`;
  }
}

const notConfirmed = (): AppError =>
  new AppError(
    'FORBIDDEN',
    'Confirm your e-mail address first: use the link in the mail, or request another with POST /auth/send-verification-email.',
    {
      reason: 'email_not_verified',
    },
  );

const noAdministrator = (): AppError =>
  new AppError(
    'FORBIDDEN',
    'The password acts for the first administrator, and there is none yet: name one in ADMIN_EMAILS, and let them confirm their address.',
  );

const addressTaken = (): AppError =>
  new AppError(
    'CONFLICT',
    'This e-mail address has an account or is reserved for one: sign in without Supabase, then link it with POST /auth/supabase.',
    { reason: 'email_taken' },
  );
