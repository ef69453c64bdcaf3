import { LIMITS, shown } from '../../../shared/catalogue/limits.ts';
import type { OutboundContent } from '../../../shared/catalogue/message-kinds.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import type { LeftOut } from '../../db/schema/bulks.ts';
import type { FileSource } from '../../media/receive-file.ts';
import { type ReceivedFile, refuseUnfit, renamed } from '../../media/store-media.ts';
import { notWritten } from '../audit/audit-row.ts';
import { discardObject } from '../media/discard-object.ts';
import { mediaNotFound } from '../media/get-media.ts';
import { noMediaRoom } from '../media/media-quota.ts';
import { orphaned, storeOwnFile } from '../messages/store-own-file.ts';
import { noPlaceYet, findSession, type SessionRow } from '../sessions/internal.ts';
import { MAX_AHEAD_DAYS, refuseTooFarAhead } from '../messages/enqueue.ts';
import { reachOf } from '../users/reach.ts';
import { type BulkFacts, readBulkFacts } from './bulk-facts.ts';
import type { BulkRequest } from './bulk-request.ts';
import { getBulk, type WholeBulk } from './get-bulk.ts';
import { type Accepted, choose, readRecipients } from './recipients.ts';
import { planBulk } from './plan.ts';
import { variablesIn } from './template.ts';
import { type PlannedMessage, writeBulk } from './write-bulk.ts';

/** A bulk that another one of its session overtook is planned again. */
const MAX_RUNS = 10;
const MAX_AHEAD_MS = MAX_AHEAD_DAYS * 86_400_000;
const MAX_BYTES = LIMITS.bulkMebibytes.limit * 1024 * 1024;
const MAX_FIELDS = 20;

/**
 * Plans a message for each recipient, and writes them all at once: few statements, however many there are. Who gets none is
 * named with the reason.
 * @throws AppError for what is wrong with all of them, and then nothing was written: VALIDATION_ERROR for missing or too many variables,
 *   SESSION_NOT_READY, QUEUE_FULL, the codes of Idempotency-Keys, those of `findSession` and of a stored file
 */
export async function createBulk({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: BulkRequest;
}): Promise<WholeBulk & { replayed: boolean }> {
  refuseTooFarAhead(ctx, input.sendAt);
  refuseVariables(input);
  // From here on the file of a form is the bulk's.
  const brought: Brought = { file: ctx.formFile ?? null };
  ctx.formFile = undefined;
  try {
    const made = await planAndWrite(ctx, input, brought);
    if (made.replayed) discard(ctx, brought);
    return made;
  } catch (error) {
    // Where the database's answer was lost, planned messages may need the file.
    if (error instanceof AppError) discard(ctx, brought);
    else if (brought.file !== null) orphaned(ctx, brought.file.objectKey, error);
    throw error;
  }
}

/** The file that comes with the bulk, once it is stored: only for a bulk that would be taken. */
type Brought = { file: ReceivedFile | null };

function discard(ctx: ServiceContext, { file }: Brought): void {
  if (file !== null) ctx.waitUntil(discardObject(ctx, file.objectKey));
}

async function planAndWrite(
  ctx: ServiceContext,
  input: BulkRequest,
  brought: Brought,
): Promise<WholeBulk & { replayed: boolean }> {
  const key = ownKey(ctx, input.idempotency?.key ?? null);
  const leftOut: LeftOut[] = [];
  const candidates = await readRecipients(ctx, input, leftOut);
  for (let run = 1; run <= MAX_RUNS; run += 1) {
    const session = await findSession(ctx, input.session);
    const sessionId = session.session.id;
    const chatIds = candidates.map(({ chatId }) => chatId);
    const broughtBytes = brought.file?.sizeBytes ?? 0;
    const facts = await readBulkFacts(ctx, {
      sessionId,
      chatIds,
      request: input,
      key,
      broughtBytes,
    });
    if (facts === undefined) continue;
    const { prior } = facts;
    if (prior !== null) {
      if (!prior.sameBody || prior.sessionId !== sessionId)
        throw new AppError('IDEMPOTENCY_MISMATCH');
      notWritten(ctx);
      return { ...(await getBulk({ ctx, input: { id: prior.id } })), replayed: true };
    }
    refuseSession(session, facts);
    if (facts.full) throw noMediaRoom();
    if (brought.file === null && input.file !== null && isToCome(input.file)) {
      brought.file = await storeOwnFile(ctx, input.file);
      // That took its time: the plan is made by what holds now.
      continue;
    }
    const id = newId('bulk', ctx.now());
    const left = [...leftOut];
    const accepted = choose(input, candidates, facts, left);
    const stored = fileContent(input.file, brought.file ?? facts.file);
    const messages = plan(ctx, { request: input, session, facts, stored, accepted }, left);
    refuseTooMuch(messages, facts);
    const write = {
      id,
      sessionId,
      request: input,
      key,
      messages,
      brought: brought.file,
      seen: facts.bulks,
    };
    const inOrder = left.toSorted((a, b) => a.index - b.index);
    if (await writeBulk(ctx, { ...write, leftOut: inOrder }))
      return { ...(await getBulk({ ctx, input: { id } })), replayed: false };
  }
  throw new AppError('CONFLICT', 'Other bulks of this session came first; try again.');
}

/** Idempotency-Keys as they are kept: see idempotencyKeyOf in messages/send-statement.ts. */
function ownKey(ctx: ServiceContext, key: string | null): string | null {
  if (key === null) return null;
  const { pin, createdBy, sandboxOnly } = reachOf(ctx);
  const lines = [pin, createdBy, sandboxOnly ? 'test' : null].filter((line) => line !== null);
  return [...lines, key].join('\n');
}

function refuseVariables({ said, recipients }: BulkRequest): void {
  const wanted = variablesIn(said);
  const { limit } = LIMITS.bulkVariables;
  if (wanted.length > limit)
    throw new AppError(
      'VALIDATION_ERROR',
      `The message names ${shown(wanted.length)} variables; it may name ${limit}.`,
      { variables: wanted.length, limit },
    );
  const fields: { in: string; field: string; message: string }[] = [];
  for (const [index, { variables }] of recipients.entries()) {
    for (const name of wanted)
      if (!Object.hasOwn(variables, name))
        fields.push({
          in: 'body',
          field: `recipients.${index}.variables`,
          message: `has no \`${name}\`, which the message names`,
        });
    if (fields.length >= MAX_FIELDS) break;
  }
  const [first] = fields;
  if (first === undefined) return;
  throw new AppError('VALIDATION_ERROR', `body.${first.field}: ${first.message}`, {
    fields: fields.slice(0, MAX_FIELDS),
  });
}

function refuseSession({ session, waitsForCapacity }: SessionRow, facts: BulkFacts): void {
  if (facts.accepting) return;
  const { status } = session;
  throw waitsForCapacity
    ? noPlaceYet(status)
    : new AppError('SESSION_NOT_READY', undefined, { status });
}

function plan(
  ctx: ServiceContext,
  {
    request: { sendAt, recipients },
    session: { session },
    facts: { now, first_contacts: taken },
    stored,
    accepted,
  }: {
    request: BulkRequest;
    session: SessionRow;
    facts: BulkFacts;
    stored: FileContent;
    accepted: readonly Accepted[];
  },
  leftOut: LeftOut[],
): PlannedMessage[] {
  const times = planBulk({
    isFirstContact: accepted.map(({ isNew }) => isNew),
    start: Math.max(now.getTime(), sendAt === null ? 0 : Date.parse(sendAt)),
    until: now.getTime() + MAX_AHEAD_MS,
    pacing: session,
    limits: { perHour: session.firstContactsPerHour, perDay: session.firstContactsPerDay },
    taken,
    random: Math.random,
  });
  // Ids of one moment, in the order of the recipients.
  const ids = accepted.map(() => newId('message', ctx.now())).toSorted();
  return accepted.flatMap(({ index, chatId, said, isNew }, place): PlannedMessage[] => {
    const { to = '', reference = null } = recipients[index] ?? {};
    const [id, at = null] = [ids[place], times[place]];
    if (id !== undefined && at !== null)
      return [
        { id, chatId, content: { ...said, ...stored }, reference, at, isFirstContact: isNew },
      ];
    const message = `the session’s limits of first contacts leave no room within ${MAX_AHEAD_DAYS} days`;
    leftOut.push({ index, to: String(to), reason: 'first_contact_limit', message });
    return [];
  });
}

type Wanted = Exclude<BulkRequest['file'], null>;

const isToCome = (file: Wanted): file is Wanted & { source: FileSource } =>
  file.source.from === 'url' || file.source.from === 'bytes';

type FileContent = Pick<OutboundContent, 'mediaId' | 'mimetype' | 'filename'>;

/** @throws AppError NOT_FOUND, MEDIA_REJECTED */
function fileContent(wanted: BulkRequest['file'], file: BulkFacts['file']): FileContent {
  if (wanted === null) return {};
  if (file === null) throw mediaNotFound();
  refuseUnfit(file, wanted.rule);
  const { source } = wanted;
  const given = source.from === 'media' ? source.filename : null;
  const { id: mediaId, mimetype, filename } = renamed(file, given);
  return { mediaId, mimetype, ...(filename === null ? {} : { filename }) };
}

function refuseTooMuch(messages: readonly PlannedMessage[], { waiting }: BulkFacts): void {
  if (waiting + messages.length > LIMITS.bulkMessages.limit)
    throw new AppError(
      'QUEUE_FULL',
      `The session has ${shown(waiting)} messages of bulks to send, and may have ${shown(LIMITS.bulkMessages.limit)}; try again when some have been sent.`,
    );
  const bytes = messages.reduce((sum, { content }) => sum + JSON.stringify(content).length, 0);
  if (bytes > MAX_BYTES)
    throw new AppError(
      'VALIDATION_ERROR',
      `The messages have more than ${LIMITS.bulkMebibytes.limit} MB together; send fewer at once.`,
    );
}
