import type { MediaRule } from '../../../shared/catalogue/kinds/kind.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { describeError } from '../../log/describe-error.ts';
import { type FileSource, receiveFile } from '../../media/receive-file.ts';
import type { ReceivedFile } from '../../media/store-media.ts';
import { discardObject } from '../media/discard-object.ts';

/**
 * Stores a file that comes by URL or as base64 for what asks for it. Nothing of it stays when that fails.
 * @throws AppError as `receiveFile` does
 */
export async function storeOwnFile(
  ctx: ServiceContext,
  { rule, source }: { rule: MediaRule; source: FileSource },
): Promise<ReceivedFile> {
  const { workspaceId } = ctx;
  const id = newId('media', ctx.now());
  const objectKey = `${workspaceId}/media/${id}`;
  const place = { rule, workspaceId, objectKey };
  const media = await receiveFile(ctx, place, source).catch((error: unknown) => {
    ctx.waitUntil(discardObject(ctx, objectKey));
    throw error;
  });
  ctx.releaseBody?.();
  return { id, objectKey, ...media };
}

/** The database's answer was lost: the object stays, perhaps with no row that names it. */
export function orphaned({ log, requestId }: ServiceContext, objectKey: string, error: unknown) {
  log({ event: 'media_orphaned', requestId, objectKey, ...describeError(error) });
}
