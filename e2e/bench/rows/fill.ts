import { z } from 'zod';
import { queryDatabase } from '../../testing/database.ts';
import type { Deployment } from '../../testing/deployment.ts';

/** Rows of one statement: what keeps its transaction short. */
const CHUNK = 50_000;
export const DAYS = 180;

const Nothing = z.unknown();

/**
 * So many messages, over the last 180 days, in five sessions like the one that the deployment has, and the statistics that
 * their reports would have counted. One in 20,000 has a reference, one in 50 failed.
 * @returns the id of one of the sessions
 */
export async function fillMessages(
  deployment: Deployment,
  count: number,
  tell: (text: string) => void,
): Promise<string> {
  const { workspaceId, sessionId } = await deployment.facts();
  const sessions = await queryDatabase(deployment, z.object({ id: z.string() }), SESSIONS, [
    sessionId,
  ]);
  const ids = sessions.map(({ id }) => id);
  for (let from = 0; from < count; from += CHUNK) {
    const to = Math.min(from + CHUNK, count) - 1;
    const given = [workspaceId, `{${ids.join(',')}}`, from, to, count];
    await queryDatabase(deployment, Nothing, MESSAGES, given);
    if ((to + 1) % 250_000 === 0) tell(`  ${to + 1} messages`);
  }
  await queryDatabase(deployment, Nothing, STATISTICS, [workspaceId]);
  await queryDatabase(deployment, Nothing, 'analyze messages, message_stats');
  return ids[0] ?? '';
}

const SESSIONS = `
  insert into sessions
  select (jsonb_populate_record(s, jsonb_build_object('id', 'ses_' || lpad('s' || n, 26, '0'), 'name', 'rows-' || n,
    'phone', null))).*
  from sessions s, generate_series(1, 5) n where s.id = $1
  returning id`;

/** The rows of a message as its reports leave it: one in three was received, of the others most were read. */
const MESSAGES = `
  insert into messages (id, workspace_id, session_id, direction, chat_id, from_id, type, content, status, status_rank,
    queue_seq, sender_number, reference, wire_id, created_at, sent_at, delivered_at, read_at, failed_at)
  select 'msg_' || lpad('m' || n, 26, '0'), $1, session_id, case when inbound then 'inbound' else 'outbound' end,
    chat_id, case when inbound then chat_id end, type,
    jsonb_build_object('type', type, case when type = 'text' then 'text' else 'caption' end,
      'Message ' || n || ': the parcel with your order has left our house and is on its way to you.'),
    status, case status when 'failed' then 3 when 'sent' then 4 when 'delivered' then 5 else 6 end,
    case when not inbound then n end, case when not inbound then '15550109999' end,
    case when n % 20000 = 0 then 'order-' || n end, '3EB0' || upper(lpad(to_hex(n), 18, '0')),
    at, case when not inbound and status <> 'failed' then at + interval '1 s' end,
    case when not inbound and status in ('delivered', 'read') then at + interval '2 s' end,
    case when not inbound and status = 'read' then at + interval '60 s' end,
    case when status = 'failed' then at + interval '1 s' end
  from (
    select n, n % 3 = 0 as inbound, ($2::text[])[1 + n % cardinality($2::text[])] as session_id,
      (15550000000 + n % 5000) || '@c.us' as chat_id,
      (array['text', 'text', 'text', 'text', 'image', 'document', 'voice'])[1 + n % 7] as type,
      case when n % 3 = 0 then 'delivered' when n % 50 = 1 then 'failed'
        else (array['sent', 'delivered', 'read', 'read'])[1 + n % 4] end as status,
      now() - interval '${DAYS} days' * (1 - n::float8 / $5::int) as at
    from generate_series($3::int, $4::int) n
  ) given`;

/** As `countMessages` would have added them up, one by one. */
const STATISTICS = `
  insert into message_stats (workspace_id, day, session_id, type, received, sent, delivered, read, failed)
  select $1, (at at time zone 'UTC')::date, session_id, type, count(*) filter (where step = 'received'),
    count(*) filter (where step = 'sent'), count(*) filter (where step = 'delivered'),
    count(*) filter (where step = 'read'), count(*) filter (where step = 'failed')
  from messages, lateral (values
    ('received', case when direction = 'inbound' then created_at end), ('sent', sent_at),
    ('delivered', delivered_at), ('read', read_at), ('failed', failed_at)) steps (step, at)
  where workspace_id = $1 and at is not null
  group by 2, 3, 4
  on conflict (workspace_id, day, session_id, type) do update set received = excluded.received, sent = excluded.sent,
    delivered = excluded.delivered, read = excluded.read, failed = excluded.failed`;
