import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { VERIFY_CODE, VERIFY_LANGUAGES } from './verify-code.ts';

const SECRET = 'whsec_c2VjcmV0';
const BODY = '{"type":"webhook.test","text":"Grüße"}';

const signed = (at: number, body = BODY): string =>
  `t=${at},v1=${createHmac('sha256', SECRET).update(`${at}.${body}`).digest('hex')}`;

const isVerified = (header: string): boolean => {
  const program = `${VERIFY_CODE.Node('HOOK_SECRET')}
console.log(isFromWaypost(${JSON.stringify(header)}, ${JSON.stringify(BODY)}));`;
  const options = { env: { HOOK_SECRET: SECRET }, encoding: 'utf8' } as const;
  const args = ['--input-type=module', '--eval', program];
  return execFileSync(process.execPath, args, options).trim() === 'true';
};

describe('the code that verifies a webhook', () => {
  it('accepts what was signed now, also beside an older secret', () => {
    const now = Math.floor(Date.now() / 1_000);
    expect(isVerified(signed(now))).toBe(true);
    expect(isVerified(`${signed(now)},v1=${'0'.repeat(64)}`)).toBe(true);
  });

  it('refuses another body, and what is old', () => {
    const now = Math.floor(Date.now() / 1_000);
    expect(isVerified(signed(now, '{}'))).toBe(false);
    expect(isVerified(signed(now - 301))).toBe(false);
  });

  it.each(VERIFY_LANGUAGES)('reads the secret by its own name: %s', (language) => {
    expect(VERIFY_CODE[language]('SHOP_HOOK')).toContain('SHOP_HOOK');
  });
});
