import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { KnownPerson } from '../../../shared/catalogue/person.ts';
import { MESSAGE_STATUSES } from '../../../shared/message-status.ts';
import type { AppEnv, ServiceContext } from '../../context.ts';
import { messageByWireId } from '../../services/messages/message-by-wire-id.ts';
import { senderOf } from '../../services/messages/sender-of.ts';
import { evolutionMessage, type Said } from '../../values/evolution/message.ts';
import { saidOf } from '../../values/evolution/said.ts';
import { EVOLUTION_STATUSES } from '../../values/evolution/states.ts';
import { answerOf } from '../alias.ts';
import { Sent } from '../send-fields.ts';

export const WIRE_ID_EXAMPLE = '3EB0C431C26A1916E07A5D';

export const MessageKey = z.looseObject({
  id: z.string().min(1).max(200),
  remoteJid: z.string().max(200).nullish(),
  fromMe: z.boolean().nullish(),
  participant: z.string().max(200).nullish(),
});

export const EvolutionMessage = z
  .object({
    key: z.looseObject({ remoteJid: z.string(), fromMe: z.boolean(), id: z.string() }),
    pushName: z.string(),
    status: z.enum(EVOLUTION_STATUSES),
    messageType: z.string(),
    message: z.looseObject({}).describe('The content, under the name of its type.'),
    contextInfo: z.union([z.object({ stanzaId: z.string() }), z.null()]),
    messageTimestamp: z.number().int().describe('In seconds.'),
    instanceId: z.string(),
    source: z.literal('web'),
  })
  .openapi('EvolutionMessage', {
    example: {
      key: {
        remoteJid: '15550100001@s.whatsapp.net',
        fromMe: true,
        id: WIRE_ID_EXAMPLE,
        remoteJidAlt: '15550100001@s.whatsapp.net',
      },
      pushName: '',
      status: 'PENDING',
      messageType: 'conversation',
      message: { conversation: 'Hello' },
      contextInfo: null,
      messageTimestamp: 1_795_255_200,
      instanceId: 'ses_01k2q8z6m4c8f7h3n5r9t1v0wx',
      source: 'web',
    },
  });

const SentNow = Sent.extend({ wireId: z.string().nullable() });

/** Answers a send, under the id that the message has on WhatsApp, or will have once it leaves. */
export async function answerSent(c: Context<AppEnv>, own: Response, said: Said): Promise<Response> {
  const { data } = await answerOf(own, SentNow);
  const { wireId } = await senderOf(c.get('ctx'), data);
  const message = evolutionMessage({
    wireId: data.wireId ?? wireId,
    chatId: data.chatId,
    fromMe: true,
    sender: null,
    at: data.createdAt,
    status: data.status,
    instanceId: data.sessionId,
    said,
  });
  return c.json(message, 201);
}

/** A message of ours, as far as Evolution shows it. */
export const OursMessage = z.object({
  id: z.string(),
  sessionId: z.string(),
  direction: z.enum(['outbound', 'inbound']),
  chatId: z.string(),
  from: KnownPerson.nullable(),
  type: z.string(),
  status: z.enum(MESSAGE_STATUSES),
  content: z.record(z.string(), z.unknown()),
  wireId: z.string().nullable(),
  mediaId: z.string().nullable(),
  createdAt: z.string(),
});
type OursMessage = z.output<typeof OursMessage>;

export function shownMessage(message: OursMessage) {
  return evolutionMessage({
    wireId: message.wireId ?? message.id,
    chatId: message.chatId,
    fromMe: message.direction === 'outbound',
    sender: message.from,
    at: message.createdAt,
    status: message.direction === 'inbound' ? 'delivered' : message.status,
    instanceId: message.sessionId,
    said: saidOf(message.type, message.content),
  });
}

/**
 * Our id of a message that a client names by its key.
 * @throws AppError NOT_FOUND; as `findSession`
 */
export async function messageIdOf(
  ctx: ServiceContext,
  instance: string,
  { id, fromMe }: Pick<z.output<typeof MessageKey>, 'id' | 'fromMe'>,
): Promise<string> {
  if (id.startsWith('msg_')) return id;
  const input = { session: instance, wireId: id, fromMe: fromMe ?? null };
  return messageByWireId({ ctx, input });
}
