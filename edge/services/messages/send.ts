import { chatSortOf } from '../../../shared/catalogue/kinds/kind.ts';
import { MESSAGE_KINDS } from '../../../shared/catalogue/message-kinds.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import type { ReceivedFile } from '../../media/store-media.ts';
import { requireCapability } from '../live/capabilities.ts';
import { discardObject } from '../media/discard-object.ts';
import { checkEnqueue, enqueue, type EnqueueResult } from './enqueue.ts';
import { finishSend } from './finish-send.ts';
import type { SendAnswer } from './idempotency.ts';
import type { SendRequest } from './send-request.ts';
import { orphaned, storeOwnFile } from './store-own-file.ts';

/**
 * Queues a message and rings its session's runner: one SQL statement, one signed POST. A file is stored before, unless it is
 * already. One that comes by URL or as base64 is stored only for a send that would be taken: one that would be refused, or is a
 * replay, is answered before. One that comes in a form is stored while the form is read, and discarded when the send is refused.
 * @throws AppError for every refusal, before anything is written; MEDIA_REJECTED when the file is not usable; with
 * `waitMs`, also how a settled message failed
 */
export async function send({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: SendRequest;
}): Promise<SendAnswer> {
  refuseChat(input);
  // The statement knows the session's engine; there is one alone so far.
  if ('asNote' in input.said && input.said.asNote === true)
    requireCapability('wwebjs', 'send.video.asNote');
  const { file } = input;
  if (file?.source.from === 'form') return sendReceived(ctx, input, file.source.file);
  // A stored file is looked up by the send's own statement.
  if (file === null || file.source.from === 'media')
    return finishSend(ctx, await enqueue({ ctx, input }), input);

  const replay = await checkEnqueue({ ctx, input });
  if (replay !== null) return replay;
  const { rule, source } = file;
  return sendReceived(ctx, input, await storeOwnFile(ctx, { rule, source }));
}

async function sendReceived(
  ctx: ServiceContext,
  input: SendRequest,
  media: ReceivedFile,
): Promise<SendAnswer> {
  const { objectKey } = media;
  // From here on the file is the send's, and not the form's.
  ctx.formFile = undefined;
  let result: EnqueueResult;
  try {
    result = await enqueue({ ctx, input, media });
  } catch (error) {
    // Where the database's answer was lost, a queued message may need the file.
    if (error instanceof AppError) ctx.waitUntil(discardObject(ctx, objectKey));
    else orphaned(ctx, objectKey, error);
    throw error;
  }
  // An equal request was faster, and its file is the one that is sent.
  if ('replay' in result) ctx.waitUntil(discardObject(ctx, objectKey));
  return finishSend(ctx, result, input);
}

/** What a chat does not take. Of a reply, whose chat is not known here, the engine says so. */
export function refuseChat({ said, to }: Pick<SendRequest, 'said' | 'to'>): void {
  if (to === null) return;
  const sort = 'chatId' in to ? chatSortOf(to.chatId) : 'person';
  if (!MESSAGE_KINDS[said.type].chats.includes(sort))
    throw invalid('to', `a ${sort} takes no message of kind ${said.type}`);
  const mentions = 'mentions' in said ? said.mentions : undefined;
  if (mentions !== undefined && sort === 'channel')
    throw invalid('mentions', 'nobody can be mentioned in a channel');
  if ('viewOnce' in said && said.viewOnce === true && sort === 'channel')
    throw invalid('viewOnce', 'nothing in a channel can be opened only once');
  if (mentions === 'all' && sort === 'person')
    throw invalid('mentions', 'only in a group can everybody be mentioned');
}

const invalid = (field: string, message: string): AppError =>
  new AppError('VALIDATION_ERROR', undefined, { fields: [{ in: 'body', field, message }] });
