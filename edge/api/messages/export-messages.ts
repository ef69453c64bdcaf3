import { z } from '@hono/zod-openapi';
import {
  exportMessages as exportMessagesVerb,
  MESSAGE_EXPORT_FORMATS,
  type MessageExportFormat,
} from '../../services/messages/export-messages.ts';
import { rawOperation } from '../operation.ts';
import { scope } from '../takes.ts';
import { filterOf, FilterQuery, MessageSchema } from './schemas.ts';

const TYPES: Readonly<Record<MessageExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/jsonl',
};

export const exportMessages = rawOperation({
  id: 'exportMessages',
  method: 'get',
  path: '/v1/messages/export',
  takes: scope('messages:read'),
  summary: 'Export messages',
  description:
    'A file with every message that passes the filters, newest first: CSV (RFC 4180) or JSON Lines, with a message as `GET /v1/messages` shows it on each line. In CSV, text that a spreadsheet would run as a formula starts with an apostrophe. If the connection breaks off, the file is incomplete: narrow it with `since` and `until`.',
  query: z.object({ format: z.enum(MESSAGE_EXPORT_FORMATS).default('csv'), ...FilterQuery }),
  responses: {
    200: {
      description: 'The file.',
      content: {
        'text/csv': { schema: z.string() },
        'application/jsonl': { schema: MessageSchema },
      },
    },
  },
  errors: ['SESSION_NOT_FOUND'],
  run: async ({ ctx, query: { format, ...query } }, c) => {
    const input = { filter: filterOf(query), format };
    const { filename, body } = await exportMessagesVerb({ ctx, input });
    return c.body(body, 200, {
      'content-type': TYPES[format],
      'content-disposition': `attachment; filename="${filename}"`,
      'cache-control': 'no-store',
    });
  },
});
