import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { users } from '../../db/schema/index.ts';
import { describeError } from '../../log/describe-error.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { securityInsert } from '../audit/security-event.ts';
import { endWhatCameBefore } from '../identity/confirm-address.ts';
import { UNKNOWN_ASKER } from '../identity/asker.ts';
import {
  refuseFormerAdministrator,
  requireAdministrator,
  stillAdministrator,
} from './require-administrator.ts';
import { type UserView, viewUser } from './user-view.ts';

export type CreateUserInput = {
  /** As `EmailAddress` keeps it. */
  email: string;
  name: string;
  role: 'user' | 'admin';
};

const Made = z.object({ made_id: z.string().nullable() });

/**
 * Makes an account without a password, and has the identity library mail the link that sets one; choosing it confirms the
 * address. A workspace of their own comes with their first login. An account that nobody has confirmed is replaced: anybody
 * can have opened it.
 * @throws AppError CONFLICT for an address that has a confirmed account
 */
export async function createUser({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: CreateUserInput;
}): Promise<UserView> {
  const actor = requireAdministrator(ctx);
  const { email, name, role } = input;
  const id = newId('user', ctx.now());
  const [{ rows }, [row]] = await ctx.db.batch([
    ctx.db.execute(sql`
      with ${stillAdministrator(actor)},
      made as (
        insert into users (id, name, email, role) select ${id}, ${name}, ${email}, ${role} from me
        on conflict (email) do update set name = excluded.name, role = excluded.role, updated_at = now()
          where not users.email_verified and users.is_active
        returning id
      ),
      confirmed as (select id from made),
      ${endWhatCameBefore(ctx, null)},
      audited as (${auditInsert(ctx, { target: sql`made.id`, from: 'made' })}),
      told as (${securityInsert(ctx, {
        action: 'user.created',
        workspaceId: null,
        target: sql`made.id`,
        details: sql`jsonb_build_object('role', ${role}::text)`,
        from: sql`made`,
      })})
      select me.id, made.id as made_id from me left join made on true`),
    ctx.db.select().from(users).where(eq(users.email, email)),
  ]);
  refuseFormerAdministrator(rows);
  if (row === undefined || Made.parse(rows[0]).made_id === null)
    throw new AppError('CONFLICT', 'This address already has an account.', { field: 'email' });
  await mailLink(ctx, email);
  return viewUser(row);
}

/** The account stands whether or not its mail leaves: the person can ask for another one at any time. */
async function mailLink(ctx: ServiceContext, email: string): Promise<void> {
  const { requestId, env } = ctx;
  try {
    // As large as all the rest together, and needed by few requests.
    const { createAuth } = await import('../identity/auth.ts');
    const caller = { requestId, callerAddress: ctx.callerAddress ?? null };
    const { handler } = createAuth({ services: ctx, caller, asker: UNKNOWN_ASKER });
    const response = await handler(
      new Request(new URL('/auth/request-password-reset', env.BASE_URL), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email }),
      }),
    );
    if (!response.ok) throw new Error(`the identity library answered ${response.status}`);
  } catch (error) {
    ctx.log({ event: 'mail_not_sent', kind: 'set-password', requestId, ...describeError(error) });
  }
}
