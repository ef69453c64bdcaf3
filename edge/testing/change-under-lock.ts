import { type SQL, sql } from 'drizzle-orm';
import { expect, vi } from 'vitest';
import type { Harness } from './harness.ts';

/**
 * Changes something in a transaction that holds `lock` until another one waits for it: what a request read before is no
 * longer so when it goes on. Resolves when the lock is held.
 * @param lock a statement that takes it, without parameters
 */
export async function changeUnderLock(
  { db }: Pick<Harness, 'db'>,
  { lock, change }: { lock: string; change: string },
): Promise<{ done: Promise<unknown> }> {
  const changed: SQL = sql.raw(`do $$ begin
    perform ${lock};
    for turn in 1..300 loop
      exit when exists (
        select 1 from pg_locks where not granted and transactionid = pg_current_xact_id()::xid);
      perform pg_sleep(0.01);
    end loop;
    ${change};
  end $$`);
  const done = Promise.resolve(db.execute(changed));
  await vi.waitFor(async () => {
    const { rows } = await db.execute(sql.raw(`select ${lock} skip locked`));
    expect(rows).toEqual([]);
  });
  return { done };
}
