import type { ServiceContext } from '../../context.ts';
import { readKeys } from './internal.ts';
import { type KeyView, viewKey } from './key-view.ts';

/** All keys that the caller reaches and that were not revoked, oldest first: there are few. */
export async function listKeys({ ctx }: { ctx: ServiceContext }): Promise<KeyView[]> {
  const { rows } = await readKeys(ctx);
  return rows.map(viewKey);
}
