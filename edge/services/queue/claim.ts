import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { OutboundContent } from '../../../shared/catalogue/message-kinds.ts';
import { MESSAGE_STATUS_RANK } from '../../../shared/message-status.ts';
import type {
  ClaimedMessage,
  ClaimRequest,
  ClaimResponse,
} from '../../../shared/protocol/outbound-message.ts';
import type { Services } from '../../context.ts';
import { isOwnedAt } from '../ownership/internal.ts';
import { isOptedOut } from '../opt-outs/internal.ts';
import { staleEpoch } from './internal.ts';

/** Long enough for a whole claim at the slowest pacing. */
const MEDIA_URL_SECONDS = 3_600;

/** Written for a message without an expiry: 9999-12-31. */
const NEVER_MS = 253_402_214_400_000;

const Row = z.object({
  session_queue_seq: z.coerce.number(),
  held_back: z.boolean(),
  message: z
    .object({
      id: z.string(),
      queueSeq: z.number(),
      chatId: z.string(),
      content: z.unknown(),
      workspaceId: z.string(),
      quotedWireId: z.string().nullable(),
      senderNumber: z.string().nullable(),
      objectKey: z.string().nullable(),
      expiresAt: z.number().nullable(),
      attempts: z.number(),
      trace: z.string().nullable(),
    })
    .nullable(),
});

/**
 * Hands the next queued messages of a session to its owner, in order of the queue: `queued` → `sending` under its epoch,
 * in one statement. What is for later has no place in the queue until it is due, and is passed over. Nothing behind a message that an earlier owner left unsettled is handed out, and nothing at all while
 * the workspace is suspended, or to who has opted out since (messages/fail-messages-to-opted-out.ts fails that). Messages past their time are handed out like others: the runner settles them as EXPIRED,
 * which makes their event, and as NUMBER_CHANGED where its phone has another number than they were accepted for.
 * The lease row is share-locked, so that a takeover waits for a claim and a claim never outlives its epoch.
 * @throws AppError CONFLICT with `details.reason = stale_epoch`
 */
export async function claimMessages({
  services,
  input,
}: {
  services: Pick<Services, 'db' | 'env' | 'objects' | 'contentSeal'>;
  input: ClaimRequest;
}): Promise<ClaimResponse> {
  const { sessionId, epoch, limit } = input;
  const { rows } = await services.db.execute(sql`
    with owned as (
      select l.session_id, l.desired, w.is_active as workspace_active
      from session_leases l
      join sessions s on s.id = l.session_id
      join workspaces w on w.id = s.workspace_id
      where l.session_id = ${sessionId} and ${isOwnedAt(epoch)}
      for share of l
    ),
    barrier as (
      select min(m.queue_seq) as queue_seq
      from messages m
      where m.session_id = ${sessionId} and m.status = 'sending' and m.claim_epoch < ${epoch}::int
    ),
    next as (
      select m.id
      from messages m, owned, barrier
      where m.session_id = owned.session_id and owned.desired = 'running' and owned.workspace_active
        and m.status = 'queued' and m.queue_seq is not null
        and (barrier.queue_seq is null or m.queue_seq < barrier.queue_seq)
        and not ${isOptedOut(services.env, sql`m.workspace_id`, sql`m.session_id`, sql`m.chat_id`)}
      order by m.queue_seq
      limit ${limit}::int
      for update of m
    ),
    claimed as (
      update messages m set
        status = 'sending', status_rank = ${MESSAGE_STATUS_RANK.sending}::smallint, claim_epoch = ${epoch}::int
      from next
      where m.id = next.id
      returning m.*
    )
    select s.queue_seq as session_queue_seq, barrier.queue_seq is not null or not owned.workspace_active as held_back,
      case when m.id is not null then jsonb_build_object(
        'id', m.id, 'queueSeq', m.queue_seq, 'chatId', m.chat_id, 'content', m.content, 'workspaceId', m.workspace_id,
        'quotedWireId', m.quoted_wire_id, 'senderNumber', m.sender_number, 'objectKey', media.object_key,
        'attempts', m.attempts, 'trace', m.trace, 'expiresAt', (extract(epoch from m.expires_at) * 1000)::bigint) end as message
    from owned
    join sessions s on s.id = owned.session_id
    cross join barrier
    left join claimed m on true
    left join media on media.id = m.media_id and media.workspace_id = m.workspace_id
    order by m.queue_seq`);
  const parsed = z.array(Row).parse(rows);
  const [first] = parsed;
  if (first === undefined) throw staleEpoch(sessionId);

  const messages = parsed.flatMap(({ message }) => (message === null ? [] : [message]));
  return {
    messages: await Promise.all(
      messages.map(
        async ({
          id,
          workspaceId,
          content,
          quotedWireId,
          senderNumber,
          objectKey,
          expiresAt,
          trace,
          ...rest
        }): Promise<ClaimedMessage> => ({
          messageId: id,
          ...rest,
          content: OutboundContent.parse(services.contentSeal.open(workspaceId, content)),
          ...(quotedWireId !== null && { quotedWireId }),
          ...(senderNumber !== null && { senderNumber }),
          ...(objectKey !== null && {
            mediaUrl: await services.objects.presignGet(objectKey, MEDIA_URL_SECONDS),
          }),
          ...(trace !== null && { trace }),
          expiresAt: expiresAt ?? NEVER_MS,
        }),
      ),
    ),
    highestQueueSeq: first.session_queue_seq,
    heldBack: first.held_back,
  };
}
