import { z } from '@hono/zod-openapi';
import { checkSource, fileFields } from '../../shared/catalogue/kinds/file-source.ts';
import { STATUS_FONTS, STATUS_OPERATIONS, StatusPost } from '../../shared/catalogue/live/status.ts';
import { MESSAGE_KINDS } from '../../shared/catalogue/message-kinds.ts';
import { answer, ok } from '../http/envelope.ts';
import type { ServiceContext } from '../context.ts';
import { FETCH_REFUSALS } from '../media/fetch-media.ts';
import { UPLOAD_RULE } from '../media/store-media.ts';
import { type Asked, askSession } from '../services/live/ask-session.ts';
import { postStatusFile } from '../services/live/post-status-file.ts';
import { askLive, LIVE_ERRORS } from './ask-live.ts';
import { Deleted } from './deleted.ts';
import { MEDIA_SEND_LIMIT_BYTES } from './messages/schemas.ts';
import { fileIn, forgetBase64 } from './messages/send-kinds.ts';
import { area, operation, rawOperation, withMeta } from './operation.ts';
import { SessionChoice, sessionField } from './session-choice.ts';
import { scope } from './takes.ts';

const StatusPostSchema = z
  .object(StatusPost.shape)
  .openapi('StatusPost', { example: STATUS_OPERATIONS.postStatus.example.output });

const PostText = z.strictObject({
  type: z.literal('text').default('text'),
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

const FILE_KINDS = ['image', 'video'] as const;

const { caption } = MESSAGE_KINDS.image.fields;

const postOf = <Kind extends (typeof FILE_KINDS)[number]>(kind: Kind) =>
  z
    .strictObject({
      type: z.literal(kind),
      ...sessionField,
      // Nobody sees a name.
      ...fileFields({ ...MESSAGE_KINDS[kind].media, isNamed: false }),
      caption,
    })
    .superRefine(checkSource);

/** A post of any kind. Without a `type` it is a text. */
const PostStatus = z.preprocess(
  (body) =>
    typeof body === 'object' && body !== null && !('type' in body)
      ? { type: 'text', ...body }
      : body,
  z.discriminatedUnion('type', [PostText, postOf('image'), postOf('video')]),
);

const PostForm = {
  rule: UPLOAD_RULE,
  fields: z.object({ type: z.enum(FILE_KINDS), ...sessionField, caption }),
};

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

function post(
  ctx: ServiceContext,
  body: z.output<typeof PostStatus>,
  c: Parameters<typeof forgetBase64>[0],
): Promise<Asked<'postStatus'>> {
  const { sessionId: session = null } = body;
  if (body.type === 'text') {
    const { text, color, font } = body;
    const ask = { text, color, font };
    return askSession({ ctx, input: { id: session, name: 'postStatus', ask } });
  }
  const file = fileIn(ctx, body, MESSAGE_KINDS[body.type].media);
  forgetBase64(c, body);
  return postStatusFile({ ctx, input: { session, file, caption: body.caption ?? null } });
}

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
  rawOperation({
    id: 'postStatus',
    method: 'post',
    path: '/v1/status',
    takes: scope('status:write'),
    summary: 'Post a text, an image or a video as a status',
    description: `\`type\` is \`text\`, the default, \`image\` or \`video\`. A file comes as in the sends and is kept like an upload; \`MEDIA_REJECTED\` says in \`details.reason\` why one cannot be posted: ${[...FETCH_REFUSALS, 'not_an_image', 'not_a_video'].join(', ')}. Who sees the post is set on the phone. \`UNAVAILABLE\` with \`outcome: "unknown"\` means that it may have been posted: list before you post again.`,
    body: {
      schema: PostStatus,
      example: { text: 'Open on Sunday' },
      limitBytes: MEDIA_SEND_LIMIT_BYTES,
      form: PostForm,
    },
    responses: { 201: answer('The post.', StatusPostSchema) },
    errors: [...LIVE_ERRORS, 'MEDIA_REJECTED', 'LIMIT_EXCEEDED'],
    run: async ({ ctx, body }, c) => {
      const { output, sessionId, sessionName } = await post(ctx, body, c);
      return ok(c, output, 201, { sessionId, sessionName });
    },
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
