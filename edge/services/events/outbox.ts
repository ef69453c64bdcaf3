import { type SQL, sql } from 'drizzle-orm';
import { aliasesOf, EVENT_TYPES } from '../../../shared/catalogue/events/index.ts';
import { newId } from '../../../shared/ids.ts';

const ALIASES_BY_TYPE = JSON.stringify(
  Object.fromEntries(EVENT_TYPES.map((type) => [type, aliasesOf(type)])),
);

/** Time part of a prefixed id: what makes ids sort by creation. */
function idTime(now: number): string {
  return newId('delivery', now).slice(4, 14);
}

/**
 * CTEs that turn the rows of a CTE named `fact` into events, in the statement that writes what they tell of:
 * `fact(ord, id, workspace_id, session_id, type, data, occurred_at, late)`, `ord` giving their order.
 *
 * A fact whose id is already an event makes none. `workspaces.event_seq` is raised by UPDATE, whose row lock lasts until
 * commit: seq order is commit order, so that a reader who has seen N will not find a lower number later.
 * A statement that changes a session or message, or may state a fact at the same time as another, goes into a batch behind
 * `lockWorkspaces`: the reports of runners lock in that order, so that another order can deadlock with them.
 * Leaves the CTE `event(workspace_id, seq, id, session_id, type)`.
 */
export function numberEvents(): SQL {
  return sql`
    fresh as (
      select fact.*, row_number() over (partition by fact.workspace_id order by fact.ord) as place
      from fact
      where not exists (select 1 from events known where known.id = fact.id)
    ),
    numbered as (
      update workspaces
      set event_seq = workspaces.event_seq + many.number
      from (select workspace_id, count(*) as number from fresh group by workspace_id) many
      where workspaces.id = many.workspace_id
      returning workspaces.id as workspace_id, workspaces.event_seq - many.number as before
    ),
    event as (
      insert into events (workspace_id, seq, id, session_id, type, data, occurred_at, late)
      select fresh.workspace_id, numbered.before + fresh.place, fresh.id, fresh.session_id, fresh.type,
        fresh.data, fresh.occurred_at, fresh.late
      from fresh join numbered on numbered.workspace_id = fresh.workspace_id
      returning workspace_id, seq, id, session_id, type
    )`;
}

/** `numberEvents`, and one delivery for each endpoint that asked for an event: leaves the CTE `outbox(id)` as well. */
export function eventCtes(now: number): SQL {
  return sql`${numberEvents()},
    outbox as (
      insert into deliveries (id, workspace_id, endpoint_id, event_seq, event_name)
      select
        ${deliveryId(now)}, event.workspace_id, endpoint.id, event.seq,
        ${subscribedNameSql(sql`endpoint.event_types`, sql`event.type`)}
      from event
      join webhook_endpoints endpoint
        on endpoint.workspace_id = event.workspace_id
        and endpoint.is_active
        and (endpoint.session_ids is null or event.session_id = any(endpoint.session_ids))
        and (endpoint.mode = 'live' or exists (
          select 1 from sessions source where source.id = event.session_id and source.mode = 'sandbox'
        ))
      where ${subscribedNameSql(sql`endpoint.event_types`, sql`event.type`)} is not null
      returning id
    )`;
}

/** A new delivery's id, from the CTEs' rows `event` and `endpoint`. */
export function deliveryId(now: number): SQL {
  return sql`'dlv_' || ${idTime(now)}::text || substr(encode(sha256(convert_to(event.id || endpoint.id, 'UTF8')), 'hex'), 1, 16)`;
}

/** `subscribedName` of the catalogue in SQL; null when the subscription does not ask for the type. */
export function subscribedNameSql(subscription: SQL, type: SQL): SQL {
  return sql`case
    when ${type} = any(${subscription}) then ${type}
    else coalesce(
      (
        select name from unnest(${subscription}) with ordinality as subscribed(name, place)
        where ${ALIASES_BY_TYPE}::jsonb -> ${type} @> to_jsonb(name)
        order by place limit 1
      ),
      case when ${subscription} && array['*', split_part(${type}, '.', 1) || '.*'] then ${type} end
    )
  end`;
}

/**
 * Takes the rows that number the events of these workspaces, in one order for all callers, until the transaction ends.
 * Statements after it in the same batch see each other's facts, and none can deadlock on them.
 */
export function lockWorkspaces(workspaceIds: readonly string[]): SQL {
  return sql`select id from workspaces where id = any(${sql.param(workspaceIds)}::text[])
    order by id for no key update`;
}
