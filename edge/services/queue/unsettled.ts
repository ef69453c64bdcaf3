import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type {
  UnsettledRequest,
  UnsettledResponse,
} from '../../../shared/protocol/outbound-message.ts';
import type { Services } from '../../context.ts';
import { isOwnedAt } from '../ownership/internal.ts';
import { staleEpoch } from './internal.ts';

const Row = z.object({
  id: z.string().nullable(),
  queue_seq: z.coerce.number(),
  chat_id: z.string().nullable(),
  claim_epoch: z.number().nullable(),
});

/**
 * Messages of a session that were claimed and never settled, in order of the queue: those of earlier owners, and those of
 * the asking epoch itself, whose claim's answer may have been lost on the way. `claimEpoch` tells them apart.
 * @throws AppError CONFLICT with `details.reason = stale_epoch`
 */
export async function listUnsettled({
  services,
  input,
}: {
  services: Pick<Services, 'db'>;
  input: UnsettledRequest;
}): Promise<UnsettledResponse> {
  const { sessionId, epoch } = input;
  const { rows } = await services.db.execute(sql`
    select m.id, m.queue_seq, m.chat_id, m.claim_epoch
    from session_leases l
    left join messages m
      on m.session_id = l.session_id and m.status = 'sending' and m.claim_epoch <= l.epoch
    where l.session_id = ${sessionId} and ${isOwnedAt(epoch)}
    order by m.queue_seq`);
  const parsed = z.array(Row).parse(rows);
  if (parsed.length === 0) throw staleEpoch(sessionId);
  return {
    messages: parsed.flatMap(({ id, queue_seq, chat_id, claim_epoch }) =>
      id === null || chat_id === null || claim_epoch === null
        ? []
        : [{ messageId: id, queueSeq: queue_seq, chatId: chat_id, claimEpoch: claim_epoch }],
    ),
  };
}
