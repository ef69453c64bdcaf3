import { z } from '@hono/zod-openapi';
import type { Row } from '../../api/operation.ts';
import { status } from '../../api/status.ts';
import { readWahaId, writeWahaId } from '../../values/waha/ids.ts';
import { operationOf } from '../alias.ts';
import { refused, relayed } from './relayed.ts';
import { Nothing, Session } from './session-view.ts';
import { WahaFile } from './sends.ts';

const post = operationOf(status, 'postStatus');

const Posted = z.object({ wireId: z.string() });
const WahaPosted = z
  .object({ id: z.string() })
  .openapi('WahaPosted', { example: { id: 'true_status@broadcast_3EB0C431C26A1916E07A5D' } });
const show = ({ wireId }: z.output<typeof Posted>) => ({
  id: writeWahaId({ fromMe: true, chatId: 'status@broadcast', wireId }),
});

export const wahaStatus: readonly Row[] = [
  relayed({
    id: 'wahaPostText',
    method: 'post',
    path: '/{session}/status/text',
    summary: 'Post a text as a status',
    to: post,
    params: Session,
    body: {
      schema: z.object({
        text: z.string(),
        backgroundColor: z.string().nullish(),
        font: z.number().int().nullish(),
      }),
      example: { text: 'Open on Sunday', backgroundColor: '#38b42f', font: 0 },
    },
    given: ({ params: { session: sessionId }, body: { text, backgroundColor: color, font } }) => ({
      body: { sessionId, text, ...(color != null && { color }), ...(font != null && { font }) },
      called: { color: 'backgroundColor' },
    }),
    reads: Posted,
    answer: [201, 'The post.', WahaPosted],
    show,
  }),
  ...(
    [
      ['image', 'wahaPostImage', 'Post an image as a status'],
      ['video', 'wahaPostVideo', 'Post a video as a status'],
    ] as const
  ).map(([type, id, summary]) =>
    relayed({
      id,
      method: 'post',
      path: `/{session}/status/${type}`,
      summary,
      to: post,
      params: Session,
      body: {
        schema: z.object({ file: WahaFile, caption: z.string().nullish() }),
        example: { file: { url: 'https://files.example.com/photo.jpg' }, caption: 'Look' },
        takesBase64: true,
      },
      given: ({ params: { session: sessionId }, body: { file, caption } }) => ({
        body: {
          type,
          sessionId,
          ...(file.data == null ? file.url != null && { url: file.url } : { base64: file.data }),
          ...(caption != null && caption !== '' && { caption }),
        },
        called: { url: 'file.url', base64: 'file.data' },
      }),
      reads: Posted,
      answer: [201, 'The post.', WahaPosted],
      show,
    }),
  ),
  refused(
    {
      id: 'wahaPostVoice',
      method: 'post',
      path: '/{session}/status/voice',
      summary: 'Post a voice message as a status',
      reason: 'The engine posts texts, images and videos.',
      params: Session,
    },
    post,
  ),
  relayed({
    id: 'wahaDeletePost',
    method: 'post',
    path: '/{session}/status/delete',
    summary: 'Delete a status post',
    to: operationOf(status, 'deleteStatus'),
    params: Session,
    body: {
      schema: z.object({ id: z.string().max(200) }),
      example: { id: 'true_status@broadcast_3EB0C431C26A1916E07A5D' },
    },
    given: ({ params: { session: sessionId }, body: { id } }) => ({
      params: { id: readWahaId(id)?.wireId ?? id },
      query: { sessionId },
    }),
    reads: z.unknown(),
    answer: [201, 'It is deleted.', Nothing],
    show: () => ({}),
  }),
];
