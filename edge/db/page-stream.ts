/** How a file begins, writes rows and ends. */
export type RowWriter<Row> = {
  head: string;
  write: (rows: readonly Row[], isFirst: boolean) => string;
  tail: string;
};

/** Rows of the first query; how many of the next depends on how long they are. */
const FIRST_PAGE = 200;
/** A million rows are some 500 queries, where Cloudflare lets a request make 10,000 (1,000 until 2026). */
const MOST_ROWS = 2_000;
/** Characters of a page: an isolate has 128 MB for the page as it came, as it is written, and for its other requests. */
const PAGE_LENGTH = 2 * 2 ** 20;
/** A page is at most so many times as long as the one before: long rows rarely come alone. */
const GROWTH = 4;

/**
 * A list as a stream of UTF-8, read page by page as the reader takes it, so that one page is in memory at a time. The first
 * page is read before this returns, so that a refusal is an answer; what goes wrong later breaks the stream off.
 * @param read the rows after `last`, at most `limit`
 */
export async function pageStream<Row>(
  read: (last: Row | undefined, limit: number) => Promise<Row[]>,
  { head, write, tail }: RowWriter<Row>,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let limit = FIRST_PAGE;
  let rows = await read(undefined, limit);
  let isFirst = true;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      if (!isFirst) rows = await read(rows.at(-1), limit);
      const text = write(rows, isFirst);
      const isLast = rows.length < limit;
      controller.enqueue(encoder.encode(`${isFirst ? head : ''}${text}${isLast ? tail : ''}`));
      isFirst = false;
      if (isLast) controller.close();
      else limit = nextLimit(limit, text.length / rows.length);
    },
  });
}

const nextLimit = (limit: number, rowLength: number): number =>
  Math.max(1, Math.min(MOST_ROWS, limit * GROWTH, Math.floor(PAGE_LENGTH / rowLength)));
