import type { S3Request } from './s3-request.ts';

const KEPT = ['cache-control', 'content-disposition', 'content-language', 'content-type'];

/** The headers of a write that a read gives back. */
export function headersToStore(request: S3Request): Record<string, string> {
  const stored: Record<string, string> = { 'content-type': 'application/octet-stream' };
  for (const name of KEPT) {
    const value = request.headers[name];
    if (value !== undefined) stored[name] = value;
  }
  return stored;
}
