import { toBase64 } from '../../../shared/base64.ts';
import { sha256Hex } from '../../../shared/hex.ts';

const TOKEN_BYTES = 32;

/** A new invitation's token: 256 random bits, base64url. It goes into the mail and nowhere else. */
export const newInvitationToken = (): string =>
  toBase64Url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));

/** What is kept of a token: SHA-256, hex. */
export const hashInvitationToken = (token: string): Promise<string> => sha256Hex(token);

const toBase64Url = (bytes: Uint8Array): string =>
  toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
