import { type SQL, sql } from 'drizzle-orm';
import { fact } from '../../../events/append.ts';
import { mediaUrl } from '../../media/media-view.ts';
import {
  factTarget,
  isNews,
  messageByWireId,
  reported,
  type ReportOf,
  type WriteContext,
  writeStatement,
} from './write-context.ts';

type Report = ReportOf<'message.media'>;
type File = Report['media'];

const isPending = ({ mediaId, error }: File): boolean => mediaId === null && error === null;

/** Since when a reported file is on its way. */
export const pendingSince = (media: File | null): SQL =>
  media !== null && isPending(media) ? sql`now()` : sql`null::timestamptz`;

/** The stored file of the message, if it is the workspace's. */
export const fileCte = (media: File | null): SQL => sql`file as (
  select media.id from media join target on target.workspace_id = media.workspace_id
  where media.id = ${media?.mediaId ?? null}
)`;

/** What an event says of a file. @param id of the stored one, null where it is not there */
export const fileOf = ({ baseUrl }: Pick<WriteContext, 'baseUrl'>, media: File, id: SQL) => ({
  id,
  status: isPending(media)
    ? ('pending' as const)
    : sql`case when ${id} is null then 'failed' else 'ready' end`,
  url: sql`${mediaUrl(baseUrl, '')} || ${id}`,
  link: null,
  mimetype: media.mimetype,
  filename: media.filename,
  sizeBytes: media.sizeBytes,
  error: media.error,
});

/** What became of a file: one that is there stays, and of one that is not, a failure is news while it is waited for. */
export function messageMedia(write: WriteContext, report: Report): SQL {
  const { media, wireId, timestamp } = report;
  const event = fact('message.media', {
    ...reported(write, { beside: sql`cross join settled`, occurredAt: timestamp }),
    data: {
      messageId: sql`settled.id`,
      chatId: sql`settled.chat_id`,
      wireId,
      media: fileOf(write, media, sql`settled.media_id`),
    },
  });
  const change = [
    factTarget(write),
    fileCte(media),
    sql`about as (${messageByWireId(write, wireId)})`,
    sql`settled as (
      update messages message
      set media_id = (select file.id from file), media_pending_since = null,
        content = message.content || jsonb_build_object('media',
          ${JSON.stringify(media)}::jsonb || jsonb_build_object('mediaId', (select file.id from file)))
      from about
      where message.id = about.id and message.media_id is null and ${isNews(write)}
        and (message.media_pending_since is not null or exists (select 1 from file))
      returning message.id, message.chat_id, message.media_id
    )`,
  ];
  return writeStatement(write, change, event);
}
