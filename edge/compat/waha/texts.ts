import { z } from '@hono/zod-openapi';
import { messages } from '../../api/messages.ts';
import { SendHeaders } from '../../api/messages/schemas.ts';
import type { Row } from '../../api/operation.ts';
import { alias, operationOf } from '../alias.ts';
import { mentions, mentionsOf, sendFields } from './send-fields.ts';
import { sendOne, sent, takes } from './sends.ts';

const sendText = operationOf(messages, 'sendText');

const texts: readonly Row[] = (
  [
    ['sendText', 'wahaSendText', 'Send a text'],
    ['reply', 'wahaReply', 'Send a text that quotes a message, by WAHA’s earlier call'],
  ] as const
).map(([path, id, summary]) =>
  alias({
    id,
    method: 'post',
    path: `/compat/waha/api/${path}`,
    summary,
    description:
      'Answers once the message has left, after 25 seconds at the latest, or as `Prefer` says. One that has not left by then is `PENDING`, and is sent as soon as it can be.',
    calls: [sendText],
    takes,
    headers: SendHeaders,
    body: {
      schema: z.object({
        ...sendFields,
        text: z.string(),
        mentions,
        linkPreview: z.boolean().nullish(),
        linkPreviewHighQuality: z.boolean().nullish(),
      }),
      example: { session: 'default', chatId: '15550100001@c.us', text: 'Hello' },
    },
    responses: sent,
    run: async ({ headers, body }, c) => {
      const { text, linkPreview } = body;
      const said = {
        text,
        ...(linkPreview != null && { linkPreview }),
        ...mentionsOf(body.mentions),
      };
      return sendOne(c, sendText, { to: body, headers, said });
    },
  }),
);

export const wahaTexts: readonly Row[] = [
  ...texts,
  alias({
    id: 'wahaSendLink',
    method: 'post',
    path: '/compat/waha/api/sendLinkPreview',
    summary: 'Send a link below its title, by WAHA’s earlier call',
    description: 'The preview is the one that WhatsApp makes of the link.',
    calls: [sendText],
    takes,
    headers: SendHeaders,
    body: {
      schema: z.object({ ...sendFields, url: z.string(), title: z.string() }),
      example: {
        session: 'default',
        chatId: '15550100001@c.us',
        url: 'https://example.com',
        title: 'Our shop',
      },
    },
    responses: sent,
    run: async ({ headers, body }, c) => {
      const text = [body.title, body.url].filter((part) => part !== '').join('\n');
      return sendOne(c, sendText, { to: body, headers, said: { text } }, { text: 'url' });
    },
  }),
];
