import { queryOptions } from '@tanstack/react-query';
import { api, ask, askWhole, type Schemas } from '../../api/client.ts';
import { live } from '../../api/live.ts';
import { paged } from '../../api/paged.ts';

export type StoredFile = Schemas['StoredFile'];
export type MediaFilters = { direction?: 'inbound' | 'outbound'; sessionId?: string };

const HOUR_SECONDS = 3_600;

export const filesQuery = (filters: MediaFilters) => ({
  ...paged(['media', 'list', filters], (page) =>
    askWhole(api.GET('/v1/media', { params: { query: { ...filters, limit: 50, ...page } } })),
  ),
  ...live,
});

/** The file's metadata stands in the list; a file that is not listed was deleted or is of an older page. */
export const linkQuery = (id: string) =>
  queryOptions({
    queryKey: ['media', 'link', id],
    queryFn: () =>
      ask(
        api.GET('/v1/media/{id}/link', {
          params: { path: { id }, query: { expiresInSeconds: HOUR_SECONDS } },
        }),
      ),
    staleTime: HOUR_SECONDS * 500,
  });
