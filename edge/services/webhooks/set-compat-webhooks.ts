import { type SQL, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import { sha256Hex } from '../../../shared/hex.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import type { CompatWebhook } from '../../db/schema/webhook-endpoints.ts';
import { newWebhookSecret } from '../../webhooks/signing.ts';
import { auditQuery } from '../audit/audit-row.ts';
import { requireScope } from '../keys/require-scope.ts';
import { actorId, reachOf } from '../users/reach.ts';
import { lockWorkspace } from '../workspace/workspace-view.ts';
import { ENDPOINT_LIMIT } from './create-webhook.ts';
import { sealHeaders } from './sealed-endpoint.ts';

export type CompatWebhookInput = {
  url: string;
  eventTypes: readonly string[];
  headers: Readonly<Record<string, string>>;
  /** What its receiver checks signatures with; null: nothing. */
  key: string | null;
  /** Seconds before each retry. */
  retryDelays: readonly number[];
  /** Codes that link a phone are for it, too. */
  includeCodes?: boolean;
  compat: CompatWebhook;
};

type Input = {
  sessionId: string;
  system: CompatWebhook['system'];
  webhooks: readonly CompatWebhookInput[];
};

/**
 * Makes these the webhooks that a source system's client gave to a session, in place of those it had. One that stays keeps
 * what is still to be delivered to it.
 * @param input.webhooks to URLs that `checkWebhooks` has passed
 * @throws AppError LIMIT_EXCEEDED
 */
export async function setCompatWebhooks({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: Input;
}): Promise<void> {
  requireScope(ctx, 'webhooks:write');
  const { sessionId, system, webhooks } = input;
  const keys = await Promise.all(webhooks.map((one) => hookKeyOf(sessionId, one)));
  const { workspaceId } = ctx;
  const own = sql`workspace_id = ${workspaceId} and session_ids = array[${sessionId}]::text[]
    and compat->>'system' = ${system}`;
  const isKept = sql`hook_key = any(${sql.param(keys)}::text[])`;
  // The workspace first, so that the limit holds between requests at once.
  const results = await ctx.db.batch([
    ctx.db.execute(lockWorkspace(ctx)),
    ctx.db.execute(sql`delete from webhook_endpoints where ${own} and not ${isKept}`),
    ...webhooks.map((one, index) =>
      ctx.db.execute(insert(ctx, { sessionId, hookKey: keys[index] ?? '' }, one)),
    ),
    auditQuery(ctx, { target: sessionId }),
    ctx.db.execute(
      sql`select count(*)::int as made from webhook_endpoints where ${own} and ${isKept}`,
    ),
  ]);
  const made = Count.parse(results.at(-1)?.rows[0]?.['made']);
  if (made < new Set(keys).size) throw tooMany();
}

const tooMany = (): AppError =>
  new AppError('LIMIT_EXCEEDED', `A workspace can have ${ENDPOINT_LIMIT} webhook endpoints.`, {
    limit: ENDPOINT_LIMIT,
  });

async function requireRoom(ctx: ServiceContext, added: number): Promise<void> {
  const { rows } = await ctx.db.execute(
    sql`select count(*)::int as taken from webhook_endpoints where workspace_id = ${ctx.workspaceId}`,
  );
  if (Count.parse(rows[0]?.['taken']) + added > ENDPOINT_LIMIT) throw tooMany();
}

/**
 * Whether the caller may set webhooks to these URLs.
 * @param input.field where the caller wrote them
 * @param input.added how many endpoints are added for a session that is yet to be made: it must not be made in vain
 * @throws AppError FORBIDDEN; VALIDATION_ERROR for a URL that may not be called; LIMIT_EXCEEDED
 */
export async function checkWebhooks({
  ctx,
  input: { urls, field, added },
}: {
  ctx: ServiceContext;
  input: { urls: readonly string[]; field: string; added: number };
}): Promise<void> {
  requireScope(ctx, 'webhooks:write');
  if (added > 0) await requireRoom(ctx, added);
  const reasons = await Promise.all(urls.map((url) => ctx.egress.check(url)));
  const fields = reasons.flatMap((message) =>
    message === null ? [] : [{ in: 'body', field, message }],
  );
  const [first] = fields;
  if (first === undefined) return;
  throw new AppError('VALIDATION_ERROR', `body.${field}: ${first.message}`, { fields });
}

/** What makes a webhook of a session the same one. One that gets an event of ours twice is two endpoints. */
const hookKeyOf = (sessionId: string, { url, compat }: CompatWebhookInput): Promise<string> =>
  sha256Hex(JSON.stringify([compat.system, sessionId, url, compat.part ?? null]));

function insert(
  ctx: ServiceContext,
  { sessionId, hookKey }: { sessionId: string; hookKey: string },
  { url, eventTypes, headers, key, retryDelays, includeCodes = false, compat }: CompatWebhookInput,
): SQL {
  const { workspaceId } = ctx;
  const secret = ctx.contentSeal.seal(workspaceId, key ?? newWebhookSecret());
  const mode = reachOf(ctx).sandboxOnly ? 'test' : 'live';
  return sql`
    insert into webhook_endpoints (id, workspace_id, mode, url, secret, event_types, session_ids, headers, retry_delays,
      include_codes, hook_key, compat, created_by)
    select ${newId('webhook', ctx.now())}, ${workspaceId}, ${mode}, ${new URL(url).href}, ${secret},
      ${sql.param([...eventTypes])}::text[], array[${sessionId}]::text[],
      ${JSON.stringify(sealHeaders(ctx, { workspaceId, headers }))}::jsonb,
      ${sql.param([...retryDelays])}::int[], ${includeCodes}::boolean, ${hookKey}::text, ${JSON.stringify(compat)}::jsonb, ${actorId(ctx)}::text
    from webhook_endpoints w where w.workspace_id = ${workspaceId}
    having count(*) < ${ENDPOINT_LIMIT}::int or bool_or(w.hook_key = ${hookKey}::text)
    on conflict (workspace_id, hook_key) do update set event_types = excluded.event_types, headers = excluded.headers,
      secret = excluded.secret, previous_secret = null, retry_delays = excluded.retry_delays,
      include_codes = excluded.include_codes, compat = excluded.compat,
      is_active = true, disabled_reason = null, disabled_at = null, unannounced = false, failures = 0,
      failing_since = null, updated_at = now()`;
}
