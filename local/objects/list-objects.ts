import type { Operation } from './context.ts';
import { S3Error } from './s3-error.ts';
import { parameter } from './s3-request.ts';
import { sendXml } from './write-object.ts';
import { element } from './xml.ts';

export const LIST_PARAMETERS = ['list-type', 'start-after', 'max-keys', 'encoding-type'];

const MOST_KEYS = 1_000;

/** ListObjectsV2, in the order of the keys' bytes, with its keys URL-encoded. */
export function listObjects(operation: Operation): void {
  const { index, request } = operation;
  if (parameter(request, 'encoding-type') !== 'url')
    throw new S3Error('NotImplemented', 'A list needs encoding-type=url.');
  const asked = parameter(request, 'max-keys') ?? String(MOST_KEYS);
  if (!/^\d{1,9}$/.test(asked)) throw new S3Error('InvalidArgument', 'max-keys is a number.');
  const limit = Math.min(Number(asked), MOST_KEYS);
  const after = parameter(request, 'start-after') ?? '';
  const found = index.list(request.bucket, after, limit + 1);
  const page = found.slice(0, limit);
  sendXml(
    operation,
    element('ListBucketResult', [
      element('Name', request.bucket),
      element('KeyCount', page.length),
      element('MaxKeys', limit),
      element('EncodingType', 'url'),
      element('IsTruncated', found.length > limit),
      ...page.map(({ key, size, etag, modified_at }) =>
        element('Contents', [
          element('Key', encodeURIComponent(key).replaceAll('%2F', '/')),
          element('LastModified', new Date(modified_at).toISOString()),
          element('ETag', `"${etag}"`),
          element('Size', size),
          element('StorageClass', 'STANDARD'),
        ]),
      ),
    ]),
  );
}
