import type { Services } from '../../context.ts';
import type { EgressResult } from '../../egress/port.ts';
import { ring } from '../../events/ring.ts';
import { maskHeaders } from '../../webhooks/mask-headers.ts';
import { judgeAttempt } from '../../webhooks/judge-attempt.ts';
import { openHeaders } from '../webhooks/sealed-endpoint.ts';
import { cancelUnwanted } from './cancel-unwanted.ts';
import { BATCH, claimDue, type Claimed, type ClaimResult } from './claim-due.ts';
import { type Outcome, recordBatch } from './record-batch.ts';
import { recordAttempt, spanOfAttempt, traceHeaders } from './record-attempt.ts';
import { shape } from './shape.ts';

/** Of an event that its endpoint's source system has nothing for: there is no request, and the log of deliveries says so. */
const NOTHING_TO_SEND: EgressResult = {
  kind: 'answered',
  status: 204,
  headers: new Headers(),
  body: new TextEncoder().encode('Nothing was sent: the source system has no event for this.'),
  truncated: false,
  durationMs: 0,
};

/** Of an answer; the rest is dropped. */
const MAX_ANSWER_BYTES = 64 * 1_024;
/** After this a call of QStash claims no more, and rings for what is left. */
const LOOK_AGAIN_WITHIN_MS = 20_000;

type Sent = Record<Outcome['verdict']['status'], number>;
export type DeliverResult =
  | ({ kind: 'attempted' } & Sent)
  | Exclude<ClaimResult, { kind: 'claimed' }>;

/**
 * One call for an endpoint: claim what is due, sign each afresh, send side by side, record, ring for what comes next. Any
 * number of calls make one request for each attempt, except when a worker dies between sending and recording: receivers
 * drop the repetition by `webhook-id`.
 */
export async function deliver({
  services,
  input,
}: {
  services: Services;
  input: { endpointId: string; notBefore: Date | null; lookAgainWithinMs?: number };
}): Promise<DeliverResult> {
  const { endpointId, notBefore, lookAgainWithinMs = LOOK_AGAIN_WITHIN_MS } = input;
  const startedAt = services.now();
  const inTime = () => services.now() - startedAt <= lookAgainWithinMs;
  const sent: Sent = { delivered: 0, pending: 0, failed: 0 };
  for (let left = BATCH; ;) {
    const claimed = await claimDue(services, { endpointId, notBefore, atMost: left });
    if (claimed.kind === 'givenUp' && inTime()) continue;
    if (claimed.kind === 'nothing' && claimed.why === 'switched_off')
      await cancelUnwanted(services, endpointId);
    if (claimed.kind !== 'claimed')
      return left === BATCH ? claimed : { kind: 'attempted', ...sent };
    const { claim, more } = claimed;
    const forMore = more ? ring(services, [bell(claim, null, 'more')]) : undefined;
    const { outcomes, rung } = await attemptAll(services, claim);
    await forMore;
    for (const { verdict } of outcomes) sent[verdict.status] += 1;
    left -= outcomes.length;
    const nextInLine = claim.fifo && outcomes.some(({ verdict }) => verdict.status !== 'pending');
    if (!rung && !nextInLine) return { kind: 'attempted', ...sent };
    if (left <= 0 || !inTime()) {
      await ring(services, [bell(claim, null, 'left')]);
      return { kind: 'attempted', ...sent };
    }
  }
}

/** Makes a claim's attempts side by side. One without an answer holds up no other: what has ended meanwhile is recorded. */
async function attemptAll(
  services: Services,
  claim: Claimed,
): Promise<{ outcomes: Outcome[]; rung: boolean }> {
  const random = Math.random();
  const ended: Outcome[] = [];
  const open = new Map(
    claim.due.map((due) => [
      due.id,
      attempt(services, claim, due, random).then((outcome) => {
        ended.push(outcome);
        open.delete(due.id);
      }),
    ]),
  );
  const outcomes: Outcome[] = [];
  let unrecorded: Outcome[] = [];
  for (;;) {
    if (ended.length === 0) await Promise.race(open.values());
    unrecorded.push(...ended.splice(0));
    const last = open.size === 0;
    const recorded = await record(services, { claim, outcomes: unrecorded, last });
    if (recorded === null) continue;
    outcomes.push(...unrecorded);
    unrecorded = [];
    await ring(
      services,
      recorded.next.map((at) => bell(claim, at, `at${Math.ceil(at.getTime() / 1_000)}`)),
    );
    if (last) return { outcomes, rung: recorded.rung };
  }
}

/**
 * Records a batch. One that fails is recorded with the next (null); with the last, the call's slot is given back all the
 * same, and what was not recorded is sent again when its claim has run out.
 */
async function record(services: Services, batch: Parameters<typeof recordBatch>[1]) {
  try {
    return await recordBatch(services, batch);
  } catch (error) {
    services.log({
      event: 'attempts_not_recorded',
      attempts: batch.outcomes.length,
      last: batch.last,
    });
    if (!batch.last) return null;
    await recordBatch(services, { ...batch, outcomes: [] });
    throw error;
  }
}

async function attempt(
  services: Services,
  claim: Claimed,
  due: Claimed['due'][number],
  random: number,
): Promise<Outcome> {
  const startedAt = new Date(services.now());
  const span = spanOfAttempt(services, due);
  const { result, requestHeaders } = await send(services, claim, due, startedAt, span);
  const { id, attemptNo, attemptOfSchedule } = due;
  const { retryDelays } = claim;
  const now = services.now();
  const verdict = judgeAttempt({ result, attemptNo: attemptOfSchedule, retryDelays, random, now });
  const outcome = { id, attemptNo, startedAt, requestHeaders, verdict };
  recordAttempt(services, span, { claim, due, outcome });
  return outcome;
}

async function send(
  services: Services,
  claim: Claimed,
  due: Claimed['due'][number],
  startedAt: Date,
  span: ReturnType<typeof spanOfAttempt>,
) {
  const shaped = await shape(services, claim, due, startedAt);
  if (shaped === null) return { result: NOTHING_TO_SEND, requestHeaders: {} };
  const { body } = shaped;
  const headers = {
    'user-agent': 'Waypost-Webhooks/1',
    ...openHeaders(services, claim),
    'content-type': 'application/json',
    ...traceHeaders(span),
    ...shaped.headers,
  };
  const result = await services.egress.fetch({
    method: 'POST',
    url: shaped.url ?? claim.url,
    headers,
    body,
    timeoutMs: claim.timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
    maxRedirects: 0,
  });
  return { result, requestHeaders: { ...headers, ...maskHeaders(claim.headers) } };
}

/** A doorbell that follows from a claim: its slot tells it from those of other claims. */
const bell = ({ workspaceId, endpointId, slot }: Claimed, notBefore: Date | null, why: string) => ({
  workspaceId,
  endpointId,
  notBefore,
  reason: notBefore === null ? `${why}:${slot}` : why,
});
