import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import { Moment } from '../../db/moment.ts';
import type { AttemptVerdict } from '../../webhooks/judge-attempt.ts';
import { latencyClass } from '../../webhooks/latency-class.ts';
import { GIVE_UP_AFTER, PATIENCE } from '../../webhooks/patience.ts';
import type { Claimed } from './claim-due.ts';

export type Outcome = {
  id: string;
  attemptNo: number;
  startedAt: Date;
  /** As they may be shown. */
  requestHeaders: Record<string, string>;
  verdict: AttemptVerdict;
};

const Row = z.object({ next: z.array(Moment), rung: z.boolean().nullable() });

/**
 * Writes down how attempts at an endpoint went and what comes next, in one statement. What another worker has recorded
 * meanwhile is left as it is. The endpoint is locked first, as its deletion does it. It is switched off if it asked for
 * that or has failed for days, and the time that it gets follows from how many attempts had no answer.
 * @param last gives the call's slot back
 * @returns when the next attempts are due, and whether a call found no slot meanwhile (known with `last` only)
 */
export async function recordBatch(
  { db, contentSeal }: Pick<Services, 'db' | 'contentSeal'>,
  input: { claim: Claimed; outcomes: readonly Outcome[]; last: boolean },
): Promise<{ next: Date[]; rung: boolean }> {
  const { claim, outcomes, last } = input;
  const verdicts = outcomes.map(({ verdict }) => verdict);
  const disableReason = verdicts.find((one) => one.disableReason !== null)?.disableReason ?? null;
  const delivered = verdicts.some(({ status }) => status === 'delivered');
  const timeouts = verdicts.filter(({ timedOut }) => timedOut).length;
  const failures = verdicts.filter(({ receiverFailed }) => receiverFailed).length;
  const given = outcomes.map(({ id, attemptNo, startedAt, requestHeaders, verdict }) => ({
    id,
    attempt_no: attemptNo,
    started_at: startedAt.toISOString(),
    duration_ms: verdict.durationMs,
    request_headers: requestHeaders,
    status: verdict.status,
    delay_s: (verdict.delayMs ?? 0) / 1_000,
    status_code: verdict.statusCode,
    error: verdict.error,
    latency_class: isReceivers(verdict) ? latencyClass(verdict.durationMs) : null,
    // It may repeat what it was sent.
    excerpt: contentSeal.seal(claim.workspaceId, verdict.responseExcerpt),
  }));
  const { rows } = await db.execute(sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as one(
        id text, attempt_no int, started_at timestamptz, duration_ms int, status text, delay_s float8,
        status_code int, error text, excerpt text, latency_class int, request_headers jsonb
      )
    ),
    before as (
      select e.id, e.rung, case
          when ${disableReason}::text is not null then ${disableReason}::text
          when ${failures > 0 && !delivered}::boolean and e.failures + ${failures}::int >= ${GIVE_UP_AFTER.failures}::int
            and e.failing_since < now() - make_interval(days => ${GIVE_UP_AFTER.days}::int)
            then ${`no attempt has succeeded for ${GIVE_UP_AFTER.days} days`}
        end as ends
      from webhook_endpoints e where e.id = ${claim.endpointId}
      for no key update
    ),
    moved as (
      update deliveries d set
        attempt_no = given.attempt_no, status = given.status, claimed_until = null, claims = 0,
        next_attempt_at = now() + make_interval(secs => given.delay_s),
        last_status_code = given.status_code, last_error = given.error,
        finished_at = case when given.status = 'pending' then null else now() end
      from given
      where d.id = given.id and d.status = 'pending' and d.attempt_no = given.attempt_no - 1
        and (select count(*) from before) >= 0
      returning given.*, d.next_attempt_at
    ),
    recorded as (
      insert into attempts (delivery_id, attempt_no, started_at, duration_ms, status_code, error, response_excerpt,
        request_headers)
      select id, attempt_no, started_at, duration_ms, status_code, error, excerpt, request_headers from moved
      on conflict (delivery_id, attempt_no) do nothing
    ),
    measured as (
      insert into webhook_health (endpoint_id, hour, latency_class, succeeded, failed)
      select ${claim.endpointId}, date_trunc('hour', now()), latency_class,
        count(*) filter (where status = 'delivered'), count(*) filter (where status <> 'delivered')
      from moved where latency_class is not null
      group by latency_class order by latency_class
      on conflict (endpoint_id, hour, latency_class) do update set
        succeeded = webhook_health.succeeded + excluded.succeeded, failed = webhook_health.failed + excluded.failed
    ),
    noted as (
      update webhook_endpoints e set
        slots = case when ${last}::boolean then e.slots - ${claim.slot}::text else e.slots end,
        rung = e.rung and not ${last}::boolean,
        is_active = e.is_active and before.ends is null,
        disabled_reason = case when e.is_active then before.ends else e.disabled_reason end,
        disabled_at = case when e.is_active and before.ends is not null then now() else e.disabled_at end,
        unannounced = e.unannounced or (e.is_active and before.ends is not null),
        updated_at = case when before.ends is null then e.updated_at else now() end,
        failures = case when ${delivered}::boolean then 0 else e.failures + ${failures}::int end,
        failing_since = case
          when ${delivered}::boolean then null
          when ${failures > 0}::boolean then coalesce(e.failing_since, now())
          else e.failing_since end,
        timeouts = case when ${delivered}::boolean then 0 else e.timeouts + ${timeouts}::int end,
        full_time_again_at = case
          when ${delivered}::boolean then null
          when ${timeouts > 0 && claim.timeoutMs === PATIENCE.fullMs}::boolean
            then now() + make_interval(secs => ${PATIENCE.fullAgainSeconds}::int)
          else e.full_time_again_at end
      from before where e.id = before.id
    )
    select
      coalesce((select jsonb_agg(distinct next_attempt_at) from moved where status = 'pending'), '[]'::jsonb) as next,
      (select rung from before) as rung`);
  const { next, rung } = Row.parse(rows[0]);
  return { next, rung: last && rung === true };
}

/** Whether the receiver made it what it is: not one that we refused to make. */
const isReceivers = ({ status, receiverFailed }: AttemptVerdict): boolean =>
  status === 'delivered' || receiverFailed;
