import { z } from '@hono/zod-openapi';
import {
  BASE64_LIMIT_CHARACTERS,
  checkSource,
} from '../../../shared/catalogue/kinds/file-source.ts';
import { LIMITS, shown } from '../../../shared/catalogue/limits.ts';
import {
  MESSAGE_KIND_NAMES,
  MESSAGE_KINDS,
  type MessageKind,
  saidFields,
} from '../../../shared/catalogue/message-kinds.ts';
import { PageQuery } from '../../http/cursor.ts';
import { answer, ok } from '../../http/envelope.ts';
import { IDEMPOTENCY_ERRORS, idempotencyOf } from '../../http/idempotency-key.ts';
import { cancelBulk } from '../../services/bulk/cancel-bulk.ts';
import { getBulk, type WholeBulk } from '../../services/bulk/get-bulk.ts';
import { listBulks } from '../../services/bulk/list-bulks.ts';
import { SessionLookup } from '../name-fields.ts';
import { operation, rawOperation, type Row, withMeta } from '../operation.ts';
import { sessionField } from '../session-choice.ts';
import { scope } from '../takes.ts';
import { BulkId, BulkSchema, WholeBulkSchema } from './bulk-answers.ts';
import { formOfAnyKind, replayHeader, SendHeaders, SendTerms } from './schemas.ts';
import { contentOf, forgetBase64, sameFile } from './send-kinds.ts';

const DAY_SECONDS = 86_400;
const BODY_LIMIT_BYTES = 2 * 1024 * 1024 + BASE64_LIMIT_CHARACTERS;
const RECIPIENTS = LIMITS.bulkRecipients.limit;
const VARIABLES = LIMITS.bulkVariables.limit;

const { reference, sendAt, expiresIn } = SendTerms.shape;

const BulkRecipient = z
  .strictObject({
    to: z.union([z.string().max(200), z.number().int().positive()]).openapi({
      type: 'string',
      description: 'As in the other sends.',
      example: '+15550100001',
    }),
    variables: z
      .record(z.string().trim().min(1).max(64), z.union([z.string().max(4_096), z.number()]))
      .refine(
        (variables) => Object.keys(variables).length <= VARIABLES,
        `must have at most ${VARIABLES} variables`,
      )
      .default({})
      .openapi({
        description: 'The values of `{{name}}` in the texts. Those that no text names are ignored.',
        example: { name: 'Ada' },
      }),
    reference,
  })
  .openapi('BulkRecipient');

const BulkTerms = {
  ...sessionField,
  recipients: z.array(BulkRecipient).min(1).max(RECIPIENTS),
  sendAt: sendAt.openapi({ description: 'When to begin. A time in the past means now.' }),
  expiresIn: expiresIn.removeDefault().default(DAY_SECONDS).openapi({
    description:
      'Seconds after which an unsent message fails with `EXPIRED`, counted from the time that it is planned for.',
  }),
};

const bulkOf = (kind: MessageKind) => {
  const body = z.strictObject({
    type: kind === 'text' ? z.literal(kind).default(kind) : z.literal(kind),
    ...saidFields(kind),
    ...BulkTerms,
  });
  return MESSAGE_KINDS[kind].media === null ? body : body.superRefine(checkSource);
};
const [firstKind, ...otherKinds] = MESSAGE_KIND_NAMES;

/** A bulk of any kind. Without a `type` it is of texts. Of too many recipients, only one too many is looked at. */
const SendBulk = z.preprocess(
  (body) => {
    if (typeof body !== 'object' || body === null) return body;
    const { recipients, ...rest } = body as Record<string, unknown>;
    return {
      type: 'text',
      ...rest,
      recipients: Array.isArray(recipients) ? recipients.slice(0, RECIPIENTS + 1) : recipients,
    };
  },
  z.discriminatedUnion('type', [bulkOf(firstKind), ...otherKinds.map(bulkOf)]),
);

export const bulk: readonly Row[] = [
  rawOperation({
    id: 'sendBulk',
    method: 'post',
    path: '/v1/messages/bulk',
    takes: scope('messages:send'),
    summary: 'Send a message to many recipients',
    description: `Plans a message of its own for each of up to ${shown(RECIPIENTS)} recipients. \`type\` is the kind, a text by default; the other fields are those of that kind, a file is stored once for all, and \`{{name}}\` in their texts is replaced by each recipient’s variable; a message may name ${VARIABLES}. Who gets no message is in \`leftOut\` with the reason. The messages keep the session’s pacing, and first contacts its limits, so they may be planned for later.`,
    headers: SendHeaders.pick({ 'idempotency-key': true }),
    body: {
      schema: SendBulk,
      example: {
        text: 'Hello {{name}}, your order {{order}} is ready.',
        recipients: [
          { to: '+15550100001', variables: { name: 'Ada', order: 17 }, reference: 'order-17' },
          { to: '+15550100002', variables: { name: 'Bob', order: 18 }, reference: 'order-18' },
        ],
      },
      limitBytes: BODY_LIMIT_BYTES,
      form: formOfAnyKind(BulkTerms),
      // Each recipient with `to`, `reference` and `variables`, and what the message itself has.
      maxValues: RECIPIENTS * (VARIABLES + 4) + 200,
    },
    responses: {
      202: {
        ...answer('The messages are planned.', WholeBulkSchema),
        headers: replayHeader,
      },
    },
    errors: [
      'SESSION_NOT_FOUND',
      'NOT_FOUND',
      'CONFLICT',
      'MEDIA_REJECTED',
      'SESSION_NOT_READY',
      'QUEUE_FULL',
      ...IDEMPOTENCY_ERRORS,
    ],
    run: async ({ ctx, headers, body }, c) => {
      // Which session a name means, an Idempotency-Key does not say.
      const { sessionId = null, ...meant } = body;
      const request = { ...meant, ...sameFile(ctx) };
      const input = {
        session: sessionId,
        ...contentOf(ctx, body, body.type),
        recipients: body.recipients.map((each) => ({ ...each, reference: each.reference ?? null })),
        expiresInSeconds: body.expiresIn,
        sendAt: body.sendAt ?? null,
        idempotency: await idempotencyOf(headers['idempotency-key'], 'sendBulk', request),
      };
      forgetBase64(c, body);
      // Its planning is no part of the Worker's start.
      const { createBulk } = await import('../../services/bulk/create-bulk.ts');
      const made = await createBulk({ ctx, input });
      if (made.replayed) c.header('Idempotent-Replayed', 'true');
      const { sessionName } = made;
      return ok(c, made.bulk, 202, { sessionId: made.bulk.sessionId, sessionName });
    },
  }),
  operation({
    id: 'listBulks',
    method: 'get',
    path: '/v1/messages/bulk',
    takes: scope('messages:read'),
    summary: 'List bulks, newest first',
    query: z.object({
      ...PageQuery,
      sessionId: SessionLookup.optional().openapi({ description: 'Id or name.' }),
    }),
    answer: [200, 'A page of bulks.', z.array(BulkSchema)],
    errors: ['SESSION_NOT_FOUND'],
    run: async ({ ctx, query: { sessionId = null, cursor = null, limit } }) => {
      const input = { session: sessionId, cursor, limit };
      const { bulks, nextCursor } = await listBulks({ ctx, input });
      return withMeta(bulks, { nextCursor });
    },
  }),
  operation({
    id: 'getBulk',
    method: 'get',
    path: '/v1/messages/bulk/{id}',
    takes: scope('messages:read'),
    summary: 'Get a bulk and how far it has come',
    description: 'Its messages are listed by `GET /v1/messages?bulkId=…`.',
    params: BulkId,
    answer: [200, 'The bulk.', WholeBulkSchema],
    errors: ['NOT_FOUND'],
    run: async ({ ctx, params }) => ofItsSession(await getBulk({ ctx, input: params })),
  }),
  operation({
    id: 'cancelBulk',
    method: 'post',
    path: '/v1/messages/bulk/{id}/cancel',
    takes: scope('messages:send'),
    summary: 'Cancel what a bulk has not sent yet',
    description:
      'Its queued messages fail with `CANCELLED`; `cancelled` says how many there are. What a runner has already taken is sent.',
    params: BulkId,
    answer: [200, 'The bulk.', WholeBulkSchema],
    errors: ['NOT_FOUND'],
    run: async ({ ctx, params }) => ofItsSession(await cancelBulk({ ctx, input: params })),
  }),
];

const ofItsSession = ({ bulk: found, sessionName }: WholeBulk) =>
  withMeta(found, { sessionId: found.sessionId, sessionName });
