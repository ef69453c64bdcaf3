import { RATES } from '../../../shared/catalogue/limits.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { tightestWindow } from '../../limiter/port.ts';
import { mailCounts } from '../identity/mail-counts.ts';

/** Mails that one workspace may cause in a day, since they go to people who did not ask for them. */
const MAILS_A_DAY = RATES.invitations;

/**
 * Counts a mail to an invited address, for the workspace and for the address.
 * @throws AppError LIMIT_EXCEEDED
 */
export async function countInvitationMail(
  { rateLimiter, workspaceId }: ServiceContext,
  email: string,
) {
  const toAddress = await mailCounts(email, { browser: null, address: workspaceId });
  const verdict = await rateLimiter.check([
    { subject: workspaceId, policy: MAILS_A_DAY },
    ...toAddress,
  ]);
  if (verdict.allowed) return;
  const { name, limit } = tightestWindow(verdict) ?? MAILS_A_DAY;
  const message =
    name === MAILS_A_DAY.name
      ? `A workspace can send ${limit} invitations a day.`
      : `This address has had ${limit} mails in an hour; invite it later.`;
  throw new AppError('LIMIT_EXCEEDED', message, { limit });
}
