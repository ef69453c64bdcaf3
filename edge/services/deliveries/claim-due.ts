import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { EventRow } from '../../events/public-event.ts';
import { PATIENCE } from '../../webhooks/patience.ts';

/** Deliveries that one call sends at most: Cloudflare lets a request call 32 Workers, and each goes out through one. */
export const BATCH = 20;
/** Calls that may be delivering to an endpoint at once. In order there is one. */
const SLOTS = 4;
/** How long a claim lasts: the exchange's time limit, and time to record how it went. */
const CLAIM_SECONDS = 40;
/** QStash's clock may be ahead of the database's by this much. */
const EARLY_SECONDS = 2;
/** A delivery over which so many workers were lost is given up. */
const MOST_CLAIMS = 10;

/** What a source system's events say beyond ours. */
const CompatFacts = z.object({
  session: z
    .object({
      name: z.string(),
      phoneNumber: z.string().nullable(),
      displayName: z.string().nullable(),
      metadata: z.record(z.string(), z.string()).nullable(),
    })
    .nullable(),
  /** The message that the event is about; what it says is sealed. */
  about: z
    .object({
      direction: z.enum(['inbound', 'outbound']),
      type: z.string(),
      chatId: z.string(),
      fromId: z.string().nullable(),
      fromLid: z.string().nullable(),
      wireId: z.string().nullable(),
      quotedWireId: z.string().nullable(),
      writtenOn: z.string().nullable(),
      at: z.string(),
      content: z.record(z.string(), z.unknown()).nullable(),
      isFirst: z.boolean(),
    })
    .nullable(),
});

const Due = z.object({
  id: z.string(),
  attemptNo: Count,
  /** Of its retry schedule, from 1: attempts before a redelivery do not count. */
  attemptOfSchedule: Count,
  eventName: z.string(),
  event: EventRow,
  /** Of the message that the event is about. */
  trace: z.string().nullable(),
  /** For an endpoint in a source system's shape. */
  compat: CompatFacts.nullable(),
});

/** All that a batch of attempts needs, read by the statement that claims it. */
const Claimed = z.object({
  endpointId: z.string(),
  workspaceId: z.string(),
  /** Names the slot that this call holds of the endpoint; given back with the last record. */
  slot: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Live secrets, the current one first; sealed, as the values of `headers` are. */
  secrets: z.array(z.string()),
  fifo: z.boolean(),
  /** Codes that link a phone are for this endpoint, too. */
  includeCodes: z.boolean(),
  /** Seconds before each retry. */
  retryDelays: z.array(Count),
  /** How long the receiver has for a complete answer. */
  timeoutMs: Count,
  /** The shape that its events are in; null: ours. */
  compat: z
    .object({
      system: z.enum(['waha', 'evolution']),
      events: z.array(z.string()),
      isSigned: z.boolean(),
      byEvents: z.boolean().default(false),
      base64: z.boolean().default(false),
    })
    .nullable(),
  due: z.array(Due),
});
export type Claimed = z.infer<typeof Claimed>;

const Row = z.object({
  early_by: z.coerce.number(),
  suspended: z.boolean(),
  wanted: z.boolean(),
  found: Count,
  given_up: Count,
  claim: Claimed.nullable(),
});

type ClaimInput = { endpointId: string; notBefore: Date | null; atMost: number };

export type ClaimResult =
  /** `more`: there was more than was taken. */
  | { kind: 'claimed'; claim: Claimed; more: boolean }
  /** Nothing can be sent now, and who can send later knows. */
  | { kind: 'nothing'; why: 'gone' | 'suspended' | 'switched_off' | 'none_due' | 'busy' }
  /** Only deliveries over which too many workers were lost were found, and ended; there may be others. */
  | { kind: 'givenUp'; count: number }
  | { kind: 'early'; retryAfterSeconds: number };

/**
 * Takes what is due of an endpoint, `atMost` deliveries of it, on the database's clock: of any number of callers one gets
 * each. A FIFO endpoint gives its lowest unfinished one only. A call takes one of the endpoint's slots; when none is free it
 * takes nothing and leaves word (`rung`). The endpoint is locked first,
 * as its deletion does it, or the two could deadlock. What a lost worker had claimed comes in ever smaller batches, in the end alone.
 */
export async function claimDue(
  { db }: Pick<Services, 'db'>,
  input: ClaimInput,
): Promise<ClaimResult> {
  const { rows } = await db.execute(claimStatement(input));
  const [row] = z.array(Row).parse(rows);
  if (row === undefined) return { kind: 'nothing', why: 'gone' };
  if (row.early_by > EARLY_SECONDS)
    return { kind: 'early', retryAfterSeconds: Math.ceil(row.early_by) };
  if (row.suspended) return { kind: 'nothing', why: 'suspended' };
  if (!row.wanted) return { kind: 'nothing', why: 'switched_off' };
  const { claim, found, given_up: givenUp } = row;
  if (claim !== null)
    return { kind: 'claimed', claim, more: found > claim.due.length || found === input.atMost };
  if (givenUp > 0) return { kind: 'givenUp', count: givenUp };
  return { kind: 'nothing', why: found === 0 ? 'none_due' : 'busy' };
}

const free = sql`d.status = 'pending' and d.next_attempt_at <= now() + make_interval(secs => ${EARLY_SECONDS}::int)
  and (d.claimed_until is null or d.claimed_until < now())`;

/** The statement of `claimDue`. */
export function claimStatement(input: ClaimInput): SQL {
  const notBefore = input.notBefore?.toISOString() ?? null;
  const slot = crypto.randomUUID();
  return sql`
    with context as (
      select e.id, not w.is_active as suspended, e.is_active as wanted,
        coalesce(extract(epoch from ${notBefore}::timestamptz - now()), 0)::float8 as early_by
      from webhook_endpoints e join workspaces w on w.id = e.workspace_id
      where e.id = ${input.endpointId}
    ),
    open as (
      select e.id, e.fifo from webhook_endpoints e
      where e.is_active and e.id in (select id from context where not suspended and early_by <= ${EARLY_SECONDS}::int)
        and exists (select 1 from deliveries d where d.endpoint_id = e.id and ${free})
      for no key update of e
    ),
    any_order as (
      select d.id, d.claims, d.next_attempt_at, d.event_seq
      from open join deliveries d on d.endpoint_id = open.id
      where not open.fifo and ${free}
      order by d.next_attempt_at, d.event_seq limit ${input.atMost}::int
      for update of d skip locked
    ),
    in_order as (
      select d.id, d.claims, d.next_attempt_at, d.event_seq
      from deliveries d
      where ${free} and d.id = (
        select first.id from open
        join deliveries first on first.endpoint_id = open.id and first.status = 'pending'
        where open.fifo order by first.event_seq limit 1
      )
      for update of d skip locked
    ),
    found as (
      select *, min(claims) over () as least,
        row_number() over (order by claims, next_attempt_at, event_seq) as place
      from (select * from any_order union all select * from in_order) both_orders
    ),
    picked as (
      select id, claims from found
      where claims = least and place <= case
        when least = 0 or least >= ${MOST_CLAIMS}::int then ${BATCH}::int when least = 1 then 4 else 1 end
    ),
    slot as (
      update webhook_endpoints e set
        slots = ${live} || case when ${isFull} then '{}'::jsonb
          else jsonb_build_object(${slot}::text, ${until}) end,
        rung = e.rung or ${isFull}
      from open
      where e.id = open.id and exists (select 1 from picked where claims < ${MOST_CLAIMS}::int)
      returning e.*, jsonb_exists(e.slots, ${slot}) as taken
    ),
    taken as (
      update deliveries d set
        status = case when ${isLost} then 'failed' else 'pending' end,
        last_error = case when ${isLost} then 'given up: each worker that sent it was lost' else d.last_error end,
        finished_at = case when ${isLost} then now() end,
        claimed_until = ${until}, claims = d.claims + 1
      from picked left join slot on true
      where d.id = picked.id and (${isLost} or slot.taken)
      returning d.id, d.status, d.attempt_no, d.attempts_before, d.event_name, d.workspace_id, d.event_seq
    )
    select context.early_by, context.suspended, context.wanted,
      (select count(*) from found)::int as found,
      (select count(*) from taken where status = 'failed')::int as given_up,
      (select jsonb_build_object(
          'endpointId', slot.id, 'workspaceId', slot.workspace_id, 'slot', ${slot}::text,
          'url', slot.url, 'headers', slot.headers, 'fifo', slot.fifo,
          'includeCodes', slot.include_codes, 'retryDelays', slot.retry_delays, 'compat', slot.compat,
          'timeoutMs', case
            when slot.timeouts < ${PATIENCE.timeouts}::int or slot.full_time_again_at <= now()
              then ${PATIENCE.fullMs}::int
            else ${PATIENCE.shortMs}::int end,
          'secrets', case when slot.previous_secret is not null and slot.previous_secret_until > now()
            then jsonb_build_array(slot.secret, slot.previous_secret)
            else jsonb_build_array(slot.secret) end,
          'due', jsonb_agg(jsonb_build_object(
            'id', taken.id, 'attemptNo', taken.attempt_no + 1,
            'attemptOfSchedule', taken.attempt_no - taken.attempts_before + 1, 'eventName', taken.event_name, 'trace', event.trace,
            'event', jsonb_build_object('id', event.id, 'seq', event.seq, 'sessionId', event.session_id,
              'type', event.type, 'occurredAt', event.occurred_at, 'data', event.data,
              'contentExpiredAt', event.content_expired_at),
            'compat', case when slot.compat is not null then ${compatFacts} end
          ) order by taken.event_seq)
        )
        from slot join taken on taken.status = 'pending'
        join events event on event.workspace_id = taken.workspace_id and event.seq = taken.event_seq
        where slot.taken
        group by slot.id, slot.workspace_id, slot.url, slot.headers, slot.fifo, slot.include_codes, slot.retry_delays,
          slot.timeouts, slot.full_time_again_at, slot.previous_secret, slot.previous_secret_until, slot.secret, slot.compat
      ) as claim
    from context`;
}

/** Of `event`, an event of `taken`'s workspace. */
const compatFacts = sql`jsonb_build_object(
  'session', (select jsonb_build_object('name', s.name, 'phoneNumber', s.phone_number, 'displayName', s.display_name,
      'metadata', s.compat->'metadata')
    from sessions s where s.workspace_id = event.workspace_id and s.id = event.session_id),
  'about', (select jsonb_build_object('direction', m.direction, 'type', m.type, 'chatId', m.chat_id, 'fromId', m.from_id,
      'fromLid', m.from_lid, 'wireId', m.wire_id, 'quotedWireId', m.quoted_wire_id, 'writtenOn', m.written_on,
      'at', coalesce(m.sent_at, m.created_at), 'content', m.content,
      'isFirst', slot.compat->>'system' = 'evolution' and not exists (select 1 from messages earlier
        where earlier.session_id = m.session_id and earlier.chat_id = m.chat_id and earlier.id < m.id))
    from messages m where m.workspace_id = event.workspace_id and m.id = event.data->>'messageId'))`;

/** Of the endpoint row `e`: its slots that no lost worker holds, by name, and whether they are all it has. */
const live = sql`coalesce((select jsonb_object_agg(held.key, held.value) from jsonb_each_text(e.slots) held
  where held.value::timestamptz > now()), '{}'::jsonb)`;
const isFull = sql`((select count(*) from jsonb_object_keys(${live})) >= case when e.fifo then 1 else ${SLOTS}::int end)`;
const until = sql`(now() + make_interval(secs => ${CLAIM_SECONDS}::int))`;
const isLost = sql`picked.claims >= ${MOST_CLAIMS}::int`;
