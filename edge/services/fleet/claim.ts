import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client.ts';

const Mine = z.object({ mine: z.boolean() });
const Again = z.object({ again: z.boolean() });

/**
 * Claims the fleet for `holder` for so many seconds, or renews its claim. False when another holder has it; that one is asked to
 * check again when it is done.
 */
export async function claimFleet(db: Database, holder: string, seconds: number): Promise<boolean> {
  const { rows } = await db.execute(sql`
    insert into fleet_claims as c (name, holder, claimed_until)
    values ('reconcile', ${holder}, now() + ${seconds}::int * interval '1 second')
    on conflict (name) do update set
      holder = case when ${isOpen} then excluded.holder else c.holder end,
      claimed_until = case when ${isOpen} then excluded.claimed_until else c.claimed_until end,
      again = case when c.claimed_until < now() then false when c.holder = excluded.holder then c.again else true end
    returning holder = ${holder} as mine`);
  return Mine.parse(rows[0]).mine;
}

/** Nobody else holds it. */
const isOpen = sql`(c.claimed_until < now() or c.holder = excluded.holder)`;

/** Lets go. True when somebody came meanwhile. */
export async function releaseFleet(db: Database, holder: string): Promise<boolean> {
  const { rows } = await db.execute(sql`
    update fleet_claims set claimed_until = now() - interval '1 second'
    where name = 'reconcile' and holder = ${holder}
    returning again`);
  return rows.length > 0 && Again.parse(rows[0]).again;
}
