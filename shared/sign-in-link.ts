import { sha256Hex } from './hex.ts';

/** How long a one-time link signs in. */
export const SIGN_IN_LINK_SECONDS = 3_600;

/** What the database knows a link by: a hash, of no use to whoever reads it. */
export const signInLinkId = async (token: string): Promise<string> =>
  `sign-in-link:${await sha256Hex(token)}`;
