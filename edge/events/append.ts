import { is, SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { type EventData, EVENTS, type EventType } from '../../shared/catalogue/events/index.ts';
import { LIMITS, shown } from '../../shared/catalogue/limits.ts';
import type { Seal } from '../values/content-seal.ts';
import { newId } from '../../shared/ids.ts';
import { subscribedNameSql } from './subscribed-name.ts';
import { TracedEvent } from './trace-event.ts';

const PENDING = LIMITS.pendingDeliveries;
const DROPPED = `not attempted: the endpoint already had ${shown(PENDING.limit)} pending deliveries`;

/** A value of a payload: itself, an expression that makes it, or, of an object, either for each of its keys. */
type Given<Value> =
  | SQL
  | Value
  | (Value extends readonly unknown[] ? never : Value extends object ? Payload<Value> : never);
type Payload<Data> = { [Key in keyof Data]: Given<Data[Key]> };

/** What states one event for each row of `from`. All but `data` are expressions over those rows. */
type Fact<Type extends EventType> = {
  from: SQL;
  id: SQL;
  workspaceId: SQL;
  /** Null for an event of no session. */
  sessionId: SQL | null;
  /** `now()` by default. */
  occurredAt?: SQL;
  /** Order among the events of the statement. */
  ord?: SQL;
  /** Whether an owner that no longer was reported it. */
  late?: SQL;
  /** What `messages.trace` has, of an event about the progress of one of ours. */
  trace?: SQL;
  /** Seals the workspace's content; needed where the payload has some. */
  seal?: Seal;
  data: Payload<EventData<Type>>;
};

/** Events of one type, with the payload that their row of the catalogue asks for. The only place that makes an event. */
export function fact<Type extends EventType>(type: Type, given: Fact<Type>): SQL {
  return sql`select ${given.ord ?? sql`1`}::bigint as ord, ${given.id}::text as id,
    ${given.workspaceId}::text as workspace_id, ${given.sessionId ?? sql`null`}::text as session_id,
    ${type}::text as type, ${jsonOf(sealed({ type, data: given.data, seal: given.seal }))} as data,
    ${given.occurredAt ?? sql`now()`}::timestamptz as occurred_at, ${given.late ?? sql`false`}::boolean as late,
    ${given.trace ?? sql`null`}::text as trace
    from ${given.from}`;
}

/** The payload with its content and its credential sealed. */
function sealed({ type, data, seal }: { type: EventType; data: object; seal: Seal | undefined }) {
  const { content, credential } = EVENTS[type];
  const secret = new Set<string>(credential === null ? content : [...content, credential]);
  const words = Object.fromEntries(Object.entries(data).filter(([field]) => secret.has(field)));
  if (seal !== undefined) return { ...data, ...seal(words) };
  // A file has no words.
  if (Object.keys(words).some((field) => field !== 'media'))
    throw new Error(`the content of ${type} is to be sealed`);
  return data;
}

/** The jsonb of a payload: its constants as one parameter, its expressions built around them. */
function jsonOf(payload: object): SQL {
  const parts: SQL[] = [];
  const constants: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(payload)) {
    if (is(value, SQL)) parts.push(sql`${key}::text, ${value}`);
    else if (hasSql(value)) parts.push(sql`${key}::text, ${jsonOf(value)}`);
    else constants[key] = value;
  }
  const constant = sql`${JSON.stringify(constants)}::jsonb`;
  return parts.length === 0
    ? constant
    : sql`${constant} || jsonb_build_object(${sql.join(parts, sql`, `)})`;
}

const hasSql = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).some((each) => is(each, SQL) || hasSql(each));

const NAME = subscribedNameSql(sql`endpoint.event_types`, sql`event.type`);
/** Of the rows `endpoint` and `event`: the name under which it gets it, and whether it does. */
export const SUBSCRIBED = {
  name: NAME,
  wanted: sql`endpoint.is_active
    and (endpoint.session_ids is null or event.session_id = any(endpoint.session_ids))
    and (endpoint.mode = 'live' or exists (
      select 1 from sessions source where source.id = event.session_id and source.mode = 'sandbox'
    ))
    and ${NAME} is not null`,
};

/**
 * CTEs that write facts as events, and one delivery for each endpoint that asked for one (or for `onlyEndpointId` alone),
 * in the statement that writes what they state. Leave `event(workspace_id, seq, id, session_id, type)` and
 * `delivery(id, workspace_id, endpoint_id, status)`; the names of the others begin with `append_`.
 *
 * An endpoint with too many pending deliveries gets one that has failed already: it stands in the log, and is not attempted.
 *
 * A fact whose id is already an event makes none. `workspaces.event_seq` is raised by UPDATE, whose row lock lasts until
 * commit: seq order is commit order, so that a reader who has seen N will not find a lower number later.
 * A statement that changes a session or message, or may state a fact at the same time as another, goes into a batch behind
 * `lockWorkspaces`: the reports of runners lock in that order, so that another order can deadlock with them.
 */
export function append(facts: readonly SQL[], now: number, onlyEndpointId?: string): SQL {
  const { name, wanted } = SUBSCRIBED;
  return sql`
    append_fact as (${sql.join([...facts], sql` union all `)}),
    append_fresh as (
      select given.*, row_number() over (partition by given.workspace_id order by given.ord) as place
      from append_fact given
      where not exists (select 1 from events known where known.id = given.id)
    ),
    append_numbered as (
      update workspaces
      set event_seq = workspaces.event_seq + many.number
      from (select workspace_id, count(*) as number from append_fresh group by workspace_id) many
      where workspaces.id = many.workspace_id
      returning workspaces.id as workspace_id, workspaces.event_seq - many.number as before,
        workspaces.realtime_until > now() as is_watched
    ),
    event as (
      insert into events (workspace_id, seq, id, session_id, type, data, occurred_at, late, trace)
      select fresh.workspace_id, numbered.before + fresh.place, fresh.id, fresh.session_id, fresh.type,
        fresh.data, fresh.occurred_at, fresh.late, fresh.trace
      from append_fresh fresh join append_numbered numbered on numbered.workspace_id = fresh.workspace_id
      returning workspace_id, seq, id, session_id, type, case when trace is not null then jsonb_build_object(
        'trace', trace, 'workspaceId', workspace_id, 'sessionId', session_id, 'eventId', id, 'type', type,
        'messageId', data ->> 'messageId', 'wireId', data ->> 'wireId',
        'occurredAt', extract(epoch from occurred_at) * 1000) end as traced
    ),
    append_crowded as materialized (
      select endpoint.id from webhook_endpoints endpoint
      where endpoint.workspace_id in (select workspace_id from event) and endpoint.is_active and exists (
        select 1 from deliveries waiting
        where waiting.endpoint_id = endpoint.id and waiting.status = 'pending'
        offset ${PENDING.limit - 1}::int
      )
    ),
    delivery as (
      insert into deliveries (id, workspace_id, endpoint_id, event_seq, event_name, status, last_error, finished_at)
      select
        ${deliveryIdSql(now, sql`event.id`, sql`endpoint.id`)},
        event.workspace_id, endpoint.id, event.seq, ${onlyEndpointId === undefined ? name : sql`event.type`},
        case when crowded.id is null then 'pending' else 'failed' end,
        case when crowded.id is not null then ${DROPPED} end,
        case when crowded.id is not null then now() end
      from event
      join webhook_endpoints endpoint on endpoint.workspace_id = event.workspace_id
      left join append_crowded crowded on crowded.id = endpoint.id
      where ${onlyEndpointId === undefined ? wanted : sql`endpoint.id = ${onlyEndpointId}`}
      returning id, workspace_id, endpoint_id, status
    )`;
}

/** The id of a delivery: always the same for an event and an endpoint, but for the time when it is made. */
export const deliveryIdSql = (now: number, eventId: SQL, endpointId: SQL): SQL =>
  sql`'dlv_' || ${idTime(now)}::text
    || substr(encode(sha256(convert_to(${eventId} || ${endpointId}, 'UTF8')), 'hex'), 1, 16)`;

/** Time part of a prefixed id: what makes ids sort by creation. */
const idTime = (now: number): string => newId('delivery', now).slice(4, 14);

/**
 * What a statement with `append` answers, for `afterCommit`: a doorbell for each endpoint, with how many deliveries it is for
 * and whether the endpoint answered last time; one for the hub of a workspace whose events somebody listens to; and each event
 * that belongs to a trace. `Appended` reads it.
 */
export const BELLS = sql`coalesce((
  select jsonb_agg(jsonb_build_object('workspaceId', bell.workspace_id, 'endpointId', bell.endpoint_id,
    'reason', bell.first, 'deliveries', bell.deliveries, 'answers', endpoint.timeouts = 0))
  from (
    select workspace_id, endpoint_id, min(id) as first, count(*) as deliveries
    from delivery where status = 'pending'
    group by workspace_id, endpoint_id
  ) bell
  join webhook_endpoints endpoint on endpoint.id = bell.endpoint_id
), '[]'::jsonb) || coalesce((
  select jsonb_agg(jsonb_build_object('hubOf', workspace_id)) from append_numbered where is_watched
), '[]'::jsonb) || coalesce((
  select jsonb_agg(jsonb_build_object('traced', traced)) from event where traced is not null
), '[]'::jsonb) as bells`;
const EndpointBell = z.object({
  workspaceId: z.string(),
  endpointId: z.string(),
  reason: z.string(),
  deliveries: z.coerce.number(),
  answers: z.boolean(),
});
export type EndpointBell = z.infer<typeof EndpointBell>;
export const NewBell = z.union([
  EndpointBell,
  z.object({ hubOf: z.string() }),
  z.object({ traced: TracedEvent }),
]);
export type NewBell = z.infer<typeof NewBell>;
export const Appended = z.object({ bells: z.array(NewBell) });

/**
 * Takes the rows that number the events of these workspaces, in one order for all callers, until the transaction ends.
 * Statements after it in the same batch see each other's facts, and none can deadlock on them.
 */
export function lockWorkspaces(workspaceIds: readonly string[]): SQL {
  return sql`select id from workspaces where id = any(${sql.param(workspaceIds)}::text[])
    order by id for no key update`;
}
