import { z } from '@hono/zod-openapi';
import { STATUS_FONTS, STATUS_OPERATIONS, StatusPost } from '../../shared/catalogue/live/status.ts';
import { askLive, LIVE_ERRORS, relay } from './ask-live.ts';
import { Deleted } from './deleted.ts';
import { area, operation, withMeta } from './operation.ts';
import { SessionChoice, sessionField } from './session-choice.ts';
import { scope } from './takes.ts';

const StatusPostSchema = z
  .object(StatusPost.shape)
  .openapi('StatusPost', { example: STATUS_OPERATIONS.postStatus.example.output });

const PostStatus = z.strictObject({
  ...sessionField,
  text: z
    .string()
    .max(700)
    .refine((text) => text.trim() !== '', 'must not be empty'),
  color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'a color as #7acca5')
    .default('#7acca5')
    .openapi({ description: 'The background, as CSS writes it.' }),
  font: z
    .number()
    .int()
    .min(0)
    .max(STATUS_FONTS - 1)
    .default(0)
    .openapi({ description: 'The font, by WhatsApp’s own number.' }),
});

const PostRef = z.object({
  id: z
    .string()
    .regex(/^[\w.-]{8,64}$/, 'the `wireId` of a post')
    .openapi({
      param: { name: 'id', in: 'path' },
      description: 'The `wireId` of the post.',
      example: '3EB0C431C26A1916E07A5D',
    }),
});

/** Status posts of the session's own number. */
export const status = area('Status', [
  operation({
    id: 'listStatus',
    method: 'get',
    path: '/v1/status',
    takes: scope('status:read'),
    summary: 'List the number’s own status posts, newest first',
    description: 'Those of the last day, as far as the session knows them.',
    query: SessionChoice,
    answer: [200, 'All of them.', z.array(StatusPostSchema)],
    errors: LIVE_ERRORS,
    run: async ({ ctx, query: { sessionId } }) => {
      const { output, meta } = await askLive(ctx, sessionId, 'listStatus', {});
      return withMeta(output.posts, meta);
    },
  }),
  operation({
    id: 'postStatus',
    method: 'post',
    path: '/v1/status',
    takes: scope('status:write'),
    summary: 'Post a text as a status',
    description:
      'Who sees it is set on the phone. `UNAVAILABLE` with `outcome: "unknown"` means that it may have been posted: list before you post again.',
    body: { schema: PostStatus, example: { text: 'Open on Sunday' } },
    answer: [201, 'The post.', StatusPostSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, body: { sessionId, ...post } }) => relay(ctx, sessionId, 'postStatus', post),
  }),
  operation({
    id: 'deleteStatus',
    method: 'delete',
    path: '/v1/status/{id}',
    takes: scope('status:write'),
    summary: 'Delete a status post for everybody',
    params: PostRef,
    query: SessionChoice,
    answer: [200, 'It is deleted.', Deleted],
    errors: LIVE_ERRORS,
    run: async ({ ctx, params: { id }, query: { sessionId } }) => {
      const { output, meta } = await askLive(ctx, sessionId, 'deleteStatus', { wireId: id });
      return withMeta({ id, ...output }, meta);
    },
  }),
]);
