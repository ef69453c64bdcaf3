import { S3Error } from './s3-error.ts';
import { parameter } from './s3-request.ts';
import type { S3Request } from './s3-request.ts';
import { parseAmzDate } from './sigv4.ts';
import type { Query } from './sigv4.ts';

const MAX_SKEW_MS = 15 * 60_000;
const MAX_EXPIRES_SECONDS = 604_800;
const ALGORITHM = 'AWS4-HMAC-SHA256';

/** What a request says of its own signature. */
type Claim = {
  credential: string;
  signedHeaders: string[];
  signature: string;
  amzDate: string;
  payloadHash: string;
  query: Query;
};

/** @throws S3Error for a claim that is incomplete, or made more than 15 minutes off */
export function readHeaderClaim(request: S3Request, now: number): Claim {
  const fields = /^AWS4-HMAC-SHA256 +(.*)$/.exec(request.headers['authorization'] ?? '')?.[1];
  const field = (name: string): string => {
    const value = new RegExp(`(?:^|,) *${name}=([^,]+)`).exec(fields ?? '')?.[1];
    if (value === undefined) {
      throw new S3Error('AuthorizationHeaderMalformed', `The Authorization header lacks ${name}.`);
    }
    return value.trim();
  };
  const amzDate = request.headers['x-amz-date'] ?? '';
  const signedAt = parseAmzDate(amzDate);
  if (signedAt === undefined) throw new S3Error('AccessDenied', 'x-amz-date is missing or wrong.');
  if (Math.abs(now - signedAt) > MAX_SKEW_MS) {
    throw new S3Error('RequestTimeTooSkewed', 'The request was signed more than 15 minutes off.');
  }
  const payloadHash = request.headers['x-amz-content-sha256'];
  if (payloadHash === undefined) {
    throw new S3Error('InvalidRequest', 'Missing required header: x-amz-content-sha256');
  }
  return {
    credential: field('Credential'),
    signedHeaders: field('SignedHeaders').split(';'),
    signature: field('Signature'),
    amzDate,
    payloadHash,
    query: request.query,
  };
}

/**
 * The claim of a presigned URL.
 * @throws S3Error for a claim that is incomplete or has expired
 */
export function readQueryClaim(request: S3Request, now: number): Claim {
  const field = (name: string): string => {
    const values = request.query.filter(([one]) => one === name);
    const [value] = values;
    if (value === undefined || values.length > 1) {
      throw new S3Error('AccessDenied', `A presigned URL carries ${name} once.`);
    }
    return value[1];
  };
  if (field('X-Amz-Algorithm') !== ALGORITHM) {
    throw new S3Error('AccessDenied', `X-Amz-Algorithm must be ${ALGORITHM}.`);
  }
  const amzDate = field('X-Amz-Date');
  const signedAt = parseAmzDate(amzDate);
  const expires = field('X-Amz-Expires');
  const lifetime = /^\d{1,6}$/.test(expires) ? Number(expires) : 0;
  if (signedAt === undefined || lifetime < 1 || lifetime > MAX_EXPIRES_SECONDS) {
    throw new S3Error('AccessDenied', 'X-Amz-Date or X-Amz-Expires is not valid.');
  }
  if (now > signedAt + lifetime * 1_000) throw new S3Error('AccessDenied', 'Request has expired');
  if (signedAt > now + MAX_SKEW_MS) throw new S3Error('AccessDenied', 'Request is not yet valid');
  return {
    credential: field('X-Amz-Credential'),
    signedHeaders: field('X-Amz-SignedHeaders').split(';'),
    signature: field('X-Amz-Signature'),
    amzDate,
    payloadHash:
      request.headers['x-amz-content-sha256'] ??
      parameter(request, 'X-Amz-Content-Sha256') ??
      'UNSIGNED-PAYLOAD',
    query: request.query.filter(([name]) => name !== 'X-Amz-Signature'),
  };
}
