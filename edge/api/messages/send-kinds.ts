import { z } from '@hono/zod-openapi';
import {
  MESSAGE_KIND_NAMES,
  MESSAGE_KINDS,
  type MessageKind,
  type MessageSaid,
  saidFields,
} from '../../../shared/catalogue/message-kinds.ts';
import { FETCH_REFUSALS } from '../../media/fetch-media.ts';
import { send } from '../../services/messages/send.ts';
import { type Addressee, chatIfReadable } from '../../services/workspace/local-numbers.ts';
import { rawOperation, type Row } from '../operation.ts';
import { Recipient } from '../recipient-fields.ts';
import { scopeInStatement } from '../takes.ts';
import { answerSend } from './answer-send.ts';
import { readSendTerms } from './read-send-terms.ts';
import { SEND_ERRORS, SEND_LIMIT_BYTES, sendAnswers, SendFields, SendHeaders } from './schemas.ts';

const Common = z.strictObject({ ...SendFields, to: Recipient });
const FileUrl = z.object({ url: z.string() });

/** The operation ids `sendText`, `sendImage` and so on. */
const operationIdOf = (kind: MessageKind): string =>
  `send${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;

/** `POST /v1/messages/<kind>`, one for each kind of the catalogue. */
export const sendKinds: readonly Row[] = MESSAGE_KIND_NAMES.map((kind) => {
  const { summary, description, media, example } = MESSAGE_KINDS[kind];
  const id = operationIdOf(kind);
  const reasons = [...FETCH_REFUSALS, media?.mismatch].join(', ');
  return rawOperation({
    id,
    method: 'post',
    path: `/v1/messages/${kind}`,
    takes: scopeInStatement('messages:send'),
    summary,
    description:
      media === null
        ? description
        : `${description} \`MEDIA_REJECTED\` says in \`details.reason\` why the URL gave no ${media.called}: ${reasons}.`,
    headers: SendHeaders,
    body: {
      schema: Common.extend(saidFields(kind)),
      example: { to: '+15550100001', ...example },
      limitBytes: SEND_LIMIT_BYTES,
    },
    responses: sendAnswers,
    errors: [
      'SESSION_NOT_FOUND',
      'NOT_FOUND',
      'CONFLICT',
      ...(media === null ? [] : (['MEDIA_REJECTED'] as const)),
      ...SEND_ERRORS,
    ],
    run: async ({ ctx, headers, body: read }, c) => {
      // The fields that go by kind are in it as well; they are read by name.
      const body = read as z.output<typeof Common>;
      const answer = await send({
        ctx,
        input: {
          ...(await readSendTerms(id, headers, { ...body, to: meant(body.to) })),
          session: body.sessionId ?? null,
          to: body.to,
          quotedMessageId: body.quotedMessageId ?? null,
          ...contentOf(body, kind),
        },
      });
      return answerSend(c, answer);
    },
  });
});

/** One name for whom a message is for, however the number was written. */
export const meant = (to: Addressee): string =>
  'chatId' in to ? to.chatId : (chatIfReadable(to.local, null) ?? to.local);

/** What a body says of its kind, and where its file is. */
export function contentOf(body: Readonly<Record<string, unknown>>, kind: MessageKind) {
  const { media } = MESSAGE_KINDS[kind];
  const file = media === null ? null : { url: FileUrl.parse(body).url, rule: media };
  return { said: saidIn(body, kind), file };
}

function saidIn(body: Readonly<Record<string, unknown>>, kind: MessageKind): MessageSaid {
  const names = Object.keys(MESSAGE_KINDS[kind].fields).filter((name) => name in body);
  const fields = Object.fromEntries(names.map((name) => [name, body[name]]));
  // The body was parsed by the row's own fields.
  return { type: kind, ...fields } as MessageSaid;
}
