import { amzHeader } from './s3-request.ts';
import type { S3Request } from './s3-request.ts';

const KEPT = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

/** The headers of a write that a read gives back: content ones and `x-amz-meta-*`. */
export function headersToStore(request: S3Request): Record<string, string> {
  const stored: Record<string, string> = {};
  for (const name of KEPT) {
    const value = request.headers[name];
    if (value !== undefined) stored[name] = value;
  }
  // The framing of this transfer is no property of the object.
  const encodings = (stored['content-encoding'] ?? '').split(',').map((one) => one.trim());
  const kept = encodings.filter((one) => one !== '' && one !== 'aws-chunked').join(', ');
  if (kept === '') delete stored['content-encoding'];
  else stored['content-encoding'] = kept;
  stored['content-type'] ??= 'application/octet-stream';
  const names = [...Object.keys(request.headers), ...request.query.map(([name]) => name)];
  for (const name of new Set(names.map((one) => one.toLowerCase()))) {
    const value = name.startsWith('x-amz-meta-') ? amzHeader(request, name) : undefined;
    if (value !== undefined) stored[name] = value;
  }
  return stored;
}
