import type { Operation } from './context.ts';
import { listObjects } from './listing.ts';
import { S3Error } from './s3-error.ts';
import { parameter } from './s3-request.ts';
import { uriEncode } from './sigv4.ts';
import { sendXml } from './write-object.ts';
import { element } from './xml.ts';

const MAX_KEYS = 1_000;

/** ListObjectsV2. The continuation token is the position, in base64url. */
export function listObjectsV2(operation: Operation): void {
  const { index, request } = operation;
  if (parameter(request, 'list-type') !== '2') {
    throw new S3Error('NotImplemented', 'Of the bucket itself only ListObjectsV2 is supported.');
  }
  const ask = (name: string): string => parameter(request, name) ?? '';
  const prefix = ask('prefix');
  const delimiter = ask('delimiter');
  const token = ask('continuation-token');
  const keysAsked = Number(parameter(request, 'max-keys') ?? MAX_KEYS);
  if (!Number.isInteger(keysAsked) || keysAsked < 0) {
    throw new S3Error('InvalidArgument', 'max-keys is a whole number.');
  }
  const maxKeys = Math.min(keysAsked, MAX_KEYS);
  const after =
    token === '' ? ask('start-after') : Buffer.from(token, 'base64url').toString('utf8');
  const { bucket } = request;
  const found = listObjects(index, { bucket, prefix, delimiter, after, maxKeys });
  const encode = ask('encoding-type') === 'url' ? uriEncodeKey : (text: string) => text;
  const count = found.objects.length + found.commonPrefixes.length;
  sendXml(
    operation,
    element('ListBucketResult', [
      element('Name', bucket),
      element('Prefix', encode(prefix)),
      ...(delimiter === '' ? [] : [element('Delimiter', encode(delimiter))]),
      ...(ask('encoding-type') === '' ? [] : [element('EncodingType', 'url')]),
      element('MaxKeys', maxKeys),
      element('KeyCount', count),
      element('IsTruncated', found.next !== undefined),
      ...(token === '' ? [] : [element('ContinuationToken', token)]),
      ...(found.next === undefined
        ? []
        : [element('NextContinuationToken', Buffer.from(found.next).toString('base64url'))]),
      ...found.objects.map((object) =>
        element('Contents', [
          element('Key', encode(object.key)),
          element('LastModified', new Date(object.modified_at).toISOString()),
          element('ETag', `"${object.etag}"`),
          element('Size', object.size),
          element('StorageClass', 'STANDARD'),
        ]),
      ),
      ...found.commonPrefixes.map((common) =>
        element('CommonPrefixes', [element('Prefix', encode(common))]),
      ),
    ]),
  );
}

const uriEncodeKey = (key: string): string => key.split('/').map(uriEncode).join('/');
