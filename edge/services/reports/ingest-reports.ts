import { type SQL, sql } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import type { ReportBatchResponse, SpooledReport } from '../../../shared/protocol/index.ts';
import type { Services } from '../../context.ts';
import { afterCommit } from '../../events/after-commit.ts';
import type { Noted } from '../../log/noted.ts';
import type { NewBell } from '../../events/append.ts';
import { lockWorkspaces } from '../../events/append.ts';
import { dataErrorOf } from './data-error.ts';
import { prepareWrites, type PreparedWrite } from './prepare-writes.ts';
import { inStatements } from './writes/in-statements.ts';
import { findNumberTwins, type NumberTwins, numberTwinsStatement } from './writes/number-twins.ts';
import { WriteResult } from './writes/write-context.ts';

/** Reports written in one transaction; the workspace's event counter is held for as long as it takes. */
const GROUP = 50;
/** How exactly `last_active_at` is kept. */
const ACTIVE_EVERY_MS = 60_000;

type Outcome = { write: PreparedWrite; accepted: boolean; bells: NewBell[] };
type Refused = ReportBatchResponse['refused'][number];

/**
 * Takes a runner's reports, in their order, by statements that move the state, write the event and put one delivery per
 * subscribed endpoint into the outbox. Reporting the same again changes nothing. Deliveries are handed over after the commit,
 * to QStash or as `handOver` does it; what is lost there the sweeper finds.
 *
 * Refused for good, with a reason: `unknown_session`; `stale_epoch` for what a runner says of a session that it no longer
 * owns (facts are taken from former owners, marked late); `unwritable` for a report that the database rejects.
 * @throws when the database is out of reach; nothing of the group at hand is written then, and all may be sent again
 */
export async function ingestReports(input: {
  services: Services;
  runnerId: string;
  reports: readonly SpooledReport[];
  handOver?: (bells: readonly NewBell[]) => void;
}): Promise<ReportBatchResponse> {
  const { services, handOver = (made) => afterCommit(services, made) } = input;
  const { writes, unknown } = await prepareWrites(input);
  const refused: Refused[] = unknown.map((spooled) => refusal(spooled, 'unknown_session'));
  const bells: NewBell[] = [];
  let accepted = 0;
  try {
    for (let start = 0; start < writes.length; start += GROUP) {
      const group = writes.slice(start, start + GROUP);
      const { outcomes, unwritable } = await writeGroup(services, group);
      refused.push(...unwritable.map(({ spooled }) => refusal(spooled, 'unwritable')));
      for (const outcome of outcomes) {
        bells.push(...outcome.bells);
        if (outcome.accepted) accepted += 1;
        else refused.push(refusal(outcome.write.spooled, reasonFor(outcome.write)));
      }
    }
  } finally {
    // Groups before one that failed are committed.
    handOver(bells);
  }
  Object.assign(services.noted, { ...shared(writes), accepted, refused: refused.length });
  return { accepted, refused };
}

/** What all reports of a batch are about. */
function shared(writes: readonly PreparedWrite[]): Noted {
  const [first, ...others] = writes;
  if (first === undefined) return {};
  const { workspaceId, messageId, spooled } = first;
  const isOne = others.every((other) => other.spooled.sessionId === spooled.sessionId);
  return {
    ...(isOne && { workspaceId, sessionId: spooled.sessionId }),
    ...(others.length === 0 && messageId !== null && { messageId }),
  };
}

async function writeGroup(
  services: Services,
  group: readonly PreparedWrite[],
): Promise<{ outcomes: Outcome[]; unwritable: PreparedWrite[] }> {
  try {
    return { outcomes: await writeTogether(services, group), unwritable: [] };
  } catch (error) {
    const cause = dataErrorOf(error);
    if (cause === null) throw error;
    const [only] = group;
    if (group.length === 1 && only !== undefined) {
      const { spooled, report } = only;
      const { sessionId } = spooled;
      services.log({ event: 'report_unwritable', sessionId, kind: report.kind, cause });
      return { outcomes: [], unwritable: [only] };
    }
  }
  // One report that the database rejects must not hold up the others, nor come back for ever.
  const outcomes: Outcome[] = [];
  const unwritable: PreparedWrite[] = [];
  for (const write of group) {
    const single = await writeGroup(services, [write]);
    outcomes.push(...single.outcomes);
    unwritable.push(...single.unwritable);
  }
  return { outcomes, unwritable };
}

async function writeTogether(
  services: Services,
  group: readonly PreparedWrite[],
): Promise<Outcome[]> {
  const { db, subjects, now } = services;
  const twins = await findNumberTwins(services, group);
  const workspaceIds = [
    ...new Set([
      ...group.map((write) => write.workspaceId),
      ...twins.flatMap(({ sessions }) => sessions.map(({ workspaceId }) => workspaceId)),
    ]),
  ];
  const sessionIds = [...new Set(group.map((write) => write.spooled.sessionId))];
  const startedAt = now();
  const quiet = sessionIds.filter((id) => subjects.activeAt(id) < startedAt - ACTIVE_EVERY_MS);
  const activity = quiet.length === 0 ? [] : [db.execute(noteActive(quiet))];
  const parts = inStatements(group);
  const statements: BatchItem<'pg'>[] = parts.map(({ statement }) => db.execute(statement));
  const [, ...results] = await db.batch([
    db.execute(lockWorkspaces(workspaceIds)),
    ...statements,
    ...activity,
    ...twins.map((pair) => db.execute(numberTwinsStatement(pair))),
  ]);
  const resultAt = (index: number) =>
    WriteResult.parse((results[index] as { rows: unknown[] }).rows[0]);
  for (const id of quiet) subjects.rememberActive(id, startedAt);
  const told = new Map<PreparedWrite, NewBell[]>(
    twins.map((pair: NumberTwins, index) => [
      pair.write,
      resultAt(parts.length + activity.length + index).bells,
    ]),
  );
  return parts.flatMap(({ writes }, part) => {
    const { accepted, bells, taken } = resultAt(part);
    return writes.map((write, index) => ({
      write,
      accepted: taken === undefined ? accepted > 0 : taken.includes(index),
      bells: [...(index === 0 ? bells : []), ...(told.get(write) ?? [])],
    }));
  });
}

/** Another isolate may have noted it a moment ago. */
const noteActive = (sessionIds: readonly string[]): SQL =>
  sql`update sessions set last_active_at = now()
    where id = any(${sql.param(sessionIds)}::text[])
      and (last_active_at is null or last_active_at < now() - interval '1 minute')`;

function reasonFor({ report }: PreparedWrite): string {
  return report.kind.startsWith('session.') ? 'stale_epoch' : 'unknown_session';
}

function refusal({ bootId, spoolSeq }: Omit<SpooledReport, 'report'>, reason: string): Refused {
  return { bootId, spoolSeq, reason };
}
