import type { z } from 'zod';
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
import { createSignedPost, type SignedPostOptions } from './signed-post.ts';

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

/** The runner's only way to the edge. */
export function createEdgeClient(options: SignedPostOptions): EdgeClient {
  const { sign, post } = createSignedPost(options);

  /** A call about one session, whose id and epoch are signed. */
  const ofSession =
    <Output>(path: string, response: z.ZodType<Output>, timeoutMs: number) =>
    (body: { sessionId: string; epoch: number }): Promise<Output> => {
      const context = { session: body.sessionId, epoch: body.epoch };
      return post({ path, body, response, timeoutMs, context });
    };

  return {
    // A later answer could not renew anything.
    heartbeat: (body) =>
      post({ path: 'heartbeat', body, response: HeartbeatResponse, timeoutMs: LEASE.selfFenceMs }),
    deathNotice: async () => {
      const { runnerId, bootId } = options;
      const body = JSON.stringify({ runnerId, bootId } satisfies DeathNotice);
      const { url, headers } = await sign('death', body);
      return { url, headers: Object.fromEntries(headers), body };
    },
    reports: (body) =>
      post({ path: 'reports', body, response: ReportBatchResponse, timeoutMs: 15_000 }),
    claim: ofSession('claim', ClaimResponse, 5_000),
    unsettled: ofSession('unsettled', UnsettledResponse, 5_000),
    mediaSlot: ofSession('media', MediaSlotResponse, 5_000),
    credentialsSlot: ofSession('credentials/slot', CredentialsSlotResponse, 10_000),
    // The edge reads the whole bundle back before it answers.
    credentialsCommit: ofSession('credentials/commit', CredentialsCommitResponse, 60_000),
    credentialsRestore: ofSession('credentials/restore', CredentialsRestoreResponse, 10_000),
  };
}
