import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { isMissing } from './blobs.ts';
import type { Operation } from './context.ts';
import type { StoredObject } from './object-index.ts';
import { parseRange } from './range.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';

/** Response headers a signed query may set: `response-content-type` and so on. */
const OVERRIDES = new Set(
  'cache-control content-disposition content-encoding content-language content-type expires'.split(
    ' ',
  ),
);

function responseHeaders(object: StoredObject, request: S3Request): Record<string, string> {
  const headers: Record<string, string> = {
    ...object.headers,
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.modified_at).toUTCString(),
    'accept-ranges': 'bytes',
  };
  for (const [name, value] of request.query) {
    const header = name.replace(/^response-/, '');
    if (header !== name && OVERRIDES.has(header)) headers[header] = value;
  }
  return headers;
}

function listsEtag(header: string, etag: string): boolean {
  return header.split(',').some((one) => {
    const tag = one.trim();
    return tag === '*' || tag.replace(/^W\//, '').replaceAll('"', '') === etag;
  });
}

/** The status conditions lead to before anything is sent: RFC 9110 section 13.2.2. */
function checkConditions(object: StoredObject, request: S3Request): 200 | 304 {
  const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
  const modifiedSeconds = Math.floor(object.modified_at / 1_000) * 1_000;
  const unmodifiedSince = Date.parse(request.headers['if-unmodified-since'] ?? '');
  const modifiedSince = Date.parse(request.headers['if-modified-since'] ?? '');
  const failed =
    match === undefined ? modifiedSeconds > unmodifiedSince : !listsEtag(match, object.etag);
  if (failed) throw new S3Error('PreconditionFailed', 'A precondition of the request failed.');
  const same =
    noneMatch === undefined ? modifiedSeconds <= modifiedSince : listsEtag(noneMatch, object.etag);
  return same ? 304 : 200;
}

/** The object and its open file. An overwrite between the two is met by looking again. */
async function openObject(
  operation: Operation,
): Promise<{ object: StoredObject; file: FileHandle }> {
  const { index, blobs, request, key } = operation;
  for (let attempt = 0; ; attempt += 1) {
    const object = index.object(request.bucket, key);
    if (object === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
    try {
      return { object, file: await blobs.open(object.blob) };
    } catch (error) {
      if (!isMissing(error) || attempt === 10) throw error;
    }
  }
}

/** GetObject and HeadObject, with a single range and the four conditions. */
export async function getObject(operation: Operation): Promise<void> {
  const { request, response } = operation;
  const { object, file } = await openObject(operation);
  try {
    const headers = responseHeaders(object, request);
    if (checkConditions(object, request) === 304) {
      response.writeHead(304, headers).end();
      return;
    }
    const range = parseRange(request.headers['range'], object.size);
    if (range === 'unsatisfiable') {
      response.setHeader('content-range', `bytes */${object.size}`);
      throw new S3Error('InvalidRange', 'The requested range is not satisfiable.');
    }
    const { start, end } = range ?? { start: 0, end: object.size - 1 };
    if (range !== undefined) headers['content-range'] = `bytes ${start}-${end}/${object.size}`;
    headers['content-length'] = String(end - start + 1);
    response.writeHead(range === undefined ? 200 : 206, headers);
    if (request.method === 'HEAD' || object.size === 0) {
      response.end();
      return;
    }
    await pipeline(file.createReadStream({ start, end, autoClose: false }), response);
  } finally {
    await file.close();
  }
}
