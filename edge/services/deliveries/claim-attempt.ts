import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { EventRow } from '../../events/public-event.ts';
import { PATIENCE } from '../../webhooks/patience.ts';

/** How long a worker has for one attempt: the exchange's time limit, and time to write down how it went. */
const CLAIM_SECONDS = 40;

/** QStash's clock may be ahead of the database's by this much. */
const EARLY_SECONDS = 2;

/** All that an attempt needs, read by the statement that claims it. */
const Claimed = z.object({
  workspaceId: z.string(),
  event: EventRow,
  eventName: z.string(),
  /** Codes that link a phone are for this endpoint, too. */
  includeCodes: z.boolean(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Live secrets, the current one first. */
  secrets: z.array(z.string()),
  fifo: z.boolean(),
  maxAttempts: Count,
  /** How long the receiver has for a complete answer. */
  timeoutMs: Count,
});
export type Claimed = z.infer<typeof Claimed>;

const Row = z.object({
  outcome: z.enum(['claimed', 'cancelled', 'lost']),
  status: z.string(),
  attempt_no: Count,
  /** Seconds until it is due; negative once it is. */
  due_in: z.coerce.number(),
  blocked: z.boolean(),
  suspended: z.boolean(),
  claim: Claimed.nullable(),
});

export type ClaimResult =
  | { kind: 'claimed'; claim: Claimed }
  /** Nothing is left to do for this attempt; the sweeper calls again for one that a suspension held up. */
  | { kind: 'settled'; why: 'gone' | 'finished' | 'recorded' | 'cancelled' | 'suspended' }
  /** A FIFO endpoint has an earlier delivery unfinished; whoever finishes that calls for this one. */
  | { kind: 'waiting' }
  | { kind: 'early'; retryAfterSeconds: number }
  /** Another worker is on it. */
  | { kind: 'busy' };

/**
 * Takes attempt `attemptNo` of a delivery, on the database's clock: of any number of callers one gets it. A delivery whose
 * endpoint is switched off is cancelled in the same statement; that of a suspended workspace stays as it is.
 */
export async function claimAttempt(
  { db }: Pick<Services, 'db'>,
  input: { deliveryId: string; attemptNo: number },
): Promise<ClaimResult> {
  const { deliveryId, attemptNo } = input;
  const { rows } = await db.execute(sql`
    with context as (
      select delivery.id, delivery.status, delivery.attempt_no, delivery.next_attempt_at, endpoint.fifo,
        endpoint.is_active as wanted, not workspace.is_active as suspended,
        endpoint.fifo and exists (
          select 1 from deliveries earlier
          where earlier.endpoint_id = delivery.endpoint_id and earlier.status = 'pending'
            and earlier.event_seq < delivery.event_seq
        ) as blocked
      from deliveries delivery
      join webhook_endpoints endpoint on endpoint.id = delivery.endpoint_id
      join workspaces workspace on workspace.id = delivery.workspace_id
      where delivery.id = ${deliveryId}
    ),
    taken as (
      update deliveries delivery set
        status = case when context.wanted then 'pending' else 'cancelled' end,
        last_error = case when context.wanted then delivery.last_error else 'the endpoint is switched off' end,
        finished_at = case when context.wanted then null else now() end,
        claimed_until = case when context.wanted then now() + make_interval(secs => ${CLAIM_SECONDS}::int) end
      from context
      where delivery.id = context.id and delivery.status = 'pending' and not context.blocked
        and not context.suspended
        and delivery.attempt_no = ${attemptNo}::int - 1
        and delivery.next_attempt_at <= now() + make_interval(secs => ${EARLY_SECONDS}::int)
        and (delivery.claimed_until is null or delivery.claimed_until < now())
      returning delivery.id, delivery.status, delivery.endpoint_id, delivery.workspace_id, delivery.event_seq,
        delivery.event_name
    )
    select
      case when taken.id is null then 'lost' when taken.status = 'pending' then 'claimed' else 'cancelled' end as outcome,
      context.status, context.attempt_no, context.blocked, context.suspended,
      extract(epoch from context.next_attempt_at - now())::float8 as due_in,
      case when taken.status = 'pending' then jsonb_build_object(
        'event', jsonb_build_object('id', event.id, 'seq', event.seq, 'sessionId', event.session_id,
          'type', event.type, 'occurredAt', event.occurred_at, 'data', event.data),
        'workspaceId', taken.workspace_id, 'eventName', taken.event_name, 'includeCodes', endpoint.include_codes, 'url', endpoint.url, 'headers', endpoint.headers, 'fifo', endpoint.fifo,
        'maxAttempts', endpoint.max_attempts,
        'timeoutMs', case
          when endpoint.timeouts < ${PATIENCE.timeouts}::int or endpoint.full_time_again_at <= now()
            then ${PATIENCE.fullMs}::int
          else ${PATIENCE.shortMs}::int end,
        'secrets', case when endpoint.previous_secret is not null and endpoint.previous_secret_until > now()
          then jsonb_build_array(endpoint.secret, endpoint.previous_secret)
          else jsonb_build_array(endpoint.secret) end
      ) end as claim
    from context
    left join taken on true
    left join webhook_endpoints endpoint on endpoint.id = taken.endpoint_id
    left join events event on event.workspace_id = taken.workspace_id and event.seq = taken.event_seq`);
  const [row] = z.array(Row).parse(rows);
  if (row === undefined) return { kind: 'settled', why: 'gone' };
  if (row.outcome === 'cancelled') return { kind: 'settled', why: 'cancelled' };
  if (row.claim !== null) return { kind: 'claimed', claim: row.claim };
  if (row.status !== 'pending') return { kind: 'settled', why: 'finished' };
  if (row.attempt_no >= attemptNo) return { kind: 'settled', why: 'recorded' };
  if (row.suspended) return { kind: 'settled', why: 'suspended' };
  if (row.blocked) return { kind: 'waiting' };
  if (row.due_in > EARLY_SECONDS)
    return { kind: 'early', retryAfterSeconds: Math.ceil(row.due_in) };
  return { kind: 'busy' };
}
