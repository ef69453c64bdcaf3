import type { ObjectIndex, StoredObject } from './object-index.ts';

export type Listing = {
  objects: StoredObject[];
  commonPrefixes: string[];
  /** Where the next page goes on; undefined when this is the last. */
  next: string | undefined;
};

/** Sorts after every key that begins with what stands before it. */
const AFTER_ALL = '\u{10FFFF}';
/** Few, since of many keys under one common prefix only the first is looked at. */
const ROWS_AT_ONCE = 100;

/**
 * One page of keys under `prefix`, those with `delimiter` after it folded into common prefixes.
 * @param after keys up to and including this one are left out
 */
export function listObjects(
  index: Pick<ObjectIndex, 'list'>,
  asked: { bucket: string; prefix: string; delimiter: string; after: string; maxKeys: number },
): Listing {
  const { bucket, prefix, delimiter, maxKeys } = asked;
  const listing: Listing = { objects: [], commonPrefixes: [], next: undefined };
  let after = asked.after;
  if (maxKeys === 0) return listing;
  const rows = Math.min(maxKeys + 1, ROWS_AT_ONCE);
  for (;;) {
    const page = index.list(bucket, after, prefix, rows);
    let skipTo: string | undefined;
    for (const object of page) {
      if (!object.key.startsWith(prefix)) return listing;
      if (listing.objects.length + listing.commonPrefixes.length === maxKeys) {
        return { ...listing, next: after };
      }
      const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
      if (cut < 0) {
        listing.objects.push(object);
        after = object.key;
        continue;
      }
      const common = object.key.slice(0, cut + delimiter.length);
      listing.commonPrefixes.push(common);
      skipTo = common + AFTER_ALL;
      after = skipTo;
      break;
    }
    if (skipTo === undefined && page.length < rows) return listing;
  }
}
