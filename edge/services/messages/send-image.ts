import { sha256Hex } from '../../../shared/hex.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { describeError } from '../../http/describe-error.ts';
import { fetchImage, type FetchedImage } from '../../media/fetch-image.ts';
import { requireScope } from '../keys/require-scope.ts';
import { checkEnqueue, enqueue, type EnqueueResult } from './enqueue.ts';
import { finishSend } from './finish-send.ts';
import type { SendAnswer } from './idempotency.ts';
import type { NewMedia } from './send-statement.ts';
import type { SendTerms } from './send-terms.ts';

export type SendImageInput = SendTerms & {
  session: string | null;
  chatId: string;
  url: string;
  caption: string | null;
};

/**
 * Fetches the image, stores it, then queues the message with its media row in one statement. A send that would be
 * refused anyway, or is a replay, is answered before anything is fetched.
 * @throws AppError as `sendText` does; MEDIA_REJECTED when the URL gives no usable image
 */
export async function sendImage({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: SendImageInput;
}): Promise<SendAnswer> {
  requireScope(ctx, 'messages:send');
  const { session, chatId, url, caption, expiresInSeconds, sendAt, idempotency } = input;
  const target = { session, to: { chatId }, expiresInSeconds, sendAt, idempotency };
  const mediaId = newId('media', ctx.now());
  const content = {
    type: 'image' as const,
    mediaId,
    ...(caption === null ? {} : { caption }),
  };
  const expected = { ...content, mimetype: 'image/*' };
  const replay = await checkEnqueue({ ctx, input: { ...target, content: expected } });
  if (replay !== null) return replay;

  const image = await fetchImage(ctx.egress, url);
  const media = await store(ctx, mediaId, image);
  const named = image.filename === null ? {} : { filename: image.filename };
  let result: EnqueueResult;
  try {
    result = await enqueue({
      ctx,
      input: { ...target, content: { ...content, mimetype: image.mimetype, ...named }, media },
    });
  } catch (error) {
    ctx.waitUntil(discard(ctx, media.objectKey));
    throw error;
  }
  // An equal request was faster, and its file is the one that is sent.
  if ('replay' in result) ctx.waitUntil(discard(ctx, media.objectKey));
  return finishSend(ctx, result, input);
}

async function store(ctx: ServiceContext, id: string, image: FetchedImage): Promise<NewMedia> {
  const { bytes, mimetype, filename } = image;
  const objectKey = `${ctx.workspaceId}/media/${id}`;
  await ctx.objects.put(objectKey, bytes, mimetype);
  const sha256 = await sha256Hex(bytes);
  return { id, objectKey, mimetype, filename, sizeBytes: bytes.length, sha256 };
}

/** No row names this object: nothing would ever find it again. */
async function discard(ctx: ServiceContext, objectKey: string): Promise<void> {
  try {
    await ctx.objects.delete(objectKey);
  } catch (error) {
    const { requestId } = ctx;
    ctx.log({ event: 'media_orphaned', requestId, objectKey, ...describeError(error) });
  }
}
