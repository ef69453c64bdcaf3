import { AwsV4Signer } from 'aws4fetch';
import { AppError } from '../../shared/errors.ts';
import type { EdgeEnv } from '../env.ts';
import type { ObjectStore } from './object-store.ts';

type S3Env = Pick<
  EdgeEnv,
  'S3_ENDPOINT' | 'S3_REGION' | 'S3_BUCKET' | 'S3_ACCESS_KEY_ID' | 'S3_SECRET_ACCESS_KEY'
>;

/** Longer than any file takes. */
const UPLOAD_SECONDS = 300;
/** Of requests that are made at once. */
const REQUEST_SECONDS = 60;

/**
 * Object storage by the S3 protocol, path-style. Every request is a presigned URL, so that one way of signing is enough.
 * @throws AppError UNAVAILABLE from `read`, `delete` and a writer when the storage fails or refuses
 */
export function createS3ObjectStore(env: S3Env): ObjectStore {
  const signingKeys = new Map<string, ArrayBuffer>();
  const presign = async (
    method: 'GET' | 'PUT' | 'DELETE',
    key: string,
    expiresInSeconds: number,
    headers: Record<string, string> = {},
  ): Promise<string> => {
    const url = new URL(`${env.S3_ENDPOINT.replace(/\/$/, '')}/${env.S3_BUCKET}/${key}`);
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
    presign('PUT', key, expiresInSeconds, { 'content-length': String(sizeBytes) });

  return {
    read: (key) =>
      orUnavailable(presign('GET', key, REQUEST_SECONDS).then((url) => readObject(url))),
    openPut: (key, sizeBytes, mimetype, deadline) => {
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
    },
    presignGet: (key, expiresInSeconds) => presign('GET', key, expiresInSeconds),
    presignPut,
    delete: (key) =>
      orUnavailable(presign('DELETE', key, REQUEST_SECONDS).then((url) => deleteObject(url))),
  };
}

async function readObject(url: string): Promise<ReadableStream<Uint8Array> | null> {
  const answer = await ask('GET', url);
  if (answer.ok) return answer.body;
  if ((await answer.text()).includes('<Code>NoSuchKey</Code>')) return null;
  throw refusal(answer);
}

async function deleteObject(url: string): Promise<void> {
  const answer = await ask('DELETE', url);
  await answer.body?.cancel();
  if (!answer.ok) throw refusal(answer);
}

/** Asks once more when the storage fails or cannot be reached. */
async function ask(method: 'GET' | 'DELETE', url: string): Promise<Response> {
  const first = await fetch(url, { method }).catch(() => null);
  if (first !== null && first.status < 500) return first;
  await first?.body?.cancel();
  return fetch(url, { method });
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
