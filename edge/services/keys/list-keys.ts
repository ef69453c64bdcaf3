import type { ServiceContext } from '../../context.ts';
import { readKeys } from './internal.ts';
import { type KeyView, viewKey } from './key-view.ts';
import { requireScope } from './require-scope.ts';

/** All keys that the caller reaches and that were not revoked, oldest first: there are few. */
export async function listKeys({ ctx }: { ctx: ServiceContext }): Promise<KeyView[]> {
  requireScope(ctx, 'keys:read');
  const { rows } = await readKeys(ctx);
  return rows.map(viewKey);
}
