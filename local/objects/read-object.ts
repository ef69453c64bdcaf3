import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { isMissing } from './blobs.ts';
import type { Operation } from './context.ts';
import type { StoredObject } from './object-index.ts';
import { S3Error } from './s3-error.ts';

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

/** GetObject, whole. */
export async function getObject(operation: Operation): Promise<void> {
  const { object, file } = await openObject(operation);
  try {
    operation.response.writeHead(200, {
      ...object.headers,
      etag: `"${object.etag}"`,
      'last-modified': new Date(object.modified_at).toUTCString(),
      'content-length': object.size,
    });
    await pipeline(file.createReadStream({ autoClose: false }), operation.response);
  } finally {
    await file.close();
  }
}
