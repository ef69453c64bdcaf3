import { type SQL, sql } from 'drizzle-orm';
import { interval } from './internal.ts';

/** When nobody at all was heard of for this long, it was not the runners that were gone. */
const SILENCE_MS = 15_000;
/** How long owners have then to take up what is theirs: twice a lease. */
const OWNERS_FIRST_MS = 60_000;

/** Statement, before a heartbeat is recorded: the first one after a silence of all holds takeovers back for a while. */
export const noteSilence = (): SQL => sql`
  insert into fleet_state as f (id, takeover_not_before)
  select 1, now() + ${interval(OWNERS_FIRST_MS)}
  where (select max(heartbeat_at) from runners) < now() - ${interval(SILENCE_MS)}
  on conflict (id) do update set takeover_not_before = excluded.takeover_not_before`;
