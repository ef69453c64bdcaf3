import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { KnownPerson } from '../../../shared/catalogue/person.ts';
import { MESSAGE_STATUSES } from '../../../shared/message-status.ts';
import type { AppEnv, ServiceContext } from '../../context.ts';
import { messageByWireId } from '../../services/messages/message-by-wire-id.ts';
import { senderOf } from '../../services/messages/sender-of.ts';
import { ACK_NAMES, type MessageFacts, wahaMessage } from '../../values/waha/message.ts';
import { readWahaId } from '../../values/waha/ids.ts';
import { answerOf } from '../alias.ts';
import { Sent } from '../send-fields.ts';

export const MESSAGE_EXAMPLE = 'false_15550100001@c.us_3A5F0C431C26A1916E07';
const SENT_EXAMPLE = 'true_15550100001@c.us_3EB0C431C26A1916E07A5D';

const Media = z.object({
  url: z.string().nullable(),
  mimetype: z.string(),
  filename: z.string().nullable(),
  error: z.string().nullable(),
});

export const WahaMessage = z
  .object({
    id: z.string(),
    timestamp: z.number().int().describe('In seconds.'),
    from: z.string().nullable(),
    fromMe: z.boolean(),
    source: z.enum(['api', 'app']),
    to: z.string().nullable(),
    participant: z.string().nullable().describe('In a group, who wrote it.'),
    body: z.string(),
    hasMedia: z.boolean(),
    media: z.union([Media, z.null()]),
    ack: z.number().int(),
    ackName: z.enum(ACK_NAMES),
    vCards: z.array(z.string()),
    replyTo: z.union([z.object({ id: z.string() }), z.null()]),
    _data: z.looseObject({ id: z.looseObject({ _serialized: z.string() }) }),
  })
  .openapi('WahaMessage', {
    example: {
      id: SENT_EXAMPLE,
      timestamp: 1_795_255_200,
      from: '15550100009@c.us',
      fromMe: true,
      source: 'api',
      to: '15550100001@c.us',
      participant: null,
      body: 'Hello',
      hasMedia: false,
      media: null,
      ack: 1,
      ackName: 'SERVER',
      vCards: [],
      replyTo: null,
      _data: { id: { _serialized: SENT_EXAMPLE } },
    },
  });

const SentNow = Sent.extend({ wireId: z.string().nullable() });

/**
 * Answers a send. WAHA has no queue: it answers once the message has left, so that this call waited for it. One that has not
 * left by then is `PENDING`, under the id that it will have.
 */
export async function answerSent(
  c: Context<AppEnv>,
  own: Response,
  said: Partial<Pick<MessageFacts, 'text' | 'location' | 'quotedWireId'>> = {},
): Promise<Response> {
  const { data } = await answerOf(own, SentNow);
  const { phoneNumber, wireId } = await senderOf(c.get('ctx'), data);
  const facts: MessageFacts = {
    wireId: data.wireId ?? wireId,
    chatId: data.chatId,
    fromMe: true,
    phoneNumber,
    sender: null,
    at: data.createdAt,
    text: null,
    status: data.status,
    source: 'api',
    media: null,
    ...said,
  };
  return c.json(wahaMessage(facts), 201);
}

/** A message of ours, as far as WAHA shows it. */
export const OursMessage = z.object({
  id: z.string(),
  sessionId: z.string(),
  direction: z.enum(['outbound', 'inbound']),
  chatId: z.string(),
  from: KnownPerson.nullable(),
  status: z.enum(MESSAGE_STATUSES),
  content: z.looseObject({ text: z.string().nullish(), caption: z.string().nullish() }),
  wireId: z.string().nullable(),
  writtenOn: z.string().nullable(),
  createdAt: z.string(),
});

export const factsOf = (
  message: z.output<typeof OursMessage>,
  phoneNumber: string | null,
): MessageFacts => ({
  wireId: message.wireId ?? message.id,
  chatId: message.chatId,
  fromMe: message.direction === 'outbound',
  phoneNumber,
  sender: message.from,
  at: message.createdAt,
  text: message.content.text ?? message.content.caption ?? null,
  status: message.status,
  source: message.direction === 'outbound' && message.writtenOn === null ? 'api' : 'app',
  media: null,
});

/** Answers with a message that something was done to. */
export async function answerMessage(c: Context<AppEnv>, own: Response): Promise<Response> {
  const { data } = await answerOf(own, OursMessage);
  const { phoneNumber } = await senderOf(c.get('ctx'), data);
  return c.json(wahaMessage(factsOf(data, phoneNumber)));
}

/**
 * Our id of a message that a client names: by WAHA's id, by its id on WhatsApp alone, or by ours.
 * @throws AppError NOT_FOUND; as `findSession`
 */
export async function messageIdOf(
  ctx: ServiceContext,
  session: string | undefined,
  written: string,
): Promise<string> {
  const read = readWahaId(written);
  const wireId = read?.wireId ?? written;
  if (wireId.startsWith('msg_')) return wireId;
  const input = {
    session: session ?? null,
    wireId,
    fromMe: read?.fromMe ?? null,
  };
  return messageByWireId({ ctx, input });
}
