import type { IncomingMessage } from 'node:http';
import { S3Error } from './s3-error.ts';
import type { Query } from './sigv4.ts';

/** A request taken apart; names, keys and query are decoded. */
export type S3Request = {
  method: string;
  path: string;
  query: Query;
  headers: Readonly<Record<string, string | undefined>>;
  bucket: string;
  /** Undefined for the bucket itself. */
  key: string | undefined;
};

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new S3Error('InvalidURI', `Could not decode "${text}": ${String(error)}`);
  }
}

/** Path-style only: `/bucket/key`. Nothing is normalised: `a//b` and `a/../b` are keys of their own. */
export function readRequest(message: IncomingMessage): S3Request {
  const [rawPath = '/', rawQuery = ''] = (message.url ?? '/').split(/\?(.*)/s);
  const path = decode(rawPath);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  if (Buffer.byteLength(key) > 1_024) {
    throw new S3Error('KeyTooLongError', 'A key has at most 1024 bytes.');
  }
  if (key.includes('\0')) throw new S3Error('InvalidArgument', 'A key cannot hold a NUL.');
  const query = rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      return [decode(name), decode(value)];
    });
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : value,
    ]),
  );
  const method = message.method ?? '';
  return { method, path, query, headers, bucket, key: key === '' ? undefined : key };
}

/** Value of a query parameter, its name matched exactly. */
export function parameter(request: S3Request, name: string): string | undefined {
  return request.query.find(([one]) => one === name)?.[1];
}

/**
 * Value of an `x-amz-…` header, or of the query parameter a presigned URL carries in its place. Only to
 * be asked of a verified request: verification is what binds both to the signer.
 */
export function amzHeader(request: S3Request, name: string): string | undefined {
  return request.headers[name] ?? request.query.find(([one]) => one.toLowerCase() === name)?.[1];
}
