import { AwsV4Signer } from 'aws4fetch';
import { AppError } from '../../shared/errors.ts';
import type { EdgeEnv } from '../env.ts';
import type { ByteRange, ObjectPage, ObjectStore } from './object-store.ts';
import { type PartUpload, writeUnsized } from './unsized-object.ts';

type S3Env = Pick<
  EdgeEnv,
  | 'S3_ENDPOINT'
  | 'S3_PUBLIC_ENDPOINT'
  | 'S3_REGION'
  | 'S3_BUCKET'
  | 'S3_ACCESS_KEY_ID'
  | 'S3_SECRET_ACCESS_KEY'
>;

/** Longer than any file takes. */
const UPLOAD_SECONDS = 300;
/** Of requests that are made at once. */
const REQUEST_SECONDS = 60;
const ABORT_MS = 10_000;

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

/**
 * Object storage by the S3 protocol, path-style. Every request is a presigned URL, so that one way of signing is enough.
 * @throws AppError UNAVAILABLE from `read`, `delete` and a writer when the storage fails or refuses
 */
export function createS3ObjectStore(env: S3Env): ObjectStore {
  const signingKeys = new Map<string, ArrayBuffer>();
  const presign = async (
    method: Method,
    key: string,
    expiresInSeconds: number,
    {
      headers = {},
      query = {},
      endpoint = env.S3_ENDPOINT,
    }: { headers?: Record<string, string>; query?: Record<string, string>; endpoint?: string } = {},
  ): Promise<string> => {
    const url = new URL(`${endpoint.replace(/\/$/, '')}/${env.S3_BUCKET}/${key}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    url.searchParams.set('X-Amz-Expires', String(expiresInSeconds));
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers,
      // Otherwise it leaves out `content-length`, and the URL would take any number of bytes.
      allHeaders: true,
      signQuery: true,
      service: 's3',
      region: env.S3_REGION,
      accessKeyId: env.S3_ACCESS_KEY_ID,
      secretAccessKey: env.S3_SECRET_ACCESS_KEY,
      cache: signingKeys,
    });
    return (await signer.sign()).url.href;
  };
  const presignPut: ObjectStore['presignPut'] = (key, sizeBytes, expiresInSeconds) =>
    presign('PUT', key, expiresInSeconds, { headers: { 'content-length': String(sizeBytes) } });

  const openPut: ObjectStore['openPut'] = (key, sizeBytes, mimetype, deadline) => {
    const { readable, writable } = new FixedLengthStream(sizeBytes);
    const writer = writable.getWriter();
    const sent = orUnavailable(
      upload(presignPut(key, sizeBytes, UPLOAD_SECONDS), readable, mimetype, deadline),
    );
    // `write` and `close` report a failure; without this, one between two calls would be an unhandled rejection.
    sent.catch(() => undefined);
    return {
      write: async (chunk) => {
        await Promise.race([orUnavailable(writer.write(chunk)), sent]);
      },
      close: async () => {
        await Promise.race([orUnavailable(writer.close()), sent]);
        await sent;
      },
      abort: async () => {
        await writer.abort(new Error('given up')).catch(() => undefined);
        await sent.catch(() => undefined);
      },
    };
  };
  const partsOf = (key: string, mimetype: string, signal: AbortSignal): PartUpload => {
    const call = (
      method: Method,
      query: Record<string, string>,
      init: RequestInit = {},
    ): Promise<Response> =>
      orUnavailable(
        presign(method, key, UPLOAD_SECONDS, { query }).then(async (url) => {
          const answer = await fetch(url, { method, signal, ...init });
          if (answer.ok) return answer;
          await answer.body?.cancel();
          throw refusal(answer);
        }),
      );
    return {
      begin: async () => {
        const headers = { 'content-type': mimetype };
        const answer = await (await call('POST', { uploads: '' }, { headers })).text();
        return orUnavailable(textOf(answer, 'UploadId'));
      },
      put: async (uploadId, partNumber, body) => {
        const query = { uploadId, partNumber: String(partNumber) };
        const answer = await call('PUT', query, { body });
        await answer.body?.cancel();
        return answer.headers.get('etag') ?? '';
      },
      complete: async (uploadId, etags) => {
        const parts = etags.map(
          (etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
        );
        const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
        const answer = await (await call('POST', { uploadId }, { body })).text();
        // S3 may answer 200 and then say in the body that it failed.
        await orUnavailable(textOf(answer, 'ETag'));
      },
      abort: async (uploadId) => {
        // The deadline may be what gave it up.
        const gone = { signal: AbortSignal.timeout(ABORT_MS) };
        await (await call('DELETE', { uploadId }, gone)).body?.cancel();
      },
    };
  };

  return {
    read: (key, range = null) =>
      orUnavailable(presign('GET', key, REQUEST_SECONDS).then((url) => readObject(url, range))),
    openPut,
    openUnsizedPut: (key, mimetype, deadline) =>
      writeUnsized(
        (sizeBytes) => openPut(key, sizeBytes, mimetype, deadline),
        partsOf(key, mimetype, deadline),
      ),
    presignGet: (key, expiresInSeconds) => presign('GET', key, expiresInSeconds),
    presignPut,
    presignUpload: (key, sizeBytes, expiresInSeconds) =>
      presign('PUT', key, expiresInSeconds, {
        headers: { 'content-length': String(sizeBytes) },
        endpoint: env.S3_PUBLIC_ENDPOINT ?? env.S3_ENDPOINT,
      }),
    delete: (key) =>
      orUnavailable(presign('DELETE', key, REQUEST_SECONDS).then((url) => deleteObject(url))),
    list: (after, limit) => {
      const query = {
        'list-type': '2',
        'encoding-type': 'url',
        'start-after': after,
        'max-keys': String(limit),
      };
      return orUnavailable(
        presign('GET', '', REQUEST_SECONDS, { query }).then((url) => readList(url)),
      );
    },
  };
}

async function readObject(
  url: string,
  range: ByteRange | null,
): Promise<ReadableStream<Uint8Array> | null> {
  const headers = range === null ? {} : { range: `bytes=${range.first}-${range.last}` };
  const answer = await ask('GET', url, headers);
  // Storage that knows no ranges would send all of it.
  if (range !== null && answer.status === 200) throw refusal(answer);
  if (answer.ok) return answer.body;
  if ((await answer.text()).includes('<Code>NoSuchKey</Code>')) return null;
  throw refusal(answer);
}

async function deleteObject(url: string): Promise<void> {
  const answer = await ask('DELETE', url);
  await answer.body?.cancel();
  if (!answer.ok) throw refusal(answer);
}

async function readList(url: string): Promise<ObjectPage> {
  const answer = await ask('GET', url);
  const xml = await answer.text();
  if (!answer.ok) throw refusal(answer);
  const listed = [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(async ([, one = '']) => ({
    key: decodeURIComponent(await textOf(one, 'Key')),
    modifiedAt: new Date(await textOf(one, 'LastModified')),
  }));
  const isTruncated = (await textOf(xml, 'IsTruncated')) === 'true';
  return { objects: await Promise.all(listed), isTruncated };
}

/** Asks once more when the storage fails or cannot be reached. */
async function ask(
  method: 'GET' | 'DELETE',
  url: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const first = await fetch(url, { method, headers }).catch(() => null);
  if (first !== null && first.status < 500) return first;
  await first?.body?.cancel();
  return fetch(url, { method, headers });
}

/** The text of an element of an S3 answer. @throws when there is none */
async function textOf(xml: string, name: string): Promise<string> {
  const [, text] = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml) ?? [];
  if (text === undefined) throw new Error(`the storage answered without ${name}`);
  return text;
}

const refusal = ({ status }: Response): Error =>
  new Error(`the storage answered with status ${status}`);

async function upload(
  url: Promise<string>,
  body: ReadableStream,
  mimetype: string,
  signal: AbortSignal,
): Promise<void> {
  const answer = await fetch(await url, {
    method: 'PUT',
    headers: { 'content-type': mimetype },
    body,
    signal,
  });
  await answer.body?.cancel();
  if (!answer.ok) throw refusal(answer);
}

async function orUnavailable<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw new AppError('UNAVAILABLE', undefined, { part: 'objects' }, { cause: error });
  }
}
