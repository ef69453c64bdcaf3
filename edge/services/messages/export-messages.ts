import type { ServiceContext } from '../../context.ts';
import type { Cursor } from '../../db/cursor.ts';
import type { RowWriter } from '../../db/page-stream.ts';
import { type RowFile, rowFile } from '../../db/row-file.ts';
import { csvRecord } from '../../values/csv.ts';
import {
  type MessageFilter,
  messagesWhere,
  selectMessages,
  selectPlaces,
} from './message-filter.ts';
import { type MessageRow, type MessageView, viewMessage } from './message-view.ts';

export const MESSAGE_EXPORT_FORMATS = ['csv', 'jsonl'] as const;
export type MessageExportFormat = (typeof MESSAGE_EXPORT_FORMATS)[number];

const COLUMNS = [
  'id',
  'createdAt',
  'sessionId',
  'direction',
  'chatId',
  'type',
  'status',
  'reference',
  'bulkId',
  'wireId',
  'quotedMessageId',
  'mediaId',
  'writtenOn',
  'sendAt',
  'sentAt',
  'deliveredAt',
  'readAt',
  'playedAt',
  'failedAt',
] as const satisfies (keyof MessageView)[];

const record = (message: MessageView): string =>
  csvRecord([
    ...COLUMNS.map((column) => message[column]),
    message.from?.id ?? null,
    message.from?.name ?? null,
    message.error?.code ?? null,
    textOf(message),
    JSON.stringify(message.content),
  ]);

function textOf({ content: { text, caption } }: MessageView): string | null {
  if (typeof text === 'string') return text;
  return typeof caption === 'string' ? caption : null;
}

const WRITERS: Readonly<Record<MessageExportFormat, RowWriter<MessageView>>> = {
  csv: {
    head: csvRecord([...COLUMNS, 'fromId', 'fromName', 'errorCode', 'text', 'content']),
    write: (rows) => rows.map(record).join(''),
    tail: '',
  },
  jsonl: {
    head: '',
    write: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
    tail: '',
  },
};

/**
 * Messages that the filter lets pass, newest first, as a file; see `rowFile`.
 * @throws AppError as `messagesWhere`
 */
export async function exportMessages({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: {
    filter: MessageFilter;
    format: MessageExportFormat;
    cursor: Cursor | null;
    limit: number;
  };
}): Promise<RowFile & { filename: string }> {
  const { filter, format } = input;
  // Without an end the export would come upon messages that are written while it runs.
  const until = filter.until ?? new Date(ctx.now());
  const where = await messagesWhere(ctx, { ...filter, until });
  const { write, ...ends } = WRITERS[format];
  const file = await rowFile<MessageRow>(input, {
    places: (cursor, offset) => selectPlaces(ctx, where, { cursor, offset }),
    read: (page) => selectMessages(ctx, where, page),
    writer: { ...ends, write: (rows, isFirst) => write(rows.map(viewMessage), isFirst) },
  });
  return { ...file, filename: `waypost-messages-${until.toISOString().slice(0, 10)}.${format}` };
}
