import { type ReactElement, type ReactNode, useDeferredValue } from 'react';
import { t } from '../messages/en.ts';
import { Button } from './button.tsx';
import { ErrorNote, Loading } from './states.tsx';

type List<Row> = {
  data: { pages: readonly { data: readonly Row[] }[] } | undefined;
  error: Error | null;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
};

/** A list in each of its states: being read, refused, empty, and with a next page. */
export function PagedList<Row>({
  list,
  empty,
  loadingRows,
  children,
}: {
  list: List<Row>;
  empty: ReactNode;
  loadingRows?: number;
  children: (rows: readonly Row[]) => ReactNode;
}): ReactElement {
  // The first rows are built in slices, between which the browser can paint and take input.
  const isRead = useDeferredValue(list.data !== undefined);
  const rows = isRead ? list.data?.pages.flatMap(({ data }) => data) : undefined;
  return (
    <>
      {list.error !== null && <ErrorNote error={list.error} onRetry={() => void list.refetch()} />}
      {rows === undefined && list.error === null && (
        <Loading {...(loadingRows !== undefined && { rows: loadingRows })} />
      )}
      {rows?.length === 0 && empty}
      {rows !== undefined && rows.length > 0 && children(rows)}
      {list.hasNextPage && (
        <div>
          <Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t.common.more}
          </Button>
        </div>
      )}
    </>
  );
}
