import { createRoute, z } from '@hono/zod-openapi';
import {
  MESSAGE_KIND_NAMES,
  MESSAGE_KINDS,
  type MessageKind,
  type MessageSaid,
  saidFields,
} from '../../../shared/catalogue/message-kinds.ts';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { FETCH_REFUSALS } from '../../media/fetch-media.ts';
import { send } from '../../services/messages/send.ts';
import { answerSend } from './answer-send.ts';
import { readSendTerms } from './read-send-terms.ts';
import { Recipient, SEND_ERRORS, sendAnswers, SendFields, SendHeaders } from './schemas.ts';

const FileUrl = z.object({ url: z.string() });

/** `POST /v1/messages/<kind>`, one for each kind of the catalogue. */
export function sendKinds(app: App): void {
  for (const kind of MESSAGE_KIND_NAMES) sendKind(app, kind);
}

/** The operation ids `sendText`, `sendImage` and so on. */
const operationIdOf = (kind: MessageKind): string =>
  `send${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;

function sendKind(app: App, kind: MessageKind): void {
  const { summary, description, media, example } = MESSAGE_KINDS[kind];
  const operationId = operationIdOf(kind);
  const Common = z.strictObject({ ...SendFields, to: Recipient });
  const reasons = [...FETCH_REFUSALS, media?.mismatch].join(', ');
  app.openapi(
    createRoute({
      method: 'post',
      path: `/v1/messages/${kind}`,
      operationId,
      ...requiredScope('messages:send'),
      tags: ['Messages'],
      summary,
      description:
        media === null
          ? description
          : `${description} \`MEDIA_REJECTED\` says in \`details.reason\` why the URL gave no ${media.called}: ${reasons}.`,
      request: {
        headers: SendHeaders,
        body: jsonBody(Common.extend(saidFields(kind)), { to: '+15550100001', ...example }),
      },
      responses: {
        ...sendAnswers,
        ...errors(
          'SESSION_NOT_FOUND',
          ...(media === null ? [] : (['MEDIA_REJECTED'] as const)),
          ...SEND_ERRORS,
        ),
      },
    }),
    async (c) => {
      // The fields that go by kind are in it as well; they are read by name.
      const body = c.req.valid('json') as z.output<typeof Common>;
      const answer = await send({
        ctx: c.get('ctx'),
        input: {
          ...(await readSendTerms(operationId, c.req.valid('header'), body)),
          session: body.sessionId ?? null,
          to: { chatId: body.to },
          said: saidIn(body, kind),
          file: media === null ? null : { url: FileUrl.parse(body).url, rule: media },
        },
      });
      return answerSend(c, answer);
    },
  );
}

/** What a body says of its kind. */
function saidIn(body: Readonly<Record<string, unknown>>, kind: MessageKind): MessageSaid {
  const names = Object.keys(MESSAGE_KINDS[kind].fields).filter((name) => name in body);
  const fields = Object.fromEntries(names.map((name) => [name, body[name]]));
  // The body was parsed by the row's own fields.
  return { type: kind, ...fields } as MessageSaid;
}
