import { type SQL, sql } from 'drizzle-orm';
import type { Services } from '../context.ts';
import { type AfterCommit, afterCommit } from './after-commit.ts';
import { append, Appended, BELLS, lockWorkspaces } from './append.ts';

/** Runs a job's write with the events that it makes, as one statement: `changes` are its CTEs, which `facts` read. */
export async function writeFacts(
  services: Pick<Services, keyof AfterCommit | 'db'>,
  workspaceIds: readonly string[],
  changes: SQL,
  facts: readonly SQL[],
): Promise<void> {
  const { db } = services;
  const [, result] = await db.batch([
    db.execute(lockWorkspaces([...new Set(workspaceIds)])),
    db.execute(sql`with ${changes}, ${append(facts, services.now())} select ${BELLS}`),
  ]);
  afterCommit(services, Appended.parse(result.rows[0]).bells);
}
