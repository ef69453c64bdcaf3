import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { AppError } from '../../shared/errors.ts';
import type { EdgeEnv } from '../env.ts';
import type { ObjectStore } from './object-store.ts';

type S3Env = Pick<
  EdgeEnv,
  'S3_ENDPOINT' | 'S3_REGION' | 'S3_BUCKET' | 'S3_ACCESS_KEY_ID' | 'S3_SECRET_ACCESS_KEY'
>;

/** Longer than any file takes. */
const UPLOAD_SECONDS = 300;

/**
 * Object storage by the S3 protocol.
 * @throws AppError UNAVAILABLE from `read`, `delete` and a writer when the storage fails or refuses
 */
export function createS3ObjectStore(env: S3Env): ObjectStore {
  const client = new S3Client({
    endpoint: env.S3_ENDPOINT,
    region: env.S3_REGION,
    forcePathStyle: true,
    credentials: {
      accessKeyId: env.S3_ACCESS_KEY_ID,
      secretAccessKey: env.S3_SECRET_ACCESS_KEY,
    },
    // Otherwise a presigned PUT carries the checksum of an empty body, which a strict server then demands.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 2,
  });
  const Bucket = env.S3_BUCKET;
  const presignPut: ObjectStore['presignPut'] = (Key, ContentLength, expiresIn) =>
    getSignedUrl(client, new PutObjectCommand({ Bucket, Key, ContentLength }), { expiresIn });

  return {
    read: async (Key) => {
      try {
        const { Body: found } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return found?.transformToWebStream() ?? null;
      } catch (error) {
        if (error instanceof NoSuchKey) return null;
        throw new AppError('UNAVAILABLE', undefined, { part: 'objects' }, { cause: error });
      }
    },
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
    presignGet: (Key, expiresIn) =>
      getSignedUrl(client, new GetObjectCommand({ Bucket, Key }), { expiresIn }),
    presignPut,
    delete: async (Key) => {
      await orUnavailable(client.send(new DeleteObjectCommand({ Bucket, Key })));
    },
  };
}

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
  if (!answer.ok) throw new Error(`the storage answered with status ${answer.status}`);
}

async function orUnavailable<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw new AppError('UNAVAILABLE', undefined, { part: 'objects' }, { cause: error });
  }
}
