import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import { openProxy, sealProxy } from './proxy.ts';

const BATCH = 200;

const Sealed = z.object({ id: z.string(), workspace_id: z.string(), proxy_sealed: z.string() });

/** Seals proxies under the newest master key that an older one of those configured still opens. */
export async function resealProxies(services: Pick<Services, 'db' | 'env' | 'log'>): Promise<void> {
  const { db, env } = services;
  const older = env.SESSION_ENCRYPTION_KEY.slice(1).map(({ version }) => version);
  if (older.length === 0) return;
  const { rows } = await db.execute(sql`
    select id, workspace_id, proxy_sealed from sessions
    where split_part(proxy_sealed, ':', 1) = any(${sql.param(older)}::text[])
    order by random() limit ${BATCH}::int`);
  for (const { id, workspace_id, proxy_sealed } of z.array(Sealed).parse(rows)) {
    const facts = { workspaceId: workspace_id, sessionId: id };
    const proxy = await openProxy(proxy_sealed, facts, services);
    if (proxy === null) continue;
    const sealed = await sealProxy(proxy, facts, env.SESSION_ENCRYPTION_KEY);
    await db.execute(sql`
      update sessions set proxy_sealed = ${sealed} where id = ${id} and proxy_sealed = ${proxy_sealed}`);
  }
}
