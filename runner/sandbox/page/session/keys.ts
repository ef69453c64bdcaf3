import type { Creds } from '../../protocol/operations.ts';
import type { Person } from '../../protocol/records.ts';
import type { Storage } from '../storage.ts';

type KeyPair = { pubKey: ArrayBuffer; privKey: ArrayBuffer };
/** What a QR code shows of this page; made once per profile directory. */
export type DeviceKeys = {
  noise: { staticKeyPair: KeyPair };
  registration: { registrationId: number; identityKeyPair: KeyPair };
  advSecret: string;
};
export type Identity = { creds: Creds; me: Person; platform: string };

export function encodeBase64(data: ArrayBuffer | Uint8Array): string {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export const randomBase64 = (bytes: number): string =>
  encodeBase64(crypto.getRandomValues(new Uint8Array(bytes)));

async function newKeyPair(): Promise<KeyPair> {
  const pair = await crypto.subtle.generateKey({ name: 'X25519' }, true, ['deriveBits']);
  if (!('publicKey' in pair)) throw new Error('X25519 gave no key pair');
  return {
    pubKey: await crypto.subtle.exportKey('raw', pair.publicKey),
    privKey: await crypto.subtle.exportKey('pkcs8', pair.privateKey),
  };
}

export async function loadKeys(storage: Storage): Promise<DeviceKeys> {
  const kept = await storage.get('kv', 'keys');
  // Written below and nowhere else.
  if (kept !== undefined) return kept as DeviceKeys;
  const keys: DeviceKeys = {
    noise: { staticKeyPair: await newKeyPair() },
    registration: {
      registrationId: crypto.getRandomValues(new Uint16Array(1))[0] ?? 1,
      identityKeyPair: await newKeyPair(),
    },
    advSecret: randomBase64(32),
  };
  await storage.write([{ store: 'kv', key: 'keys', value: keys }]);
  return keys;
}

export async function loadIdentity(storage: Storage): Promise<Identity | null> {
  // Written by the session when it pairs.
  return ((await storage.get('kv', 'identity')) as Identity | undefined) ?? null;
}

export async function loadCounter(storage: Storage): Promise<number> {
  const counter = await storage.get('kv', 'counter');
  return typeof counter === 'number' ? counter : 0;
}
