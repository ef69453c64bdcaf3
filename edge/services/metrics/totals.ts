import { type SQL, sql } from 'drizzle-orm';

/** Counters of `/metrics` that are read from the record, by the name under which `metric_totals` keeps them. */
export const TOTALS = {
  messages: 'messages',
  webhookAttempts: 'webhook_attempts',
  deadLetters: 'dead_letters',
  reconnects: 'reconnects',
} as const;

/** Late reports and slow transactions still count in the hour, or day, before for as long as this. */
const OPEN_FOR = sql`interval '1 hour'`;
/** Then it is folded into the sum of all that went before. */
const FOLDED_AFTER = sql`interval '3 days'`;

/**
 * The CTEs whose last, `totals(name, label, value)`, is what the counters have reached. Only the day and the hour that still
 * change are counted, each through an index. A row's value never falls, though what it was counted from may be deleted,
 * whichever isolate reads it. Nothing is counted of a time in which nobody read.
 */
export const totalsCtes: SQL = sql`
  counted as (
    select ${TOTALS.messages} as name, status.label, messages.day::timestamp at time zone 'UTC' as since,
      status.value::bigint as value
    from (
      select day, sum(received) as received, sum(sent) as sent, sum(delivered) as delivered, sum(read) as read,
        sum(played) as played, sum(failed) as failed, sum(unknown) as unknown
      from message_stats where day >= ((now() - ${OPEN_FOR}) at time zone 'UTC')::date
      group by day
    ) messages
    cross join lateral (values
      ('received', messages.received), ('sent', messages.sent), ('delivered', messages.delivered),
      ('read', messages.read), ('played', messages.played), ('failed', messages.failed),
      ('unknown', messages.unknown)
    ) as status(label, value)
    union all
    select ${TOTALS.webhookAttempts}, outcome.label, attempts.hour, outcome.value::bigint
    from (
      select hour, sum(succeeded) as succeeded, sum(failed) as failed from webhook_health
      where hour >= date_trunc('hour', now() - ${OPEN_FOR}) group by hour
    ) attempts
    cross join lateral (values ('succeeded', attempts.succeeded), ('failed', attempts.failed)) as outcome(label, value)
    union all
    select ${TOTALS.deadLetters}, '', date_trunc('hour', finished_at), count(*) from deliveries
    where status = 'failed' and finished_at >= date_trunc('hour', now() - ${OPEN_FOR}) group by 3
    union all
    select ${TOTALS.reconnects}, '', date_trunc('hour', at), count(*) from session_log
    where attempt is not null and at >= date_trunc('hour', now() - ${OPEN_FOR}) group by 3
  ),
  marked as (
    insert into metric_totals as known (name, label, since, value)
    select name, label, since, value from counted order by name, label, since
    on conflict (name, label, since) do update set value = greatest(known.value, excluded.value)
    returning name, label, since, value
  ),
  folded as (
    delete from metric_totals where since > '-infinity' and since < now() - ${FOLDED_AFTER}
    returning name, label, value
  ),
  base as (
    insert into metric_totals as known (name, label, since, value)
    select name, label, '-infinity', sum(value)::bigint from folded group by 1, 2
    on conflict (name, label, since) do update set value = known.value + excluded.value
  ),
  totals as (
    select name, label, sum(value)::bigint as value from (
      select name, label, value from marked
      union all
      select kept.name, kept.label, kept.value from metric_totals kept
      where not exists (
        select 1 from marked
        where marked.name = kept.name and marked.label = kept.label and marked.since = kept.since
      )
    ) part group by 1, 2
  )`;
