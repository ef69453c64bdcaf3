import { z } from '@hono/zod-openapi';
import { Channel, CHANNEL_OPERATIONS } from '../../shared/catalogue/live/channels.ts';
import { askLive, LIVE_ERRORS, relay } from './ask-live.ts';
import { ChannelId } from './chat-ids.ts';
import { area, operation, withMeta } from './operation.ts';
import { OnlySession, SessionChoice, sessionField } from './session-choice.ts';
import { scope } from './takes.ts';

const ChannelSchema = z
  .object(Channel.shape)
  .openapi('Channel', { example: CHANNEL_OPERATIONS.getChannel.example.output });

const ChannelRef = z.object({
  id: ChannelId.openapi({
    type: 'string',
    param: { name: 'id', in: 'path' },
    description: 'The id of the channel.',
    example: '120363099999999999@newsletter',
  }),
});

const ChannelLink = z.strictObject({
  ...sessionField,
  link: z
    .string()
    .max(200)
    .transform((text) => /([\w-]{10,40})\/?(?:\?.*)?$/.exec(text.trim())?.[1] ?? '')
    .refine((code) => code !== '', 'a link of a channel, or the code at its end')
    .openapi({ type: 'string', description: 'A link of a channel, or the code at its end.' }),
});

export const channels = area('Channels', [
  operation({
    id: 'listChannels',
    method: 'get',
    path: '/v1/channels',
    takes: scope('channels:read'),
    summary: 'List the channels that the number follows or runs',
    query: SessionChoice,
    answer: [200, 'All of them.', z.array(ChannelSchema)],
    errors: LIVE_ERRORS,
    run: async ({ ctx, query: { sessionId } }) => {
      const { output, meta } = await askLive(ctx, sessionId, 'listChannels', {});
      return withMeta(output.channels, meta);
    },
  }),
  operation({
    id: 'previewChannel',
    method: 'post',
    path: '/v1/channels/preview',
    takes: scope('channels:read'),
    summary: 'Get the channel that a link leads to',
    description: 'Changes nothing.',
    body: {
      schema: ChannelLink,
      example: { link: 'https://whatsapp.com/channel/0029VaAbCdEfGhIjKlMnOp' },
    },
    answer: [200, 'The channel.', ChannelSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, body: { sessionId, link } }) =>
      relay(ctx, sessionId, 'previewChannel', { code: link }),
  }),
  operation({
    id: 'getChannel',
    method: 'get',
    path: '/v1/channels/{id}',
    takes: scope('channels:read'),
    summary: 'Get a channel',
    params: ChannelRef,
    query: SessionChoice,
    answer: [200, 'The channel.', ChannelSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, params, query: { sessionId } }) =>
      relay(ctx, sessionId, 'getChannel', { channelId: params.id }),
  }),
  ...(
    [
      ['followChannel', 'follow', true, 'Follow a channel'],
      ['unfollowChannel', 'unfollow', false, 'Stop following a channel'],
    ] as const
  ).map(([id, path, follow, summary]) =>
    operation({
      id,
      method: 'post',
      path: `/v1/channels/{id}/${path}`,
      takes: scope('channels:write'),
      summary,
      params: ChannelRef,
      body: { schema: OnlySession, example: {}, optional: true },
      answer: [200, 'The channel.', ChannelSchema],
      errors: LIVE_ERRORS,
      run: ({ ctx, params, body: { sessionId } }) =>
        relay(ctx, sessionId, 'followChannel', { channelId: params.id, follow }),
    }),
  ),
]);
