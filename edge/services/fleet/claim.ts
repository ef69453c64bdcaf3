import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client.ts';

const CLAIM_SECONDS = 90;
const Mine = z.object({ mine: z.boolean() });
const Again = z.object({ again: z.boolean() });

/** True when `holder` may reconcile now. Otherwise somebody else does, and is asked to look once more when done. */
export async function claimFleet(db: Database, holder: string): Promise<boolean> {
  const { rows } = await db.execute(sql`
    insert into fleet_claims as c (name, holder, claimed_until)
    values ('reconcile', ${holder}, now() + ${CLAIM_SECONDS}::int * interval '1 second')
    on conflict (name) do update set
      holder = case when c.claimed_until < now() then excluded.holder else c.holder end,
      claimed_until = case when c.claimed_until < now() then excluded.claimed_until else c.claimed_until end,
      again = c.claimed_until >= now()
    returning holder = ${holder} as mine`);
  return Mine.parse(rows[0]).mine;
}

/** Lets go. True when somebody came meanwhile. */
export async function releaseFleet(db: Database, holder: string): Promise<boolean> {
  const { rows } = await db.execute(sql`
    update fleet_claims set claimed_until = now() - interval '1 second'
    where name = 'reconcile' and holder = ${holder}
    returning again`);
  return rows.length > 0 && Again.parse(rows[0]).again;
}
