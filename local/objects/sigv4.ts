import { createHash, createHmac } from 'node:crypto';

/** Name and value pairs, decoded. */
export type Query = readonly (readonly [string, string])[];

const encodeCharacter = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** RFC 3986 encoding as SigV4 wants it: all but unreserved characters. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, encodeCharacter);
}

/** What both sides sign: docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html. */
export function canonicalRequest(input: {
  method: string;
  /** Decoded path. S3 encodes each segment once and does not normalise. */
  path: string;
  /** Without X-Amz-Signature. */
  query: Query;
  headers: Readonly<Record<string, string | undefined>>;
  /** Lower-case names, sorted. */
  signedHeaders: readonly string[];
  payloadHash: string;
}): string {
  const path = input.path.split('/').map(uriEncode).join('/');
  const query = input.query
    .map(([name, value]): [string, string] => [uriEncode(name), uriEncode(value)])
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const headers = input.signedHeaders.map(
    (name) => `${name}:${(input.headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`,
  );
  return [
    input.method,
    path,
    query,
    headers.join(''),
    input.signedHeaders.join(';'),
    input.payloadHash,
  ].join('\n');
}

/** Hex signature of a canonical request. `amzDate` is `YYYYMMDDTHHMMSSZ`. */
export function signCanonicalRequest(input: {
  canonical: string;
  secretAccessKey: string;
  amzDate: string;
  region: string;
}): string {
  const date = input.amzDate.slice(0, 8);
  const scope = `${date}/${input.region}/s3/aws4_request`;
  const hash = createHash('sha256').update(input.canonical).digest('hex');
  const hmac = (key: string | Buffer, text: string): Buffer =>
    createHmac('sha256', key).update(text).digest();
  let key = hmac(`AWS4${input.secretAccessKey}`, date);
  for (const part of [input.region, 's3', 'aws4_request']) key = hmac(key, part);
  return hmac(key, ['AWS4-HMAC-SHA256', input.amzDate, scope, hash].join('\n')).toString('hex');
}

/** Unix ms of `YYYYMMDDTHHMMSSZ`; undefined when it is not that. */
export function parseAmzDate(text: string): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}
