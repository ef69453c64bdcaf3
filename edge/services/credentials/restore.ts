import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { toBase64 } from '../../../shared/base64.ts';
import type {
  CredentialsRestoreRequest,
  CredentialsRestoreResponse,
} from '../../../shared/protocol/credentials.ts';
import type { Services } from '../../context.ts';
import { isWhollyKept } from '../ownership/internal.ts';
import { staleEpoch } from '../queue/internal.ts';
import { chooseVersion } from './choose-version.ts';
import { unwrapDataKey, wrapDataKey } from './data-key.ts';
import { noteOldCopy } from './note-old-copy.ts';
import { isHolder, StoredBundle } from './internal.ts';

const DOWNLOAD_SECONDS = 900;

/**
 * Hands the owner the newest version of its session's credentials that it can open, and the key. A version whose key is
 * wrapped by an older master key is wrapped anew on the way.
 * @throws AppError CONFLICT when the caller does not own the session now; UNAVAILABLE when the master key that a version
 *   needs is not configured any more
 */
export async function restoreCredentials({
  services,
  input,
}: {
  services: Services;
  input: CredentialsRestoreRequest;
}): Promise<CredentialsRestoreResponse> {
  const { objects, log } = services;
  const { sessionId, epoch, format, formatVersion, seal } = input;
  await requireOwner(services, input);
  await noteFailures(services, input);
  const bundles = await loadBundles(services, sessionId);

  const generation = bundles.find(({ status }) => status === 'current')?.version ?? 0;
  const failed = new Set(input.failed.map(({ version }) => version));
  for (;;) {
    const choice = chooseVersion(bundles, { format, formatVersion, seal, failed });
    if (!choice.found) {
      log({
        event: 'credentials_not_found',
        sessionId,
        epoch,
        format,
        formatVersion,
        reason: choice.reason,
      });
      return { ...choice, generation };
    }
    const { bundle } = choice;
    const dataKey = await openKey(services, sessionId, bundle);
    if (dataKey === null) {
      log({ event: 'credentials_key_damaged', sessionId, version: bundle.version });
      failed.add(bundle.version);
      continue;
    }
    log({ event: 'credentials_restored', sessionId, epoch, version: bundle.version });
    const { version, workspaceId, sha256, sizeBytes, phoneNumber, inline } = bundle;
    if (bundle.isOld) await noteOldCopy(services, { sessionId, workspaceId, epoch, version });
    return {
      found: true,
      version,
      generation,
      epoch: bundle.epoch,
      seal: bundle.seal,
      sha256,
      sizeBytes,
      phoneNumber,
      dataKey: toBase64(dataKey),
      inline,
      downloadUrl:
        inline === null ? await objects.presignGet(bundle.objectKey, DOWNLOAD_SECONDS) : null,
    };
  }
}

async function requireOwner(
  { db }: Pick<Services, 'db'>,
  input: CredentialsRestoreRequest,
): Promise<void> {
  const { rows } = await db.execute(sql`
    select 1 from session_leases l where ${isHolder(input)} and l.lease_until > now()`);
  if (rows.length === 0) throw staleEpoch(input.sessionId);
}

/** A version that does not open is an alarm: storage lost it, or somebody changed it. */
async function noteFailures(
  { db, log }: Pick<Services, 'db' | 'log'>,
  { sessionId, epoch, failed }: CredentialsRestoreRequest,
): Promise<void> {
  const newest = failed.at(-1);
  if (newest === undefined) return;
  const { version, error } = newest;
  log({ event: 'credentials_unopenable', alert: true, sessionId, epoch, version, error });
  await db.execute(sql`
    insert into session_log (session_id, status, reason, epoch)
    select s.id, s.status, ${`credentials_unopenable: version ${version} (${error})`}, ${epoch}::int
    from sessions s where s.id = ${sessionId}`);
}

async function loadBundles(
  { db }: Pick<Services, 'db'>,
  sessionId: string,
): Promise<StoredBundle[]> {
  const { rows } = await db.execute(sql`
    select c.version, c.epoch, c.format, c.format_version as "formatVersion", c.seal, c.status,
      s.workspace_id as "workspaceId", c.object_key as "objectKey",
      replace(encode(c.inline_bytes, 'base64'), chr(10), '') as inline, c.sha256, c.size_bytes as "sizeBytes",
      c.wrapped_key as "wrappedKey", c.master_key_version as "masterKeyVersion",
      c.phone_number as "phoneNumber",
      l.started_epoch is not null and not (${isWhollyKept()} and c.status = 'current') as "isOld"
    from session_credentials c
    join sessions s on s.id = c.session_id and s.workspace_id = c.workspace_id
    join session_leases l on l.session_id = c.session_id
    where c.session_id = ${sessionId} and c.status in ('current', 'previous')`);
  return z.array(StoredBundle).parse(rows);
}

async function openKey(
  { db, env }: Pick<Services, 'db' | 'env'>,
  sessionId: string,
  bundle: StoredBundle,
): Promise<Uint8Array | null> {
  const facts = { workspaceId: bundle.workspaceId, sessionId };
  const dataKey = await unwrapDataKey(bundle, facts, env.SESSION_ENCRYPTION_KEY);
  if (dataKey === null) return null;
  if (bundle.masterKeyVersion === env.SESSION_ENCRYPTION_KEY[0]?.version) return dataKey;
  const { wrappedKey, masterKeyVersion } = await wrapDataKey(
    dataKey,
    facts,
    env.SESSION_ENCRYPTION_KEY,
  );
  await db.execute(sql`
    update session_credentials c set wrapped_key = ${wrappedKey}, master_key_version = ${masterKeyVersion}
    where c.object_key = ${bundle.objectKey} and c.master_key_version = ${bundle.masterKeyVersion}`);
  return dataKey;
}
