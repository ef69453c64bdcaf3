import { z } from '@hono/zod-openapi';
import { checkSource, SaidFile } from '../../../shared/catalogue/kinds/file-source.ts';
import type { MediaRule } from '../../../shared/catalogue/kinds/kind.ts';
import {
  MESSAGE_KIND_NAMES,
  MESSAGE_KINDS,
  type MessageKind,
  type MessageSaid,
  saidFields,
} from '../../../shared/catalogue/message-kinds.ts';
import { isId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { readBase64 } from '../../media/base64.ts';
import { FETCH_REFUSALS } from '../../media/fetch-media.ts';
import { FILES_PATH } from '../../media/file-link.ts';
import { cleanFilename } from '../../media/filename.ts';
import { refuseUnfit, renamed } from '../../media/store-media.ts';
import { send } from '../../services/messages/send.ts';
import { type Addressee, chatIfReadable } from '../../services/workspace/local-numbers.ts';
import { rawOperation, type Row } from '../operation.ts';
import { Recipient } from '../recipient-fields.ts';
import { scopeInStatement } from '../takes.ts';
import { answerSend } from './answer-send.ts';
import { readSendTerms } from './read-send-terms.ts';
import {
  MEDIA_SEND_LIMIT_BYTES,
  SEND_ERRORS,
  SEND_LIMIT_BYTES,
  sendAnswers,
  SendFields,
  SendHeaders,
} from './schemas.ts';

const bodyOf = (kind: MessageKind) => {
  const body = Common.extend(saidFields(kind));
  return MESSAGE_KINDS[kind].media === null ? body : body.superRefine(checkSource);
};
const Common = z.strictObject({ ...SendFields, to: Recipient });

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
        : `${description} \`MEDIA_REJECTED\` says in \`details.reason\` why it is no ${media.called} that can be sent: ${reasons}.`,
    headers: SendHeaders,
    body: {
      schema: bodyOf(kind),
      example: { to: '+15550100001', ...example },
      limitBytes: media === null ? SEND_LIMIT_BYTES : MEDIA_SEND_LIMIT_BYTES,
      form: media === null ? null : { rule: media, fields: Common.extend(saidFields(kind)) },
    },
    responses: sendAnswers,
    errors: [
      'SESSION_NOT_FOUND',
      'NOT_FOUND',
      'CONFLICT',
      ...(media === null ? [] : (['MEDIA_REJECTED', 'NOT_SUPPORTED'] as const)),
      ...SEND_ERRORS,
    ],
    run: async ({ ctx, headers, body: read }, c) => {
      // The fields that go by kind are in it as well; they are read by name.
      const body = read as z.output<typeof Common>;
      const input = {
        ...(await readSendTerms(id, headers, { ...body, ...sameFile(ctx), to: meant(body.to) })),
        session: body.sessionId ?? null,
        to: body.to,
        quotedMessageId: body.quotedMessageId ?? null,
        ...contentOf(ctx, body, kind),
      };
      forgetBase64(c, body);
      return answerSend(c, await send({ ctx, input }));
    },
  });
});

/** One name for whom a message is for, however the number was written. */
export const meant = (to: Addressee): string =>
  'chatId' in to ? to.chatId : (chatIfReadable(to.local, null) ?? to.local);

/** What an Idempotency-Key knows the file of a form by: its id is new each time. */
export const sameFile = ({ formFile: file }: ServiceContext) =>
  file === undefined ? {} : { mediaId: null, file: [file.sha256, file.filename] };

/** What a body says of its kind, and where its file is. */
export function contentOf(
  ctx: ServiceContext,
  body: Readonly<Record<string, unknown>>,
  kind: MessageKind,
) {
  const { media } = MESSAGE_KINDS[kind];
  return {
    said: saidIn(body, kind),
    file: media === null ? null : fileIn(ctx, body, media),
  };
}

/** Where a body says that its file is. @throws AppError MEDIA_REJECTED for the file of a form that does not fit */
export function fileIn(
  { env, formFile }: ServiceContext,
  body: Readonly<Record<string, unknown>>,
  rule: MediaRule,
) {
  const { url = '', base64, mediaId, mimetype, filename: given = '' } = SaidFile.parse(body);
  const filename = cleanFilename(given);
  if (formFile !== undefined) {
    refuseUnfit(formFile, rule);
    return { rule, source: { from: 'form' as const, file: renamed(formFile, filename) } };
  }
  const stored = mediaId ?? ownMediaId(url, env.BASE_URL);
  if (stored !== null)
    return { rule, source: { from: 'media' as const, mediaId: stored, filename } };
  if (base64 === undefined) return { rule, source: { from: 'url' as const, url, filename } };
  const read = readBase64(base64);
  const file = { bytes: read.bytes, mimetype: mimetype ?? read.mimetype, filename };
  return { rule, source: { from: 'bytes' as const, ...file } };
}

/** Lets go of a file's base64, which has been read: the request would hold it until it is answered. */
export function forgetBase64(c: { req: { bodyCache: object } }, body: object): void {
  Reflect.deleteProperty(body, 'base64');
  c.req.bodyCache = {};
}

/** Our own link to a file is that file: fetched, it would ask for a key. */
function ownMediaId(url: string, baseUrl: string): string | null {
  const [path = ''] = url.split('?');
  const folder = [`${baseUrl}/v1/media/`, `${baseUrl}${FILES_PATH}`].find((one) =>
    path.startsWith(one),
  );
  const id = path.slice(folder?.length);
  return folder !== undefined && isId('media', id) ? id : null;
}

function saidIn(body: Readonly<Record<string, unknown>>, kind: MessageKind): MessageSaid {
  const names = Object.keys(MESSAGE_KINDS[kind].fields).filter((name) => name in body);
  const fields = Object.fromEntries(names.map((name) => [name, body[name]]));
  // The body was parsed by the row's own fields.
  return { type: kind, ...fields } as MessageSaid;
}
