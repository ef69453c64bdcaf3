import { z } from '@hono/zod-openapi';
import {
  exportMessages as exportMessagesVerb,
  MESSAGE_EXPORT_FORMATS,
  type MessageExportFormat,
} from '../../services/messages/export-messages.ts';
import { exportOperation, FileQuery } from '../export-file.ts';
import { scope } from '../takes.ts';
import { filterOf, FilterQuery } from './filter.ts';
import { MessageSchema } from './schemas.ts';

const TYPES: Readonly<Record<MessageExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/jsonl',
};

const Query = z.object({
  format: z.enum(MESSAGE_EXPORT_FORMATS).default('csv'),
  ...FileQuery,
  ...FilterQuery,
});

export const exportMessages = exportOperation({
  id: 'exportMessages',
  path: '/v1/messages/export',
  takes: scope('messages:read'),
  summary: 'Export messages',
  description:
    'A file with every message that passes the filters, newest first: CSV (RFC 4180) or JSON Lines, with a message as `GET /v1/messages` shows it on each line.',
  query: Query,
  content: {
    'text/csv': { schema: z.string() },
    'application/jsonl': { schema: MessageSchema },
  },
  errors: ['SESSION_NOT_FOUND'],
  run: async ({ ctx, query: { format, cursor = null, limit, ...filter } }) => {
    const input = { filter: filterOf(filter), format, cursor, limit };
    return { ...(await exportMessagesVerb({ ctx, input })), type: TYPES[format] };
  },
});
