import { z } from '@hono/zod-openapi';
import type { MediaRule } from '../../../shared/catalogue/kinds/kind.ts';
import { messages } from '../../api/messages.ts';
import { SendHeaders } from '../../api/messages/schemas.ts';
import type { Row } from '../../api/operation.ts';
import { scope } from '../../api/takes.ts';
import type { Said } from '../../values/evolution/message.ts';
import { alias, operationOf, reportIgnored } from '../alias.ts';
import { json } from '../json-answer.ts';
import { answerSent, EvolutionMessage } from './message-view.ts';
import { BASE, Instance } from './route.ts';
import {
  addressed,
  fileIn,
  mentionsOf,
  previewOf,
  SEND_CALLED,
  sendFields,
  withStranger,
} from './send-fields.ts';

export const kinds = {
  text: operationOf(messages, 'sendText'),
  image: operationOf(messages, 'sendImage'),
  video: operationOf(messages, 'sendVideo'),
  document: operationOf(messages, 'sendDocument'),
  audio: operationOf(messages, 'sendAudio'),
  voice: operationOf(messages, 'sendVoice'),
  sticker: operationOf(messages, 'sendSticker'),
  location: operationOf(messages, 'sendLocation'),
  contact: operationOf(messages, 'sendContact'),
  poll: operationOf(messages, 'sendPoll'),
} as const;
type Kind = keyof typeof kinds;

/** Its caller is known before the statement: it may look for a quoted message first. */
export const takes = scope('messages:send');

/** What a body asks for: the kind, our fields of it, what refusals call them, and how the answer shows it. */
type Read = {
  kind: Kind;
  said: object;
  shown?: Partial<Said>;
  called?: Readonly<Record<string, string>>;
};

const NUMBER = { number: '15550100001' };

/**
 * A send. v1 of Evolution had its fields in an object of their own, and what goes for every send in `options`: both are read.
 * @param row.v1 what v1 called the object
 */
export const sendRow = <Fields extends z.ZodRawShape>(row: {
  id: string;
  path: string;
  summary: string;
  description?: string;
  v1: string;
  fields: Fields;
  example: z.input<z.ZodObject<Fields>>;
  calls: readonly [Kind, ...Kind[]];
  /** What its file may be, and the fields that a JSON body has it in. A form has it as its part `file`. */
  file?: { rule: MediaRule; fields: readonly (keyof Fields & string)[] };
  read: (
    said: z.output<z.ZodObject<Fields>>,
    common: { mentions: object; preview: object; file: object },
  ) => Read;
}): Row => {
  const Own = z.object(row.fields);
  const [first, ...others] = row.calls;
  const schema: z.ZodObject = z.object({
    ...sendFields,
    ...row.fields,
    [row.v1]: z.unknown().optional(),
  });
  return alias({
    id: row.id,
    method: 'post',
    path: `${BASE}/message/${row.path}/{instance}`,
    summary: row.summary,
    ...(row.description !== undefined && { description: row.description }),
    calls: [kinds[first], ...others.map((kind) => kinds[kind])],
    takes,
    params: Instance,
    headers: SendHeaders,
    body: {
      schema,
      example: { ...NUMBER, ...row.example },
      ...(row.file !== undefined && { takesBase64: true as const, takesForm: row.file.rule }),
    },
    responses: { 201: json('The message.', EvolutionMessage) },
    run: async ({ ctx, params: { instance }, body }, c) => {
      const common = z.object(sendFields).parse(body);
      const flat = Own.parse({ ...inObject(body[row.v1], row.fields), ...body });
      const { formFile: received } = ctx;
      const { file, unused } = fileIn(ctx, flat, row.file?.fields ?? []);
      reportIgnored(c, [...(common.delay == null ? [] : ['delay']), ...unused]);
      const {
        kind,
        said,
        shown = {},
        called = {},
      } = row.read(flat, {
        mentions: mentionsOf(common),
        preview: previewOf(common),
        file,
      });
      const given = { ...(await addressed(ctx, instance, common)), ...said };
      const own = await kinds[kind]
        .call(c, { body: given, called: { ...SEND_CALLED, ...called } })
        .catch(async (error: unknown) => {
          throw await withStranger(ctx, common, error);
        });
      const { mimetype = null, filename = null } = received ?? {};
      return answerSent(c, own, { type: kind, mimetype, filename, ...shown });
    },
  });
};

/** v1's object; of contact cards it was the list itself. */
const inObject = (written: unknown, fields: z.ZodRawShape): object =>
  Array.isArray(written) ? { [Object.keys(fields)[0] ?? '']: written } : Object(written);
