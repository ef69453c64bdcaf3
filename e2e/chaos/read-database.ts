import { z } from 'zod';
import { queryDatabase } from '../testing/database.ts';
import type { Deployment } from '../testing/deployment.ts';
import type { MessageRow, Owner } from './history.ts';
import type { ChaosSession } from './traffic.ts';

const MessageRowShape = z.object({ id: z.string(), sessionId: z.string(), status: z.string() });
/** The driver's text for a number that may be large. */
const Ms = z.coerce.number();
const OwnerShape = z.object({
  sessionId: z.string(),
  epoch: z.coerce.number(),
  runnerId: z.string(),
  cause: z.string(),
  from: Ms,
  to: Ms.nullable(),
  began: z.stringbool({ truthy: ['t'], falsy: ['f'] }),
});

const idsOf = (sessions: readonly ChaosSession[]): string => sessions.map(({ id }) => id).join(',');

/** The outbound rows of these sessions, past the API. */
export const readRows = (
  deployment: Deployment,
  sessions: readonly ChaosSession[],
): Promise<MessageRow[]> =>
  queryDatabase(
    deployment,
    MessageRowShape,
    `select id, session_id as "sessionId", status from messages
     where direction = 'outbound' and session_id = any(string_to_array($1, ',')) order by id`,
    [idsOf(sessions)],
  );

/**
 * Every owner that these sessions had, as the edge wrote it down in the statement that made it one. One that reported no
 * state never began: it was shutting down when its assignment came.
 */
export const readOwners = (
  deployment: Deployment,
  sessions: readonly ChaosSession[],
): Promise<(Owner & { began: boolean })[]> =>
  queryDatabase(
    deployment,
    OwnerShape,
    `select session_id as "sessionId", epoch, runner_id as "runnerId", cause,
       extract(epoch from at) * 1000 as "from", extract(epoch from ended_at) * 1000 as "to",
       exists (select from session_log l where l.session_id = h.session_id and l.epoch = h.epoch) as "began"
     from lease_history h where session_id = any(string_to_array($1, ',')) order by id`,
    [idsOf(sessions)],
  );
