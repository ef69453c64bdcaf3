import { z } from '@hono/zod-openapi';
import { MESSAGE_STATUSES } from '../../../shared/message-status.ts';
import { PageQuery } from '../../http/cursor.ts';
import type { MessageFilter } from '../../services/messages/message-filter.ts';
import { Moment } from '../moment-field.ts';
import { SessionLookup } from '../name-fields.ts';
import { Recipient } from '../recipient-fields.ts';
import { Reference } from './schemas.ts';

/** Filters of the messages, for their list and their export. */
export const FilterQuery = {
  sessionId: SessionLookup.optional().openapi({ description: 'Id or name.' }),
  direction: z.enum(['inbound', 'outbound']).optional(),
  status: z.enum(MESSAGE_STATUSES).optional(),
  type: z.string().min(1).max(100).optional().openapi({ example: 'text' }),
  chatId: Recipient.optional().openapi({
    description: 'A person’s phone number or LID, or the id of any chat.',
  }),
  reference: Reference.optional(),
  bulkId: z.string().min(1).max(100).optional(),
  since: Moment.optional().openapi({ description: 'Only messages from this time on.' }),
  until: Moment.optional().openapi({ description: 'Only messages before this time.' }),
};

const Filter = z.object(FilterQuery);

export const filterOf = (query: z.output<typeof Filter>): MessageFilter => ({
  session: query.sessionId ?? null,
  direction: query.direction ?? null,
  status: query.status ?? null,
  type: query.type ?? null,
  chat: query.chatId ?? null,
  reference: query.reference ?? null,
  bulkId: query.bulkId ?? null,
  since: query.since ?? null,
  until: query.until ?? null,
});

export const MessageQuery = z.object({ ...PageQuery, ...FilterQuery });
