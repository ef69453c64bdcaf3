import { createHash } from 'node:crypto';
import {
  CREDENTIALS_FORMAT,
  type CredentialsCommitRequest,
  type CredentialsHolder,
} from '../../shared/protocol/credentials.ts';
import type { EdgeClient } from '../edge-client/edge-client.ts';
import type { KeptFile } from './kept-files.ts';
import { pack, planPack } from './pack.ts';
import { seal, sealedSize } from './seal.ts';
import { putStream } from './transfer.ts';

export type SnapshotInput = {
  edge: Pick<EdgeClient, 'credentialsSlot' | 'credentialsCommit'>;
  holder: CredentialsHolder;
  /** At rest: nobody writes to these files. */
  directory: string;
  files: readonly KeptFile[];
  chromiumMajor: number;
  phoneNumber: string;
  /** Nothing runs on the profile any more. */
  atRest: boolean;
  /** Of the profile that the files are of. */
  generation: number;
  /** Notes the new version before it is kept. */
  beforeCommit: (version: number) => Promise<void>;
  signal: AbortSignal;
};

export type Snapshot = {
  version: number;
  sizeBytes: number;
  contentBytes: number;
  /** The same again, to say of it that it is all there is. */
  commit: CredentialsCommitRequest;
};

/**
 * Packs, seals and stores a copy of a profile in one pass, and makes it the session's current version. In memory stand the
 * compressed logs, a few frames, and a bundle that is small enough to travel in the commit.
 * @throws EdgeError when the edge refuses, `reason` being one of COMMIT_REFUSALS; TransferError when storage does not take it
 */
export async function takeSnapshot(input: SnapshotInput): Promise<Snapshot> {
  const { edge, holder, directory, files, signal } = input;
  const { sessionId, epoch } = holder;
  const plan = await planPack(directory, files);
  const contentBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const sizeBytes = sealedSize(plan.sizeBytes);
  const slot = await edge.credentialsSlot({ ...holder, format: CREDENTIALS_FORMAT, sizeBytes });
  const { version, workspaceId, uploadUrl } = slot;
  const facts = { format: CREDENTIALS_FORMAT, workspaceId, sessionId, version, epoch };
  const dataKey = Buffer.from(slot.dataKey, 'base64');
  const digest = createHash('sha256');
  const sealed = hashed(seal(pack(plan), dataKey, facts), digest);
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
    chromiumMajor: input.chromiumMajor,
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
