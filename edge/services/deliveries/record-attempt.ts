import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import { Moment } from '../../db/moment.ts';
import type { AttemptVerdict } from '../../webhooks/judge-attempt.ts';
import { PATIENCE } from '../../webhooks/patience.ts';

const Row = z.object({ next_attempt_at: Moment });

/**
 * Writes down how an attempt went and what comes next, in one statement. When another worker has recorded this attempt
 * meanwhile, nothing is changed. The endpoint is switched off if it asked for that, and what it gets of time follows from how
 * many attempts had no answer.
 * @returns when the next attempt is due; null when there is none
 */
export async function recordAttempt(
  { db }: Pick<Services, 'db'>,
  input: {
    deliveryId: string;
    attemptNo: number;
    startedAt: Date;
    /** That the receiver had. */
    timeoutMs: number;
    verdict: AttemptVerdict;
  },
): Promise<Date | null> {
  const { deliveryId, attemptNo, startedAt, timeoutMs, verdict } = input;
  const { timedOut, disableReason } = verdict;
  const delivered = verdict.status === 'delivered';
  const { rows } = await db.execute(sql`
    with moved as (
      update deliveries set
        attempt_no = ${attemptNo}::int, status = ${verdict.status}, claimed_until = null,
        next_attempt_at = now() + make_interval(secs => ${(verdict.delayMs ?? 0) / 1_000}::float8),
        last_status_code = ${verdict.statusCode}::int, last_error = ${verdict.error},
        finished_at = case when ${verdict.status} = 'pending' then null else now() end
      where id = ${deliveryId} and status = 'pending' and attempt_no = ${attemptNo}::int - 1
      returning id, endpoint_id, next_attempt_at
    ),
    recorded as (
      insert into attempts (delivery_id, attempt_no, started_at, duration_ms, status_code, error, response_excerpt)
      select moved.id, ${attemptNo}::int, ${startedAt.toISOString()}::timestamptz, ${verdict.durationMs}::int,
        ${verdict.statusCode}::int, ${verdict.error}, ${verdict.responseExcerpt}
      from moved
      on conflict (delivery_id, attempt_no) do nothing
    ),
    noted as (
      update webhook_endpoints endpoint set
        is_active = endpoint.is_active and ${disableReason}::text is null,
        disabled_reason = coalesce(${disableReason}, endpoint.disabled_reason),
        updated_at = case when ${disableReason}::text is null then endpoint.updated_at else now() end,
        timeouts = case when ${delivered}::boolean then 0 else endpoint.timeouts + ${timedOut ? 1 : 0}::int end,
        full_time_again_at = case
          when ${delivered}::boolean then null
          when ${timedOut && timeoutMs === PATIENCE.fullMs}::boolean
            then now() + make_interval(secs => ${PATIENCE.fullAgainSeconds}::int)
          else endpoint.full_time_again_at end
      from moved
      where endpoint.id = moved.endpoint_id
        and (${timedOut || disableReason !== null}::boolean or (${delivered}::boolean and endpoint.timeouts > 0))
    )
    select next_attempt_at from moved`);
  const [row] = z.array(Row).parse(rows);
  return row === undefined || verdict.status !== 'pending' ? null : row.next_attempt_at;
}
