import { z } from '@hono/zod-openapi';
import { MESSAGE_STATUSES } from '../../shared/message-status.ts';

/** What the sends of the source systems have in common. The operations that they call read it again, and more strictly. */

export const sessionId = z.string().optional().openapi({
  description:
    "Id or name of the session. Without it, the session that the key is pinned to, otherwise the workspace's default session.",
  example: 'support',
});

export const to = z.union([z.string(), z.number()]).openapi({
  type: 'string',
  description: 'A phone number in any common notation, or a chat id such as `15550100001@c.us`.',
  example: '+15550100001',
});

/** What a send of ours answers with, as far as the source systems show it. */
export const Sent = z.object({
  id: z.string(),
  status: z.enum(MESSAGE_STATUSES),
  sessionId: z.string(),
  chatId: z.string(),
  createdAt: z.string(),
});
