import { createHash } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { fromBase64 } from '../../../shared/base64.ts';
import { AppError } from '../../../shared/errors.ts';
import type {
  CommitRefusal,
  CredentialsCommitRequest,
  CredentialsCommitResponse,
} from '../../../shared/protocol/credentials.ts';
import { SESSION_STATUSES } from '../../../shared/session-status.ts';
import type { Services } from '../../context.ts';
import { violatesConstraint } from '../../db/database-errors.ts';
import { isHolder, ownerCte } from './internal.ts';
import { judgeCommit, type Judgement } from './judge-commit.ts';

/** Besides the current one; what is kept apart is not counted. */
const PREVIOUS_KEPT = 2;

const MESSAGES: Readonly<Record<CommitRefusal, string>> = {
  registration_missing: 'The page was not linked to a phone; the last good version is kept.',
  number_changed: 'The linked number is not the session’s; the last good version is kept.',
  generation_fell: 'The credentials are older than the last good version, which is kept.',
  stale_epoch: 'Another epoch owns this session.',
  superseded: 'This version is no longer the next one; start again with a new slot.',
  not_stored: 'The data read back is not the data committed.',
};

const Row = z.object({
  status: z.string(),
  baseVersion: z.number(),
  sha256: z.string().nullable(),
  sizeBytes: z.coerce.number(),
  objectKey: z.string(),
  sessionPhoneNumber: z.string().nullable(),
  sessionStatus: z.enum(SESSION_STATUSES),
  current: z
    .object({
      version: z.number(),
      phoneNumber: z.string(),
      formatVersion: z.number(),
    })
    .nullable(),
});

/**
 * Makes a stored bundle the session's current version: judged, read back whole, and then moved to by compare-and-set, so
 * that of two that were begun from the same version one wins. Saying the same again is answered as the first time.
 * @throws AppError CONFLICT with `details.reason`, one of COMMIT_REFUSALS; the version before stays current then
 */
export async function commitCredentials({
  services,
  input,
}: {
  services: Pick<Services, 'db' | 'log'> & { objects: Pick<Services['objects'], 'read'> };
  input: CredentialsCommitRequest;
}): Promise<CredentialsCommitResponse> {
  const { db, log, objects } = services;
  const { sessionId, version, epoch } = input;
  const refuse = (reason: CommitRefusal): AppError => {
    log({ event: 'credentials_refused', sessionId, epoch, version, reason });
    return new AppError('CONFLICT', MESSAGES[reason], { reason });
  };

  const owned = await db.execute(sql`
    select 1 from session_leases l join sessions s on s.id = l.session_id where ${isHolder(input)}`);
  if (owned.rows.length === 0) throw refuse('stale_epoch');
  const found = await db.execute(sql`
    select c.status, c.base_version as "baseVersion", c.sha256, c.size_bytes as "sizeBytes", c.object_key as "objectKey",
      s.phone_number as "sessionPhoneNumber", s.status as "sessionStatus",
      case when current.version is not null then jsonb_build_object(
        'version', current.version, 'phoneNumber', current.phone_number,
        'formatVersion', current.format_version) end as "current"
    from session_credentials c
    join sessions s on s.id = c.session_id
    left join session_credentials current on current.session_id = s.id and current.status = 'current'
    where c.session_id = ${sessionId} and c.version = ${version}::int and c.epoch = ${epoch}::int`);
  const [row] = z.array(Row).parse(found.rows);
  if (row?.status === 'current' && row.sha256 === input.sha256) {
    await noteAtRest(db, input);
    return { version };
  }
  if (row?.status !== 'pending' || row.baseVersion !== (row.current?.version ?? 0))
    throw refuse('superseded');
  const judgement = judgeCommit({ ...input, ...row });
  if (!judgement.ok) throw refuse(judgement.reason);

  const stored =
    input.inline === undefined ? await objects.read(row.objectKey) : inlineStream(input.inline);
  const digest = stored === null ? null : await digestOf(stored);
  const isSame =
    digest !== null &&
    digest.sha256 === input.sha256 &&
    digest.sizeBytes === input.sizeBytes &&
    row.sizeBytes === input.sizeBytes;
  if (!isSame) throw refuse('not_stored');

  if (!(await movePointer(db, input, judgement))) throw refuse('superseded');
  log({ event: 'credentials_committed', sessionId, epoch, version, sizeBytes: input.sizeBytes });
  return { version };
}

/** A session at rest has nothing newer than this copy. */
async function noteAtRest(db: Services['db'], input: CredentialsCommitRequest): Promise<void> {
  if (!input.atRest) return;
  await db.execute(sql`
    update session_leases l set kept_epoch = l.epoch where ${isHolder(input)}`);
}

async function movePointer(
  db: Services['db'],
  input: CredentialsCommitRequest,
  judgement: Extract<Judgement, { ok: true }>,
): Promise<boolean> {
  try {
    const { rows } = await db.execute(pointerStatement(input, judgement));
    return rows.length > 0;
  } catch (error) {
    if (violatesConstraint(error, 'session_credentials_current')) return false;
    throw error;
  }
}

/**
 * One statement: the version before steps down, this one steps up, and what is too many is discarded. Whoever comes second
 * finds that the version before has stepped down already, or meets the index that lets one be current.
 */
function pointerStatement(
  input: CredentialsCommitRequest,
  { quarantineOthers, keepApart }: Extract<Judgement, { ok: true }>,
): SQL {
  const { sessionId, version } = input;
  const inline = input.inline ?? null;
  return sql`
    with ${ownerCte(input)},
    mine as (
      select c.object_key, c.base_version from session_credentials c, owner
      where c.session_id = owner.session_id and c.version = ${version}::int and c.status = 'pending'
    ),
    demoted as (
      update session_credentials c set
        status = ${quarantineOthers ? 'quarantined' : 'previous'},
        quarantined_at = case when ${quarantineOthers}::boolean then now() end,
        pre_upgrade = coalesce(${keepApart}::text, c.pre_upgrade)
      from mine
      where c.session_id = ${sessionId} and c.version = mine.base_version and c.status = 'current'
      returning c.version
    ),
    promoted as (
      update session_credentials c set
        status = 'current', sha256 = ${input.sha256}, content_bytes = ${input.contentBytes}::bigint,
        format_version = ${input.formatVersion}::int, phone_number = ${input.phoneNumber},
        inline_bytes = decode(${inline}::text, 'base64')
      from mine
      where c.object_key = mine.object_key and c.status = 'pending'
        and (mine.base_version = 0 or exists (select from demoted))
      returning c.version
    ),
    rested as (
      update session_leases l set kept_epoch = l.epoch from promoted
      where l.session_id = ${sessionId} and ${input.atRest}::boolean
    ),
    ranked as (
      select c.object_key, c.pre_upgrade,
        row_number() over (partition by c.pre_upgrade order by c.version desc) as nth
      from session_credentials c, promoted
      where c.session_id = ${sessionId} and c.status = 'previous'
    ),
    dropped as (
      update session_credentials c set
        status = ${quarantineOthers ? 'quarantined' : 'discarded'},
        quarantined_at = case when ${quarantineOthers}::boolean then now() end
      from ranked
      where c.object_key = ranked.object_key and (${quarantineOthers}::boolean or ranked.nth >
        case when ranked.pre_upgrade is null then ${keepApart === null ? PREVIOUS_KEPT - 1 : PREVIOUS_KEPT}::int
          when ranked.pre_upgrade = ${keepApart}::text then 0
          else 1 end)
    )
    select version from promoted`;
}

async function digestOf(
  stream: ReadableStream<Uint8Array>,
): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

const inlineStream = (base64: string): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => {
      controller.enqueue(fromBase64(base64));
      controller.close();
    },
  });
