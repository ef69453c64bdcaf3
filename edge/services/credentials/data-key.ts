import { fromBase64, toBase64 } from '../../../shared/base64.ts';
import { AppError } from '../../../shared/errors.ts';
import { fromHex } from '../../../shared/hex.ts';
import type { EncryptionKeys } from '../../values/master-keys.ts';

const IV_BYTES = 12;
const KEY_BYTES = 32;

/** What a wrapped key belongs to; it opens under no other. */
export type KeyFacts = { workspaceId: string; sessionId: string };
export type WrappedKey = { wrappedKey: string; masterKeyVersion: string };

type SealKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** A new data key, 32 random bytes. */
export const newDataKey = (): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(KEY_BYTES));

/** Wraps a data key by the newest master key: base64 of nonce, then ciphertext and tag. */
export async function wrapDataKey(
  dataKey: Uint8Array<ArrayBuffer>,
  facts: KeyFacts,
  masterKeys: EncryptionKeys,
): Promise<WrappedKey> {
  const [newest] = masterKeys;
  if (newest === undefined) throw new Error('no master key');
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt(
    algorithm(iv, facts, newest.version),
    await importKey(newest.secret),
    dataKey,
  );
  const whole = new Uint8Array(IV_BYTES + sealed.byteLength);
  whole.set(iv);
  whole.set(new Uint8Array(sealed), IV_BYTES);
  return { wrappedKey: toBase64(whole), masterKeyVersion: newest.version };
}

/**
 * @returns null when it was not wrapped for this session by that master key, or was changed since
 * @throws AppError UNAVAILABLE when the master key is not configured any more: nothing is wrong with the bundle then
 */
export async function unwrapDataKey(
  { wrappedKey, masterKeyVersion }: WrappedKey,
  facts: KeyFacts,
  masterKeys: EncryptionKeys,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const master = masterKeys.find(({ version }) => version === masterKeyVersion);
  if (master === undefined)
    throw new AppError('UNAVAILABLE', undefined, {
      part: 'credentials',
      reason: `SESSION_ENCRYPTION_KEY has no ${masterKeyVersion}`,
    });
  const whole = fromBase64(wrappedKey);
  try {
    const opened = await crypto.subtle.decrypt(
      algorithm(whole.slice(0, IV_BYTES), facts, masterKeyVersion),
      await importKey(master.secret),
      whole.slice(IV_BYTES),
    );
    return new Uint8Array(opened);
  } catch {
    // WebCrypto says no more than that it does not open.
    return null;
  }
}

function algorithm(iv: Uint8Array<ArrayBuffer>, facts: KeyFacts, masterKeyVersion: string) {
  const bound = ['waypost data key', facts.workspaceId, facts.sessionId, masterKeyVersion];
  return {
    name: 'AES-GCM',
    iv,
    additionalData: new TextEncoder().encode(JSON.stringify(bound)),
  };
}

function importKey(secret: string): Promise<SealKey> {
  return crypto.subtle.importKey('raw', fromHex(secret), 'AES-GCM', false, ['encrypt', 'decrypt']);
}
