import { sql } from 'drizzle-orm';
import { AuditMessage } from './audit-message.ts';
import type { Services } from '../../context.ts';

/**
 * Writes the rows of one batch of the queue, in one statement. A row that is there already stays as it is: the queue may
 * deliver twice, and a write's own statement was first. A workspace that is gone leaves no reference.
 */
export async function writeAuditBatch({
  services: { db, log },
  messages,
}: {
  services: Pick<Services, 'db' | 'log'>;
  messages: readonly unknown[];
}): Promise<void> {
  const read = messages.map((message) => AuditMessage.safeParse(message));
  const rows = read.flatMap(({ data }) => (data === undefined ? [] : [data]));
  const wrong = read.flatMap(({ error }) => error?.issues.map(({ path }) => path.join('.')) ?? []);
  if (rows.length < read.length)
    log({
      event: 'audit_messages_dropped',
      count: read.length - rows.length,
      fields: [...new Set(wrong)],
    });
  if (rows.length === 0) return;
  await db.execute(sql`
    insert into audit_log (id, workspace_id, kind, action, actor_type, actor_id, method, route, status, error_code,
      request_id, address, created_at)
    select row.id, workspaces.id, 'request', row.action, row."actorType", row."actorId", row.method, row.route, row.status,
      row."errorCode", row."requestId", row.address, row.at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (id text, at timestamptz, "workspaceId" text,
      "actorType" text, "actorId" text, action text, method text, route text, status smallint, "errorCode" text,
      "requestId" text, address text)
    left join workspaces on workspaces.id = row."workspaceId"
    on conflict (id) do nothing`);
}
