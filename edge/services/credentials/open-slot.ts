import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { toBase64 } from '../../../shared/base64.ts';
import {
  CREDENTIALS_INLINE_BYTES,
  type CredentialsSlotRequest,
  type CredentialsSlotResponse,
} from '../../../shared/protocol/credentials.ts';
import type { Services } from '../../context.ts';
import { staleEpoch } from '../queue/internal.ts';
import { newDataKey, unwrapDataKey, wrapDataKey } from './data-key.ts';
import { isHolder, ownerCte } from './internal.ts';

const UPLOAD_SECONDS = 900;

const SessionRow = z.object({
  workspaceId: z.string(),
  wrappedKey: z.string().nullable(),
  masterKeyVersion: z.string().nullable(),
});

const SlotRow = z.object({ version: z.number() });

/**
 * Begins a new version of a session's credentials: its number, the session's data key in clear, and a place for the sealed
 * bundle. The row is `pending` until it is committed, and is purged when that never happens.
 * @throws AppError CONFLICT when the caller is not the session's owner
 */
export async function openCredentialsSlot({
  services,
  input,
}: {
  services: Pick<Services, 'db' | 'objects' | 'env'>;
  input: CredentialsSlotRequest;
}): Promise<CredentialsSlotResponse> {
  const { db, objects, env } = services;
  const { sessionId, epoch, format, seal, sizeBytes } = input;
  const found = await db.execute(sql`
    select s.workspace_id as "workspaceId", newest.wrapped_key as "wrappedKey",
      newest.master_key_version as "masterKeyVersion"
    from session_leases l
    join sessions s on s.id = l.session_id
    left join lateral (
      select c.wrapped_key, c.master_key_version from session_credentials c
      where c.session_id = s.id order by c.version desc limit 1
    ) newest on true
    where ${isHolder(input)}`);
  const [session] = z.array(SessionRow).parse(found.rows);
  if (session === undefined) throw staleEpoch(sessionId);

  const facts = { workspaceId: session.workspaceId, sessionId };
  const dataKey = (await knownDataKey(session, facts, env)) ?? newDataKey();
  const { wrappedKey, masterKeyVersion } = await wrapDataKey(
    dataKey,
    facts,
    env.SESSION_ENCRYPTION_KEY,
  );
  const objectKey = `${session.workspaceId}/credentials/${sessionId}/${crypto.randomUUID()}`;
  const inserted = await db.execute(sql`
    with ${ownerCte(input)},
    current as (
      select c.version from session_credentials c, owner
      where c.session_id = owner.session_id and c.status = 'current'
    )
    insert into session_credentials as c (object_key, session_id, workspace_id, version, base_version, epoch, format, seal,
      size_bytes, wrapped_key, master_key_version)
    select ${objectKey}, owner.session_id, owner.workspace_id,
      (select coalesce(max(known.version), 0) + 1 from session_credentials known where known.session_id = owner.session_id),
      coalesce((select version from current), 0),
      ${epoch}::int, ${format}, ${seal}::int, ${sizeBytes}::bigint, ${wrappedKey}, ${masterKeyVersion}
    from owner
    on conflict (session_id, version) do nothing
    returning c.version`);
  const [slot] = z.array(SlotRow).parse(inserted.rows);
  // No row: the owner changed just now, or begun two at once. Either way the caller begins again later.
  if (slot === undefined) throw staleEpoch(sessionId);
  const isInline = sizeBytes <= CREDENTIALS_INLINE_BYTES;
  return {
    version: slot.version,
    workspaceId: session.workspaceId,
    dataKey: toBase64(dataKey),
    uploadUrl: isInline ? null : await objects.presignPut(objectKey, sizeBytes, UPLOAD_SECONDS),
  };
}

/** A key that does not open any more is no reason to stop keeping credentials: a new one takes its place. */
async function knownDataKey(
  { wrappedKey, masterKeyVersion }: z.infer<typeof SessionRow>,
  facts: { workspaceId: string; sessionId: string },
  env: Services['env'],
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (wrappedKey === null || masterKeyVersion === null) return null;
  const isKnown = env.SESSION_ENCRYPTION_KEY.some(({ version }) => version === masterKeyVersion);
  if (!isKnown) return null;
  return unwrapDataKey({ wrappedKey, masterKeyVersion }, facts, env.SESSION_ENCRYPTION_KEY);
}
