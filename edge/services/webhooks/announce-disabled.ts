import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { factEventId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';
import { Moment } from '../../db/moment.ts';
import { fact } from '../../events/append.ts';
import { writeFacts } from '../../events/write-facts.ts';
import { homeUrl } from '../../identity/verification-link.ts';
import { describeError } from '../../log/describe-error.ts';
import { webhookDisabledMail } from '../../mail/templates.ts';
import { mailCounts } from '../identity/mail-counts.ts';

const BATCH = 50;
/** A mail that the provider has not taken for so long is given up. */
const MAIL_FOR_HOURS = 24;

const Disabled = z.object({
  id: z.string(),
  workspaceId: z.string(),
  workspaceName: z.string(),
  url: z.string(),
  description: z.string().nullable(),
  reason: z.string(),
  disabledAt: Moment,
  /** Addresses of the workspace's owners; none once it is too late for a mail. */
  owners: z.array(z.string()),
});
type Disabled = z.infer<typeof Disabled> & { eventId: string };

/**
 * Says that endpoints were switched off because of what their receivers did: by an event `webhook.disabled`, and by mail to
 * the owners of the workspace. Each is said once, however often this runs: the event by its id, the mail by the provider. In
 * any order, so that mails that the provider does not take keep no other endpoint from its event.
 */
export async function announceDisabled(services: Services): Promise<void> {
  const { rows } = await services.db.execute(sql`
    select e.id, e.workspace_id as "workspaceId", w.name as "workspaceName", e.url, e.description,
      coalesce(e.disabled_reason, '') as reason, e.disabled_at as "disabledAt",
      coalesce((
        select jsonb_agg(u.email order by u.email) from members m join users u on u.id = m.user_id
        where m.workspace_id = e.workspace_id and m.role = 'owner' and u.is_active and u.email_verified
          and e.disabled_at > now() - make_interval(hours => ${MAIL_FOR_HOURS}::int)
      ), '[]'::jsonb) as owners
    from webhook_endpoints e join workspaces w on w.id = e.workspace_id
    where e.unannounced order by random() limit ${BATCH}::int`);
  const found = z.array(Disabled).parse(rows);
  if (found.length === 0) return;
  const disabled = await Promise.all(
    found.map(async (one) => ({
      ...one,
      eventId: await factEventId([one.id, 'webhook.disabled', one.disabledAt.toISOString()]),
    })),
  );
  await writeEvents(services, disabled);
  for (const one of disabled) if (await mailOwners(services, one)) await settle(services, one);
}

async function writeEvents(services: Services, disabled: readonly Disabled[]): Promise<void> {
  const changes = sql`
    disabled as (
      select * from jsonb_to_recordset(${JSON.stringify(disabled)}::jsonb) as given(
        id text, "workspaceId" text, description text, reason text, "disabledAt" text, "eventId" text
      )
    )`;
  await writeFacts(
    services,
    disabled.map(({ workspaceId }) => workspaceId),
    changes,
    [
      fact('webhook.disabled', {
        from: sql`disabled`,
        id: sql`disabled."eventId"`,
        workspaceId: sql`disabled."workspaceId"`,
        sessionId: null,
        occurredAt: sql`disabled."disabledAt"::timestamptz`,
        data: {
          webhookId: sql`disabled.id`,
          description: sql`disabled.description`,
          reason: sql`disabled.reason`,
          disabledAt: sql`disabled."disabledAt"`,
        },
      }),
    ],
  );
}

/** Whether all owners have their mail, or had too many others. */
async function mailOwners(services: Services, one: Disabled): Promise<boolean> {
  const { env, mailer, rateLimiter, log } = services;
  const mail = webhookDisabledMail({
    workspaceName: one.workspaceName,
    receiver: new URL(one.url).host,
    reason: one.reason,
    url: homeUrl(env),
  });
  let done = true;
  for (const to of one.owners) {
    const counts = await mailCounts(to, { browser: null, address: one.workspaceId });
    const { allowed } = await rateLimiter.check(counts);
    try {
      if (allowed) await mailer.send({ to, ...mail, idempotencyKey: `${one.eventId}:${to}` });
      else log({ event: 'mail_withheld', kind: 'webhook-disabled' });
    } catch (error) {
      done = false;
      log({ event: 'mail_not_sent', kind: 'webhook-disabled', ...describeError(error) });
    }
  }
  return done;
}

const settle = ({ db }: Services, { id, disabledAt }: Disabled) =>
  db.execute(sql`
    update webhook_endpoints set unannounced = false
    where id = ${id} and disabled_at = ${disabledAt.toISOString()}::timestamptz`);
