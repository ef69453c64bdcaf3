import { sha256Hex } from './hex.ts';

/** How long a one-time link signs in. */
export const SIGN_IN_LINK_SECONDS = 3_600;

/** The database keeps this hash of a link, which cannot be used to sign in. */
export const signInLinkId = async (token: string): Promise<string> =>
  `sign-in-link:${await sha256Hex(token)}`;
