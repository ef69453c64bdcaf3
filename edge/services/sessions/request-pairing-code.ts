import type { ServiceContext } from '../../context.ts';
import { auditQuery } from '../audit/audit-row.ts';
import { noRunnerYet } from './internal.ts';
import { readPhone, type WrittenPhone } from '../workspace/local-numbers.ts';
import { waitForOwner } from './wait-for-owner.ts';

export type PairingCode = {
  sessionId: string;
  sessionName: string;
  code: string;
  phone: string;
  expiresAt: string;
};

/**
 * A code to type on the phone instead of scanning the QR code. Asked again for the same phone, it is the code that is
 * shown now; the page changes it by itself, and each new one is an event `session.pairing_code`.
 * @throws AppError SESSION_NOT_FOUND; CONFLICT when the session is linked; SESSION_NOT_READY when it is
 *   stopped or no page was there in time; VALIDATION_ERROR when WhatsApp gives no code for the number; UNAVAILABLE when the owner is out of reach
 */
export async function requestPairingCode({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; phone: WrittenPhone; waitMs: number };
}): Promise<PairingCode> {
  const deadline = ctx.now() + input.waitMs;
  const phone = await readPhone(ctx, input.phone);
  const { row, owner } = await waitForOwner(ctx, input.id, deadline);
  const { session } = row;
  if (owner === null) throw noRunnerYet(row);
  const waitMs = Math.max(0, deadline - ctx.now());
  const shown = await ctx.runners.command(owner, 'pairingCode', { phone, waitMs });
  await auditQuery(ctx, { target: session.id });
  return {
    sessionId: session.id,
    sessionName: session.name,
    code: shown.code,
    phone,
    expiresAt: new Date(shown.expiresAt).toISOString(),
  };
}
