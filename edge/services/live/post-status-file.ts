import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ServiceContext } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { refuseUnfit } from '../../media/store-media.ts';
import { mediaNotFound, shownMedia } from '../media/get-media.ts';
import { keepFile } from '../media/upload-media.ts';
import type { SendRequest } from '../messages/send-request.ts';
import { storeOwnFile } from '../messages/store-own-file.ts';
import { findSession } from '../sessions/internal.ts';
import { type Asked, askSession, readyOwner } from './ask-session.ts';
import { requireCapability } from './capabilities.ts';

/** The runner begins to fetch the file at once. */
const FILE_URL_SECONDS = 120;

type PostedFile = NonNullable<SendRequest['file']>;

const Stored = z.object({ object_key: z.string(), mimetype: z.string(), size_bytes: Count });

/**
 * Posts an image or a video as a status. A file that the request brings is fetched only for a session that could post it, and is
 * kept like an upload; where it is not posted, it goes again.
 * @throws AppError as `askSession` does; MEDIA_REJECTED; LIMIT_EXCEEDED as `keepFile` does; NOT_FOUND for a stored file
 */
export async function postStatusFile({
  ctx,
  input: { session, file, caption },
}: {
  ctx: ServiceContext;
  input: { session: string | null; file: PostedFile; caption: string | null };
}): Promise<Asked<'postStatus'>> {
  const row = await findSession(ctx, session);
  requireCapability(row.session.engine, 'postStatus');
  readyOwner(row, 'postStatus');
  const post = async ({ objectKey, mimetype }: { objectKey: string; mimetype: string }) => {
    const fileUrl = await ctx.objects.presignGet(objectKey, FILE_URL_SECONDS);
    const ask = { fileUrl, mimetype, caption };
    return askSession({ ctx, input: { id: row.session.id, name: 'postStatus', ask } });
  };
  if (file.source.from === 'media') return post(await findStored(ctx, file, file.source.mediaId));

  const brought = await receive(ctx, file.rule, file.source);
  await keepFile(ctx, brought);
  try {
    return await post(brought);
  } catch (error) {
    await ctx.db.execute(sql`update media set expires_at = now() where id = ${brought.id}`);
    throw error;
  }
}

async function receive(
  ctx: ServiceContext,
  rule: PostedFile['rule'],
  source: Exclude<PostedFile['source'], { from: 'media' }>,
) {
  if (source.from !== 'form') return storeOwnFile(ctx, { rule, source });
  // From here on the file is the post's, and not the form's.
  ctx.formFile = undefined;
  return source.file;
}

async function findStored(ctx: ServiceContext, { rule }: PostedFile, id: string) {
  const { rows } = await ctx.db.execute(sql`
    select f.object_key, f.mimetype, f.size_bytes from media f left join sessions s on s.id = f.session_id
    where f.id = ${id} and ${shownMedia(ctx)}`);
  const [row] = z.array(Stored).parse(rows);
  if (row === undefined) throw mediaNotFound();
  const { object_key: objectKey, mimetype, size_bytes: sizeBytes } = row;
  refuseUnfit({ mimetype, sizeBytes }, rule);
  return { objectKey, mimetype };
}
