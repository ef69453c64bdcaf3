import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { PayloadMode } from './authenticate.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';

const MAX_OBJECT_BYTES = 5 * 1024 ** 3;

/** A checksum that nobody compares would be a promise that is not kept. @throws S3Error */
function refuseChecksums(request: S3Request): void {
  const names = [...Object.keys(request.headers), ...request.query.map(([name]) => name)];
  const found = names.find((name) =>
    /^(?:x-amz-checksum-|x-amz-trailer$|content-md5$)/i.test(name),
  );
  if (found !== undefined) throw new S3Error('NotImplemented', `${found} is not supported.`);
}

/** How long the body is said to be. @throws S3Error 411 when it does not say. */
function declaredLength(request: S3Request): number {
  const text = request.headers['content-length'];
  if (text === undefined || !/^\d{1,15}$/.test(text)) {
    throw new S3Error('MissingContentLength', 'You must provide the content-length header.');
  }
  if (Number(text) > MAX_OBJECT_BYTES) {
    throw new S3Error('EntityTooLarge', `An object has at most ${MAX_OBJECT_BYTES} bytes.`);
  }
  return Number(text);
}

/**
 * The object's bytes as they arrive. Ends normally only when length and signed hash are right; otherwise it throws the
 * S3Error after the last byte.
 */
export async function* readObjectBody(
  message: IncomingMessage,
  request: S3Request,
  mode: PayloadMode,
): AsyncGenerator<Buffer> {
  const expectedLength = declaredLength(request);
  refuseChecksums(request);
  const sha256 = createHash('sha256');
  // Leaving early must not destroy the request: its connection still has to carry the refusal.
  const source: AsyncIterable<Buffer> = message.iterator({ destroyOnReturn: false });
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > expectedLength) break;
    if (mode.kind === 'sha256') sha256.update(chunk);
    yield chunk;
  }
  if (length !== expectedLength) {
    throw new S3Error(
      'IncompleteBody',
      `Got ${length} bytes where ${expectedLength} were announced.`,
    );
  }
  if (mode.kind === 'sha256' && sha256.digest('hex') !== mode.hex) {
    throw new S3Error(
      'XAmzContentSHA256Mismatch',
      'The provided x-amz-content-sha256 does not match what was computed.',
    );
  }
}

/** A whole small body, such as the XML of a request. @throws S3Error when over `limitBytes`. */
export async function readSmallBody(
  message: IncomingMessage,
  request: S3Request,
  mode: PayloadMode,
  limitBytes: number,
): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of readObjectBody(message, request, mode)) {
    length += chunk.length;
    if (length > limitBytes) throw new S3Error('MalformedXML', 'The XML is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
