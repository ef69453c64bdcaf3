import { createHash } from 'node:crypto';
import {
  CREDENTIALS_SEAL,
  type CredentialsCommitRequest,
  type CredentialsHolder,
} from '../../shared/protocol/credentials.ts';
import type { EdgeClient } from '../edge-client/edge-client.ts';
import type { CredentialsFile, EngineCredentials } from '../engine/credentials.ts';
import { seal, sealedSize } from './seal.ts';
import { putStream } from './transfer.ts';

export type SnapshotInput = {
  edge: Pick<EdgeClient, 'credentialsSlot' | 'credentialsCommit'>;
  holder: CredentialsHolder;
  /** Of the session's engine. */
  credentials: EngineCredentials;
  /** Holds `files`. */
  directory: string;
  files: readonly CredentialsFile[];
  phoneNumber: string;
  /** No engine runs on them any more. */
  atRest: boolean;
  /** Of the session's folder that they are from. */
  generation: number;
  /** Notes the new version before it is kept. */
  beforeCommit: (version: number) => Promise<void>;
  signal: AbortSignal;
};

export type Snapshot = {
  version: number;
  sizeBytes: number;
  contentBytes: number;
  /** To be repeated with `atRest` when it turns out to be the last. */
  commit: CredentialsCommitRequest;
};

/**
 * Packs, seals and stores a copy of a session's credentials in one pass, and makes it the session's current version. In memory
 * are a few frames, and the whole bundle only when it is small enough to go with the commit.
 * @throws EdgeError when the edge refuses, `reason` being one of COMMIT_REFUSALS; TransferError when storage does not take it
 */
export async function takeSnapshot(input: SnapshotInput): Promise<Snapshot> {
  const { edge, holder, credentials, directory, files, signal } = input;
  const { sessionId, epoch } = holder;
  const { format } = credentials;
  const formatVersion = await credentials.version();
  const packed = await credentials.pack(directory, files);
  const { contentBytes } = packed;
  const sizeBytes = sealedSize(packed.sizeBytes);
  const slot = await edge.credentialsSlot({ ...holder, format, seal: CREDENTIALS_SEAL, sizeBytes });
  const { version, workspaceId, uploadUrl } = slot;
  const facts = { seal: CREDENTIALS_SEAL, workspaceId, sessionId, version, epoch };
  const dataKey = Buffer.from(slot.dataKey, 'base64');
  const digest = createHash('sha256');
  const sealed = hashed(seal(packed.bytes, dataKey, facts), digest);
  let inline: string | null = null;
  if (uploadUrl === null) inline = await collectBase64(sealed);
  else await putStream(uploadUrl, sealed, sizeBytes, signal);
  dataKey.fill(0);
  signal.throwIfAborted();
  await input.beforeCommit(version);
  const commit = {
    ...holder,
    version,
    sha256: digest.digest('hex'),
    sizeBytes,
    contentBytes,
    formatVersion,
    phoneNumber: input.phoneNumber,
    generation: input.generation,
    atRest: input.atRest,
  };
  await edge.credentialsCommit({ ...commit, ...(inline === null ? {} : { inline }) });
  return { version, sizeBytes, contentBytes, commit };
}

async function collectBase64(source: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of source) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts).toString('base64');
}

async function* hashed(
  source: AsyncIterable<Buffer>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}
