import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import {
  CREDENTIALS_SEAL,
  type CredentialsHolder,
  type CredentialsRestoreResponse,
} from '../../shared/protocol/credentials.ts';
import type { EdgeClient } from '../edge-client/edge-client.ts';
import { BadCredentialsError, type EngineCredentials } from '../engine/credentials.ts';
import type { Log } from '../log.ts';
import { open, SealError } from './seal.ts';
import { getStream, TransferError } from './transfer.ts';

const ERROR_LENGTH = 200;

export type RestoreInput = {
  edge: Pick<EdgeClient, 'credentialsRestore'>;
  log: Log;
  holder: CredentialsHolder;
  /** From the assignment: what the seal must be bound to, whatever the edge sends. */
  workspaceId: string;
  /** Of the session's engine. */
  credentials: EngineCredentials;
  /** Replaced as a whole, once every byte is authenticated. */
  stateDir: string;
  workDir: string;
  signal: AbortSignal;
};

export type Restored =
  | { restored: true; version: number; phoneNumber: string; generation: number }
  | {
      restored: false;
      generation: number;
      reason: Extract<CredentialsRestoreResponse, { found: false }>['reason'];
    };

type Bundle = Extract<CredentialsRestoreResponse, { found: true }>;

/**
 * Brings a session's newest sealed credentials onto this disk. A bundle that does not open (changed, cut off, another's) is
 * reported, and the version before is tried; nothing of it reaches `stateDir`.
 * @throws EdgeError or TransferError when edge or storage are out of reach: that says nothing about the bundle
 */
export async function restoreCredentials(input: RestoreInput): Promise<Restored> {
  const { edge, log, holder, credentials } = input;
  const { format } = credentials;
  const formatVersion = await credentials.version();
  const failed: { version: number; error: string }[] = [];
  for (;;) {
    const bundle = await edge.credentialsRestore({
      ...holder,
      format,
      formatVersion,
      seal: CREDENTIALS_SEAL,
      failed,
    });
    if (!bundle.found)
      return { restored: false, reason: bundle.reason, generation: bundle.generation };
    const { version, phoneNumber, generation } = bundle;
    try {
      await openInto(bundle, input);
      log.info('credentials.restored', { sessionId: holder.sessionId, version });
      return { restored: true, version, phoneNumber, generation };
    } catch (error) {
      if (!isAboutTheBundle(error)) throw error;
      const detail = error instanceof Error ? error.message : String(error);
      log.error('credentials.unopenable', { sessionId: holder.sessionId, version, error });
      failed.push({ version, error: detail.slice(0, ERROR_LENGTH) });
    }
  }
}

async function openInto(bundle: Bundle, input: RestoreInput): Promise<void> {
  const { credentials, holder, workspaceId, stateDir, workDir, signal } = input;
  const { seal, version, epoch } = bundle;
  const facts = { seal, workspaceId, sessionId: holder.sessionId, version, epoch };
  const dataKey = Buffer.from(bundle.dataKey, 'base64');
  const digest = createHash('sha256');
  await rm(workDir, { recursive: true, force: true });
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  try {
    const sealed = counted(await bytesOf(bundle, signal), bundle.sizeBytes, digest);
    await credentials.unpack(open(sealed, dataKey, facts), workDir);
    if (digest.digest('hex') !== bundle.sha256) throw new DigestError();
    await rm(stateDir, { recursive: true, force: true });
    await rename(workDir, stateDir);
  } finally {
    dataKey.fill(0);
    await rm(workDir, { recursive: true, force: true });
  }
}

async function bytesOf(
  { inline, downloadUrl }: Bundle,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer>> {
  if (downloadUrl !== null) return getStream(downloadUrl, signal);
  return oneChunk(Buffer.from(inline ?? '', 'base64'));
}

async function* oneChunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function* counted(
  source: AsyncIterable<Buffer>,
  sizeBytes: number,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Buffer> {
  let seen = 0;
  for await (const chunk of source) {
    seen += chunk.length;
    if (seen > sizeBytes) throw new DigestError();
    hash.update(chunk);
    yield chunk;
  }
}

class DigestError extends Error {
  constructor() {
    super('the bundle is not the one that was committed');
    this.name = 'DigestError';
  }
}

/** An object that is gone is a broken bundle; storage out of reach, or a full disk, is not. */
function isAboutTheBundle(error: unknown): boolean {
  if (error instanceof TransferError) return error.status === 404;
  return [SealError, BadCredentialsError, DigestError].some((kind) => error instanceof kind);
}
