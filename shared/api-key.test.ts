import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { hashApiKey, mintApiKey, verifyApiKey } from './api-key.ts';

const SIGNING_KEY = 'ab'.repeat(32);
const OTHER_KEY = 'cd'.repeat(32);
const claims = { keyId: 'key_1', workspaceId: 'wks_1', mode: 'live' } as const;
const bytes = (hex: string) =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

describe('an API key', () => {
  it.each([[claims], [{ ...claims, mode: 'test' as const }], [{ ...claims, perMinute: 120 }]])(
    'says inside what it was minted for: %j',
    async (minted) => {
      const key = await mintApiKey(minted, SIGNING_KEY);
      expect(key).toMatch(new RegExp(`^wp_${minted.mode}_[\\w-]+\\.[\\w-]+\\.[\\w-]+$`));
      expect(await verifyApiKey(key, SIGNING_KEY)).toEqual(minted);
    },
  );

  it('is another one each time, for the same row', async () => {
    const keys = await Promise.all([1, 2, 3].map(() => mintApiKey(claims, SIGNING_KEY)));
    expect(new Set(keys).size).toBe(3);
    expect(new Set(await Promise.all(keys.map(hashApiKey))).size).toBe(3);
  });

  it('is nothing under another signing key', async () => {
    expect(await verifyApiKey(await mintApiKey(claims, SIGNING_KEY), OTHER_KEY)).toBeNull();
  });

  it('is nothing once a character of it has changed', async () => {
    const key = await mintApiKey(claims, SIGNING_KEY);
    const [head, body, signature] = key.split('.');
    const flipped = body?.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    expect(await verifyApiKey(`${head}.${flipped}.${signature}`, SIGNING_KEY)).toBeNull();
    expect(await verifyApiKey(key.slice(0, -1), SIGNING_KEY)).toBeNull();
    expect(await verifyApiKey(`${key} `, SIGNING_KEY)).toBeNull();
  });

  it.each([
    ['the algorithm none', 'wp_live_eyJhbGciOiJub25lIn0.eyJqdGkiOiJrZXlfMSIsIndzIjoid2tzXzEifQ.'],
    ['no prefix', 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln'],
    ['another prefix', 'wp_prod_eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl'],
    ['nothing', ''],
    ['far too much', `wp_live_${'a'.repeat(3_000)}`],
  ])('is not %s', async (_what, key) => {
    expect(await verifyApiKey(key, SIGNING_KEY)).toBeNull();
  });

  it.each([
    ['no workspace', { jti: 'key_1' }],
    ['a rate that is none', { jti: 'key_1', ws: 'wks_1', rpm: 0 }],
    ['a workspace that is a number', { jti: 'key_1', ws: 1 }],
  ])('is nothing with %s, signed though it be', async (_what, payload) => {
    const jwt = await new SignJWT(payload)
      .setProtectedHeader({ alg: 'HS256' })
      .sign(bytes(SIGNING_KEY));
    expect(await verifyApiKey(`wp_live_${jwt}`, SIGNING_KEY)).toBeNull();
  });

  it('that has expired is nothing', async () => {
    const jwt = await new SignJWT({ ws: 'wks_1' })
      .setProtectedHeader({ alg: 'HS256' })
      .setJti('key_1')
      .setExpirationTime(1)
      .sign(bytes(SIGNING_KEY));
    expect(await verifyApiKey(`wp_live_${jwt}`, SIGNING_KEY)).toBeNull();
  });
});
