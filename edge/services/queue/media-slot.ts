import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { factEventId, ID_PREFIXES } from '../../../shared/ids.ts';
import type {
  MediaSlotRequest,
  MediaSlotResponse,
} from '../../../shared/protocol/runner-reports.ts';
import type { Services } from '../../context.ts';
import { storable } from '../reports/safe-values.ts';
import { staleEpoch } from './internal.ts';

const UPLOAD_SECONDS = 900;

const Row = z.object({ id: z.string(), object_key: z.string(), size_bytes: z.coerce.number() });

/** The same file of the same message has one id, however often and by whichever boot it is asked for. */
async function mediaIdOf({ sessionId, wireId, sha256 }: MediaSlotRequest): Promise<string> {
  const id = await factEventId(['inbound media', sessionId, wireId, sha256]);
  return `${ID_PREFIXES.media}${id.slice(ID_PREFIXES.event.length)}`;
}

/**
 * Makes the media row of an inbound file and a place to put its bytes. An owner that was may ask too: what it received is
 * a fact, which is accepted late.
 * @throws AppError CONFLICT for an epoch that the session never had, or a session that is gone
 */
export async function openMediaSlot({
  services,
  input,
}: {
  services: Pick<Services, 'db' | 'objects'>;
  input: MediaSlotRequest;
}): Promise<MediaSlotResponse> {
  const mediaId = await mediaIdOf(input);
  // The sender of the file names it, in whatever characters.
  const { mimetype, filename } = storable(input);
  const { rows } = await services.db.execute(sql`
    insert into media as m
      (id, workspace_id, session_id, object_key, mimetype, filename, size_bytes, sha256)
    select ${mediaId}, s.workspace_id, s.id, s.workspace_id || '/media/' || ${mediaId}::text,
      ${mimetype}, ${filename}::text, ${input.sizeBytes}::bigint, ${input.sha256}
    from session_leases l join sessions s on s.id = l.session_id
    where l.session_id = ${input.sessionId} and l.epoch >= ${input.epoch}::int and ${input.epoch}::int > 0
    on conflict (id) do update set mimetype = excluded.mimetype, expires_at = null,
      created_at = case when m.expires_at is null then m.created_at else now() end
    returning m.id, m.object_key, m.size_bytes`);
  const [row] = z.array(Row).parse(rows);
  if (row === undefined) throw staleEpoch(input.sessionId);
  return {
    mediaId: row.id,
    putUrl: await services.objects.presignPut(row.object_key, row.size_bytes, UPLOAD_SECONDS),
  };
}
