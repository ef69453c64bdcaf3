/** How a file begins, writes rows and ends. */
export type RowWriter<Row> = {
  head: string;
  write: (rows: readonly Row[], isFirst: boolean) => string;
  tail: string;
};

/** Rows of one query. */
const PAGE = 1_000;

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
  let rows = await read(undefined, PAGE);
  let isFirst = true;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      if (!isFirst) rows = await read(rows.at(-1), PAGE);
      const text = write(rows, isFirst);
      const isLast = rows.length < PAGE;
      controller.enqueue(encoder.encode(`${isFirst ? head : ''}${text}${isLast ? tail : ''}`));
      isFirst = false;
      if (isLast) controller.close();
    },
  });
}
