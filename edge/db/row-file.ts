import { type Cursor, writeCursor } from './cursor.ts';
import { pageStream, type RowWriter } from './page-stream.ts';

type Placed = { createdAt: Date; id: string };

export type RowFile = {
  body: ReadableStream<Uint8Array>;
  /** Where the next file begins; null when this one has the last row. */
  nextCursor: string | null;
};

/**
 * A file of at most `limit` rows of a newest-first list, from `cursor` on, as a stream; see `pageStream`. Its last row is looked
 * up first: what comes after it is known before the first byte, and the next file neither repeats nor misses a row.
 * @param list.places the places of at most two rows, so many rows after the cursor
 * @param list.read the rows after `cursor`, `downTo` included, at most `limit`
 */
export async function rowFile<Row extends Placed>(
  { cursor, limit }: { cursor: Cursor | null; limit: number },
  list: {
    places: (cursor: Cursor | null, offset: number) => Promise<Placed[]>;
    read: (page: { cursor: Cursor | null; downTo: Cursor | null; limit: number }) => Promise<Row[]>;
    writer: RowWriter<Row>;
  },
): Promise<RowFile> {
  const [last, more] = await list.places(cursor, limit - 1);
  const end = last === undefined || more === undefined ? null : placeOf(last);
  const body = await pageStream<Row>(
    (before, count) =>
      list.read({
        cursor: before === undefined ? cursor : placeOf(before),
        downTo: end,
        limit: count,
      }),
    list.writer,
  );
  return { body, nextCursor: end === null ? null : writeCursor(end) };
}

const placeOf = ({ createdAt, id }: Placed): Cursor => ({ at: createdAt, id });
