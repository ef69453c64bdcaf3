import { timingSafeEqual } from 'node:crypto';
import { S3Error } from './s3-error.ts';
import { parameter } from './s3-request.ts';
import type { S3Request } from './s3-request.ts';
import { readHeaderClaim, readQueryClaim } from './signature-claim.ts';
import { canonicalRequest, signCanonicalRequest } from './sigv4.ts';

export type Credentials = { accessKeyId: string; secretAccessKey: string };

/** What the signature says of the body. */
export type PayloadMode = { kind: 'unsigned' } | { kind: 'sha256'; hex: string };

/** Every x-amz-* header changes what a request does, so an unsigned one could be added by anyone. */
function checkSignedHeaders(request: S3Request, signedHeaders: readonly string[]): void {
  const signed = new Set(signedHeaders);
  for (const name of Object.keys(request.headers)) {
    const mustBeSigned = name === 'host' || name.startsWith('x-amz-') || name === 'content-md5';
    if (mustBeSigned && !signed.has(name)) {
      throw new S3Error('AccessDenied', `The header ${name} is present but not signed.`);
    }
  }
  if (!signed.has('host')) throw new S3Error('AccessDenied', 'The host header must be signed.');
}

function payloadMode(hash: string): PayloadMode {
  if (hash === 'UNSIGNED-PAYLOAD') return { kind: 'unsigned' };
  if (/^[0-9a-f]{64}$/.test(hash)) return { kind: 'sha256', hex: hash };
  throw new S3Error('NotImplemented', `x-amz-content-sha256 "${hash}" is not supported.`);
}

/**
 * Verifies the SigV4 signature in the Authorization header or in the query of a presigned URL.
 * @returns how the body is covered; checking it is left to whoever reads it
 * @throws S3Error 403 (AccessDenied, InvalidAccessKeyId, RequestTimeTooSkewed, SignatureDoesNotMatch)
 */
export function authenticate(
  request: S3Request,
  credentials: Credentials,
  now: number,
): PayloadMode {
  const byHeader = request.headers['authorization'] !== undefined;
  const byQuery = parameter(request, 'X-Amz-Signature') !== undefined;
  if (!byHeader && !byQuery) throw new S3Error('AccessDenied', 'Access Denied');
  if (byHeader && byQuery) {
    throw new S3Error('InvalidArgument', 'Sign in the header or in the query, not in both.');
  }
  const claim = byHeader ? readHeaderClaim(request, now) : readQueryClaim(request, now);
  const [accessKeyId, date, region, service, terminator, ...rest] = claim.credential.split('/');
  if (accessKeyId !== credentials.accessKeyId) {
    throw new S3Error('InvalidAccessKeyId', 'The access key id does not exist.');
  }
  if (
    date !== claim.amzDate.slice(0, 8) ||
    region === undefined ||
    service !== 's3' ||
    terminator !== 'aws4_request' ||
    rest.length > 0
  ) {
    throw new S3Error(
      'AccessDenied',
      'The credential scope is not <date>/<region>/s3/aws4_request.',
    );
  }
  checkSignedHeaders(request, claim.signedHeaders);
  const canonical = canonicalRequest({
    method: request.method,
    path: request.path,
    query: claim.query,
    headers: request.headers,
    signedHeaders: claim.signedHeaders,
    payloadHash: claim.payloadHash,
  });
  const { secretAccessKey } = credentials;
  const expected = Buffer.from(
    signCanonicalRequest({ canonical, secretAccessKey, amzDate: claim.amzDate, region }),
  );
  const given = Buffer.from(claim.signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new S3Error(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    );
  }
  return payloadMode(claim.payloadHash);
}
