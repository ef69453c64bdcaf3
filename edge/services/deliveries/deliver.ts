import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { judgeAttempt } from '../../webhooks/judge-attempt.ts';
import { publishDue } from '../../events/publish-due.ts';
import { signWebhook } from '../../webhooks/signing.ts';
import { toPublicEvent } from '../../events/public-event.ts';
import { type Claimed, claimAttempt, type ClaimResult } from './claim-attempt.ts';
import { recordAttempt } from './record-attempt.ts';

/** Of an answer; the rest is dropped. */
const MAX_ANSWER_BYTES = 64 * 1_024;

export type DeliverResult =
  | { kind: 'attempted'; status: 'delivered' | 'pending' | 'failed' }
  | Exclude<ClaimResult, { kind: 'claimed' }>;

/**
 * One attempt at one delivery: claim, sign afresh, send, record, call for what comes next. Any number of calls for the
 * same attempt make one request, except when a worker dies between sending and recording: receivers drop the repetition
 * by `webhook-id`.
 */
export async function deliver({
  services,
  input,
}: {
  services: Services;
  input: { deliveryId: string; attemptNo: number };
}): Promise<DeliverResult> {
  const { deliveryId, attemptNo } = input;
  const claimed = await claimAttempt(services, input);
  if (claimed.kind !== 'claimed') return claimed;
  const { claim } = claimed;
  const startedAt = new Date(services.now());
  const verdict = judgeAttempt({
    result: await send(services, claim, startedAt),
    attemptNo,
    maxAttempts: claim.maxAttempts,
    random: Math.random(),
    now: services.now(),
  });
  const notBefore = await recordAttempt(services, {
    deliveryId,
    attemptNo,
    startedAt,
    timeoutMs: claim.timeoutMs,
    verdict,
  });
  if (notBefore !== null) {
    const { workspaceId } = claim;
    await publishDue(services, [{ deliveryId, workspaceId, attemptNo: attemptNo + 1, notBefore }]);
  } else if (claim.fifo) {
    await callNextInLine(services, deliveryId);
  }
  return { kind: 'attempted', status: verdict.status };
}

async function send(services: Services, claim: Claimed, startedAt: Date) {
  const body = JSON.stringify(
    toPublicEvent(claim.event, { name: claim.eventName, codes: claim.includeCodes }),
  );
  const signature = await signWebhook({
    secrets: claim.secrets,
    eventId: claim.event.id,
    timestamp: Math.floor(startedAt.getTime() / 1_000),
    body,
  });
  return services.egress.fetch({
    method: 'POST',
    url: claim.url,
    headers: {
      'user-agent': 'Waypost-Webhooks/1',
      ...claim.headers,
      'content-type': 'application/json',
      ...signature,
    },
    body,
    timeoutMs: claim.timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
    maxRedirects: 0,
  });
}

const Next = z.object({ id: z.string(), workspace_id: z.string(), attempt_no: Count });

/**
 * Calls for the delivery that a FIFO endpoint may take now. Read after the finished one was committed: what was refused as
 * waiting before that is then certainly seen.
 */
async function callNextInLine(services: Services, finishedId: string): Promise<void> {
  const { rows } = await services.db.execute(sql`
    select next.id, next.workspace_id, next.attempt_no
    from deliveries finished
    join deliveries next on next.endpoint_id = finished.endpoint_id and next.status = 'pending'
    where finished.id = ${finishedId} and finished.status <> 'pending'
    order by next.event_seq limit 1`);
  const due = z
    .array(Next)
    .parse(rows)
    .map(({ id, workspace_id: workspaceId, attempt_no: made }) => ({
      deliveryId: id,
      workspaceId,
      attemptNo: made + 1,
      notBefore: null,
      again: 'turn',
    }));
  if (due.length > 0) await publishDue(services, due);
}
