import { RATES } from '../../../shared/catalogue/limits.ts';
import { sha256Hex } from '../../../shared/hex.ts';
import type { Services } from '../../context.ts';

/** Counts a mail to an address, whoever causes it: strangers can have mails sent to anybody. False when it has had enough. */
export async function mayMail(
  { rateLimiter }: Pick<Services, 'rateLimiter'>,
  address: string,
): Promise<boolean> {
  const { allowed } = await rateLimiter.check(await sha256Hex(address), [RATES.mails]);
  return allowed;
}
