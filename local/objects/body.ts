import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';
import type { PayloadMode } from './authenticate.ts';
import { decodeAwsChunked } from './aws-chunked.ts';
import { S3Error } from './s3-error.ts';
import { amzHeader } from './s3-request.ts';
import type { S3Request } from './s3-request.ts';

const MAX_OBJECT_BYTES = 5 * 1024 ** 3;

/** Something fed with the whole body, and then compared. */
type Check = { update: (chunk: Buffer) => void; verify: () => void };

function hashCheck(
  algorithm: string,
  encoding: 'hex' | 'base64',
  expected: string,
  fail: S3Error,
): Check {
  const hash = createHash(algorithm);
  return {
    update: (chunk) => hash.update(chunk),
    verify: () => {
      if (hash.digest(encoding) !== expected) throw fail;
    },
  };
}

function crc32Check(expected: () => string): Check {
  let value = 0;
  return {
    update: (chunk) => {
      value = crc32(chunk, value);
    },
    verify: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      if (bytes.toString('base64') !== expected()) throw badDigest('x-amz-checksum-crc32');
    },
  };
}

const badDigest = (name: string): S3Error =>
  new S3Error('BadDigest', `The ${name} you specified did not match what we received.`);

/** A check for one `x-amz-checksum-…`; `expected` is asked when the body has been read. */
function checksumCheck(name: string, expected: () => string): Check {
  const algorithm = name.slice('x-amz-checksum-'.length);
  if (algorithm === 'crc32') return crc32Check(expected);
  if (algorithm === 'sha1' || algorithm === 'sha256') {
    const hash = createHash(algorithm);
    return {
      update: (chunk) => hash.update(chunk),
      verify: () => {
        if (hash.digest('base64') !== expected()) throw badDigest(name);
      },
    };
  }
  throw new S3Error(
    'NotImplemented',
    `The checksum ${name} is not supported; use CRC32 or SHA256.`,
  );
}

function declaredChecks(request: S3Request, mode: PayloadMode): Check[] {
  const checks: Check[] = [];
  if (mode.kind === 'sha256') {
    const fail = new S3Error(
      'XAmzContentSHA256Mismatch',
      'The provided x-amz-content-sha256 does not match what was computed.',
    );
    checks.push(hashCheck('sha256', 'hex', mode.hex, fail));
  }
  const md5 = request.headers['content-md5'];
  if (md5 !== undefined) checks.push(hashCheck('md5', 'base64', md5, badDigest('Content-MD5')));
  const names = [...Object.keys(request.headers), ...request.query.map(([name]) => name)];
  for (const name of new Set(names.map((one) => one.toLowerCase()))) {
    const settings = name === 'x-amz-checksum-algorithm' || name === 'x-amz-checksum-mode';
    if (!name.startsWith('x-amz-checksum-') || settings || name.endsWith('-type')) continue;
    checks.push(checksumCheck(name, () => amzHeader(request, name) ?? ''));
  }
  return checks;
}

/** How long the body is said to be, decoded. @throws S3Error 411 when it does not say. */
function declaredLength(request: S3Request, mode: PayloadMode): number {
  const name = mode.kind === 'unsigned-trailer' ? 'x-amz-decoded-content-length' : 'content-length';
  const text = request.headers[name];
  if (text === undefined || !/^\d{1,15}$/.test(text)) {
    throw new S3Error('MissingContentLength', `You must provide the ${name} header.`);
  }
  if (Number(text) > MAX_OBJECT_BYTES) {
    throw new S3Error('EntityTooLarge', `An object has at most ${MAX_OBJECT_BYTES} bytes.`);
  }
  return Number(text);
}

/**
 * The object's bytes as they arrive, unframed. Ends normally only when length, payload hash, Content-MD5
 * and every checksum given are right; otherwise it throws the S3Error after the last byte.
 */
export async function* readObjectBody(
  message: IncomingMessage,
  request: S3Request,
  mode: PayloadMode,
): AsyncGenerator<Buffer> {
  const expectedLength = declaredLength(request, mode);
  const checks = declaredChecks(request, mode);
  let trailers: Record<string, string> = {};
  // Leaving early must not destroy the request: its connection still has to carry the refusal.
  const raw: AsyncIterable<Buffer> = message.iterator({ destroyOnReturn: false });
  let source = raw;
  if (mode.kind === 'unsigned-trailer') {
    source = decodeAwsChunked(raw, (found) => {
      trailers = found;
    });
    const declared = request.headers['x-amz-trailer'];
    if (declared !== undefined) {
      checks.push(
        checksumCheck(declared.toLowerCase(), () => trailers[declared.toLowerCase()] ?? ''),
      );
    }
  }
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > expectedLength) break;
    for (const check of checks) check.update(chunk);
    yield chunk;
  }
  if (length !== expectedLength) {
    throw new S3Error(
      'IncompleteBody',
      `Got ${length} bytes where ${expectedLength} were announced.`,
    );
  }
  for (const check of checks) check.verify();
}
