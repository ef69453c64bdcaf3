import { sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { Services } from '../../context.ts';
import { signUpPolicy } from '../../identity/sign-up-policy.ts';

export type SignUpRefusal = 'sign_up_closed' | 'not_invited';

/**
 * Whether a new account may be made for this address; null when it may. Addresses in ADMIN_EMAILS always may, and with
 * `invited` anybody until the first person has signed in: somebody has to be the first. Whether the address has an account
 * makes no difference.
 */
export async function judgeSignUp({
  services: { db, env },
  email,
}: {
  services: Pick<Services, 'db' | 'env'>;
  /** Lower case. */
  email: string;
}): Promise<SignUpRefusal | null> {
  const policy = signUpPolicy(env);
  if (policy === 'open' || env.ADMIN_EMAILS.includes(email)) return null;
  if (policy === 'closed') return 'sign_up_closed';
  const { rows } = await db.execute(sql`
    select 1 where not exists (select 1 from members)
      or exists (select 1 from invitations i where i.email = ${email} and i.expires_at > now())`);
  return rows.length > 0 ? null : 'not_invited';
}

const MESSAGES: Readonly<Record<SignUpRefusal, string>> = {
  sign_up_closed: 'Nobody can sign up here. Ask the administrator for an account.',
  not_invited:
    'You need an invitation to sign up here. Ask an owner of the workspace to invite this address, or the administrator for an account.',
};

export const signUpRefused = (reason: SignUpRefusal): AppError =>
  new AppError('FORBIDDEN', MESSAGES[reason], { reason });
