import { createHash, createHmac, randomBytes } from 'node:crypto';

const LIFETIME_SECONDS = 300;

/**
 * `Upstash-Signature`: an HS256 JWT over the destination and the SHA-256 of the body, 5 minutes long.
 * Claims as documented at upstash.com/docs/qstash/howto/signature.
 * @param nowMs unix time in ms; a JWT carries whole seconds
 */
export function signDelivery(input: {
  key: string;
  url: string;
  body: Uint8Array;
  nowMs: number;
}): string {
  const issuedAt = Math.floor(input.nowMs / 1_000);
  const claims = {
    iss: 'Upstash',
    sub: input.url,
    exp: issuedAt + LIFETIME_SECONDS,
    nbf: issuedAt,
    iat: issuedAt,
    jti: `jwt_${randomBytes(16).toString('base64url')}`,
    body: createHash('sha256').update(input.body).digest('base64url'),
  };
  const encode = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', input.key).update(signed).digest('base64url')}`;
}
