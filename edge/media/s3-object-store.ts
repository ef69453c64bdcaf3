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

/**
 * Object storage by the S3 protocol.
 * @throws AppError UNAVAILABLE from `read`, `put` and `delete` when the storage fails or refuses
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
    put: async (Key, Body, ContentType) => {
      await orUnavailable(client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType })));
    },
    presignGet: (Key, expiresIn) =>
      getSignedUrl(client, new GetObjectCommand({ Bucket, Key }), { expiresIn }),
    presignPut: (Key, ContentLength, expiresIn) =>
      getSignedUrl(client, new PutObjectCommand({ Bucket, Key, ContentLength }), { expiresIn }),
    delete: async (Key) => {
      await orUnavailable(client.send(new DeleteObjectCommand({ Bucket, Key })));
    },
  };
}

async function orUnavailable<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw new AppError('UNAVAILABLE', undefined, { part: 'objects' }, { cause: error });
  }
}
