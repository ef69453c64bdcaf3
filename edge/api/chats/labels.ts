import { z } from '@hono/zod-openapi';
import { askLive, LIVE_ERRORS } from '../ask-live.ts';
import { operation, type Row, withMeta } from '../operation.ts';
import { SessionChoice } from '../session-choice.ts';
import { scope } from '../takes.ts';
import { ChatRef, LabelSchema, SetLabels } from './schemas.ts';

/** Labels, which business accounts alone have. */
export const chatLabels: readonly Row[] = [
  operation({
    id: 'listLabels',
    method: 'get',
    path: '/v1/labels',
    takes: scope('chats:read'),
    summary: 'List the labels of a business account',
    description: 'Any other account has none: `NOT_SUPPORTED`.',
    query: SessionChoice,
    answer: [200, 'All labels.', z.array(LabelSchema)],
    errors: LIVE_ERRORS,
    run: async ({ ctx, query: { sessionId } }) => {
      const { output, meta } = await askLive(ctx, sessionId, 'listLabels', {});
      return withMeta(output.labels, meta);
    },
  }),
  operation({
    id: 'getChatLabels',
    method: 'get',
    path: '/v1/chats/{id}/labels',
    takes: scope('chats:read'),
    summary: 'List the labels of a chat',
    params: ChatRef,
    query: SessionChoice,
    answer: [200, 'Its labels.', z.array(LabelSchema)],
    errors: LIVE_ERRORS,
    run: async ({ ctx, params, query: { sessionId } }) => {
      const input = { chatId: params.id };
      const { output, meta } = await askLive(ctx, sessionId, 'getChatLabels', input);
      return withMeta(output.labels, meta);
    },
  }),
  operation({
    id: 'setChatLabels',
    method: 'put',
    path: '/v1/chats/{id}/labels',
    takes: scope('chats:write'),
    summary: 'Set the labels of a chat',
    params: ChatRef,
    body: { schema: SetLabels, example: { labelIds: ['1'] } },
    answer: [200, 'Its labels.', z.array(LabelSchema)],
    errors: LIVE_ERRORS,
    run: async ({ ctx, params, body: { sessionId, labelIds } }) => {
      const input = { chatId: params.id, labelIds };
      const { output, meta } = await askLive(ctx, sessionId, 'setChatLabels', input);
      return withMeta(output.labels, meta);
    },
  }),
];
