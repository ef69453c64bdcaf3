import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { auditInsert, auditQuery } from '../audit/audit-row.ts';
import { failMessagesOfFormerNumber } from '../messages/fail-messages-of-former-number.ts';
import { findSession, isHeld, isNotHeldThere, ownerOf } from './internal.ts';
import { type SessionView, viewSession } from './session-view.ts';
import { startSession } from './start-session.ts';

/**
 * Tries now what would be tried later; does nothing to a session that is online, and starts one that does not run.
 * `acceptNumber` says that the phone's new number is right: a session that waits in `number_changed` goes on with it, and
 * what is queued or scheduled under the number before fails as NUMBER_CHANGED.
 * @returns the session, and with `acceptNumber` how many messages failed
 * @throws AppError SESSION_NOT_FOUND; UNAVAILABLE when the owner is out of reach: the number is accepted by then, and the
 *   details have `failedMessages`
 */
export async function reconnectSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; acceptNumber: boolean };
}): Promise<{ session: SessionView; failedMessages: number | null }> {
  const row = await findSession(ctx, input.id);
  const { id } = row.session;
  const { acceptNumber } = input;
  const accepted = acceptNumber ? await acceptNewNumber(ctx, id) : null;
  const start = async () => ({
    session: await startSession({ ctx, input }),
    failedMessages: accepted?.failedMessages ?? null,
  });
  const owner = ownerOf(row);
  if (owner === null || !isHeld(row)) return start();
  try {
    const acceptedNumber = accepted?.phoneNumber ?? undefined;
    await ctx.runners.command(owner, 'reconnect', { acceptedNumber });
  } catch (error) {
    if (isNotHeldThere(error)) return start();
    throw accepted === null ? error : withFailedMessages(error, accepted.failedMessages);
  }
  await auditQuery(ctx, { target: id });
  return {
    session: viewSession(ctx, await findSession(ctx, id)),
    failedMessages: accepted?.failedMessages ?? null,
  };
}

const Accepted = z.object({ phoneNumber: z.string().nullable() });

/** Makes the number that waits the session's own. Said again, it repeats what is left to do. */
async function acceptNewNumber(
  ctx: ServiceContext,
  sessionId: string,
): Promise<{ phoneNumber: string | null; failedMessages: number }> {
  const isNew = sql`new_phone_number is not null`;
  const { rows } = await ctx.db.execute(sql`
    with accepted as (
      update sessions set
        phone_number = coalesce(new_phone_number, phone_number),
        lid = case when ${isNew} then null else lid end,
        display_name = case when ${isNew} then null else display_name end,
        new_phone_number = null, updated_at = now()
      where id = ${sessionId} and workspace_id = ${ctx.workspaceId}
      returning phone_number as "phoneNumber"
    ),
    audited as (${auditInsert(ctx, { target: sessionId, from: 'accepted' })})
    select "phoneNumber" from accepted`);
  const phoneNumber = z.array(Accepted).parse(rows)[0]?.phoneNumber ?? null;
  return { phoneNumber, failedMessages: await failMessagesOfFormerNumber(ctx, sessionId) };
}

/** The count is of this call alone: a second one finds none left to fail. */
const withFailedMessages = (error: unknown, failedMessages: number): unknown =>
  error instanceof AppError
    ? new AppError(
        error.code,
        error.message,
        { ...error.details, failedMessages },
        { cause: error },
      )
    : error;
