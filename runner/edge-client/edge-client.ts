import { z } from 'zod';
import { newId } from '../../shared/ids.ts';
import {
  CredentialsCommitResponse,
  CredentialsRestoreResponse,
  CredentialsSlotResponse,
  type CredentialsCommitRequest,
  type CredentialsRestoreRequest,
  type CredentialsSlotRequest,
} from '../../shared/protocol/credentials.ts';
import {
  HeartbeatResponse,
  LEASE,
  type DeathNotice,
  type HeartbeatRequest,
} from '../../shared/protocol/leases.ts';
import {
  ClaimResponse,
  UnsettledResponse,
  type ClaimRequest,
  type UnsettledRequest,
} from '../../shared/protocol/outbound-message.ts';
import {
  MediaSlotResponse,
  ReportBatchResponse,
  type MediaSlotRequest,
  type ReportBatch,
} from '../../shared/protocol/runner-reports.ts';
import type { SigningKeys } from '../../shared/signing/keys.ts';
import { signRequest } from '../../shared/signing/signed-request.ts';
import type { ClockCheck } from './clock-check.ts';

/**
 * `unreachable`: no answer, or one that says "later" (429, 5xx): the same call may work soon.
 * `refused`: the edge understood and said no; `status` says why, and `reason` where the route has several.
 */
export class EdgeError extends Error {
  readonly kind: 'unreachable' | 'refused';
  readonly status: number | null;
  readonly reason: string | null;

  constructor(
    kind: 'unreachable' | 'refused',
    status: number | null,
    message: string,
    reason: string | null = null,
  ) {
    super(message);
    this.name = 'EdgeError';
    this.kind = kind;
    this.status = status;
    this.reason = reason;
  }
}

const Refusal = z.object({
  error: z.object({ details: z.object({ reason: z.string(), now: z.number().optional() }) }),
});

export type EdgeClient = {
  heartbeat(request: HeartbeatRequest): Promise<HeartbeatResponse>;
  /** Says that this boot is dead; signed for a minute and not sent. */
  deathNotice(): Promise<{ url: string; headers: Record<string, string>; body: string }>;
  claim(request: ClaimRequest): Promise<ClaimResponse>;
  unsettled(request: UnsettledRequest): Promise<UnsettledResponse>;
  reports(batch: ReportBatch): Promise<ReportBatchResponse>;
  mediaSlot(request: MediaSlotRequest): Promise<MediaSlotResponse>;
  credentialsSlot(request: CredentialsSlotRequest): Promise<CredentialsSlotResponse>;
  credentialsCommit(request: CredentialsCommitRequest): Promise<CredentialsCommitResponse>;
  credentialsRestore(request: CredentialsRestoreRequest): Promise<CredentialsRestoreResponse>;
};

type Call<Output> = {
  path: string;
  body: object;
  response: z.ZodType<Output>;
  timeoutMs: number;
  context?: { session: string; epoch: number };
};

/** The runner's only way to the edge: signed POSTs to `/internal/runners/*`, audience `edge`. */
export function createEdgeClient(options: {
  edgeUrl: string;
  runnerId: string;
  bootId: string;
  keys: SigningKeys;
  /** Unix ms, for signatures. */
  now?: () => number;
  clockCheck?: ClockCheck;
  fetch?: typeof fetch;
}): EdgeClient {
  const { clockCheck } = options;
  const doFetch = options.fetch ?? fetch;
  const now = options.now ?? Date.now;

  const sign = (path: string, body: string, context: Call<unknown>['context']): Promise<Request> =>
    signRequest({
      method: 'POST',
      url: new URL(`/internal/runners/${path}`, options.edgeUrl).href,
      body,
      keys: options.keys,
      audience: 'edge',
      now: Math.floor(now() / 1_000),
      commandId: newId('command'),
      // For the edge's logs only: the caller is known by the signature and the body.
      headers: { 'waypost-runner': `${options.runnerId}/${options.bootId}` },
      ...context,
    });

  async function call<Output>({
    path,
    body,
    response,
    timeoutMs,
    context,
  }: Call<Output>): Promise<Output> {
    const clock = clockCheck?.signing();
    const request = await sign(path, JSON.stringify(body), context);
    const { status, text } = await exchange(request, path, timeoutMs);
    if (status === 429 || status >= 500)
      throw new EdgeError('unreachable', status, `${path}: the edge answered ${status}`);
    if (status < 200 || status > 299) {
      const refusal = Refusal.safeParse(parseJson(text)).data?.error.details;
      if (refusal?.reason === 'expired' && refusal.now !== undefined)
        clock?.outOfDate(Math.round(now() / 1_000) - refusal.now);
      const reason = refusal?.reason ?? null;
      const why = reason === null ? '' : ` (${reason})`;
      throw new EdgeError(
        'refused',
        status,
        `${path}: the edge refused with ${status}${why}`,
        reason,
      );
    }
    clock?.taken();
    const parsed = response.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    throw new EdgeError(
      'unreachable',
      status,
      `${path}: the edge's answer does not fit the protocol`,
    );
  }

  async function exchange(
    request: Request,
    path: string,
    timeoutMs: number,
  ): Promise<{ status: number; text: string }> {
    try {
      const answer = await doFetch(request, { signal: AbortSignal.timeout(timeoutMs) });
      return { status: answer.status, text: await answer.text() };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new EdgeError('unreachable', null, `${path}: ${detail}`);
    }
  }

  return {
    // A later answer could not renew anything.
    heartbeat: (body) =>
      call({
        path: 'heartbeat',
        body,
        response: HeartbeatResponse,
        timeoutMs: LEASE.selfFenceMs,
      }),
    deathNotice: async () => {
      const { runnerId, bootId } = options;
      const body = JSON.stringify({ runnerId, bootId } satisfies DeathNotice);
      const { url, headers } = await sign('death', body, undefined);
      return { url, headers: Object.fromEntries(headers), body };
    },
    claim: (body) =>
      call({
        path: 'claim',
        body,
        response: ClaimResponse,
        timeoutMs: 5_000,
        ...withContext(body),
      }),
    unsettled: (body) =>
      call({
        path: 'unsettled',
        body,
        response: UnsettledResponse,
        timeoutMs: 5_000,
        ...withContext(body),
      }),
    reports: (body) =>
      call({ path: 'reports', body, response: ReportBatchResponse, timeoutMs: 15_000 }),
    mediaSlot: (body) =>
      call({
        path: 'media',
        body,
        response: MediaSlotResponse,
        timeoutMs: 5_000,
        ...withContext(body),
      }),
    credentialsSlot: (body) =>
      call({
        path: 'credentials/slot',
        body,
        response: CredentialsSlotResponse,
        timeoutMs: 10_000,
        ...withContext(body),
      }),
    // The edge reads the whole bundle back before it answers.
    credentialsCommit: (body) =>
      call({
        path: 'credentials/commit',
        body,
        response: CredentialsCommitResponse,
        timeoutMs: 60_000,
        ...withContext(body),
      }),
    credentialsRestore: (body) =>
      call({
        path: 'credentials/restore',
        body,
        response: CredentialsRestoreResponse,
        timeoutMs: 10_000,
        ...withContext(body),
      }),
  };
}

function withContext({ sessionId, epoch }: { sessionId: string; epoch: number }): {
  context: { session: string; epoch: number };
} {
  return { context: { session: sessionId, epoch } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
