import type { KnownBrowser } from '../../identity/known-browser.ts';
import type { RateLimitCount, RateLimitPolicy } from '../../limiter/port.ts';

/** Who asks about an account, as far as one can be told from another without a login. */
export type Asker = {
  /** A browser that somebody signed in with before. */
  browser: KnownBrowser | null;
  /** The client's address, as it is counted, or the workspace that invites; null when it is not known. */
  address: string | null;
};

export const UNKNOWN_ASKER: Asker = { browser: null, address: null };

/**
 * The counts of what anybody can do to an account, with or without its password: `each` by client, and `together`, since
 * one stranger can have many addresses. A browser that signed in to the account counts by itself alone, so that no stranger
 * can use up what its owner may do. Clients without a known address cannot be told apart.
 */
export function countsOfAsker(
  { browser, address }: Asker,
  account: string,
  { each, together }: { each: RateLimitPolicy; together: RateLimitPolicy },
): RateLimitCount[] {
  if (browser?.accounts.includes(account) === true)
    return [{ subject: `${account}:${browser.id}`, policy: each }];
  const all = { subject: account, policy: together };
  return address === null ? [all] : [{ subject: `${account}:${address}`, policy: each }, all];
}
