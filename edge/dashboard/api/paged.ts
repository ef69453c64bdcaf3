import { infiniteQueryOptions } from '@tanstack/react-query';

type Page = { meta: { nextCursor?: string | null } };

/** A list that is read page by page, each from the cursor of the one before. */
export const paged = <Answer extends Page>(
  queryKey: readonly unknown[],
  read: (page: { cursor?: string }) => Promise<Answer>,
) =>
  infiniteQueryOptions({
    queryKey,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => read(pageParam === undefined ? {} : { cursor: pageParam }),
    getNextPageParam: ({ meta }) => meta.nextCursor ?? undefined,
  });
