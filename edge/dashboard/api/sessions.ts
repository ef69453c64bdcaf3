import { queryOptions } from '@tanstack/react-query';
import { api, askWhole, type Schemas } from './client.ts';
import { live } from './live.ts';
import { paged } from './paged.ts';

const PAGE = 100;

async function readAll(): Promise<Schemas['Session'][]> {
  const rows: Schemas['Session'][] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: PAGE, ...(cursor !== undefined && { cursor }) };
    const page = await askWhole(api.GET('/v1/sessions', { params: { query } }));
    rows.push(...page.data);
    cursor = page.meta.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return rows;
}

/** Every session that the person can reach, without the archived ones. */
export const allSessionsQuery = queryOptions({
  queryKey: ['sessions', 'all'],
  queryFn: readAll,
  ...live,
});

/** The list of sessions, page by page. */
export const sessionsQuery = (archived: boolean) => ({
  ...paged(['sessions', { archived }], (page) => {
    const query = { limit: 100, ...(archived && { archived: 'true' as const }), ...page };
    return askWhole(api.GET('/v1/sessions', { params: { query } }));
  }),
  ...live,
});
