import { z } from '@hono/zod-openapi';
import { AppError } from '../../../shared/errors.ts';
import { Recipient } from '../../api/recipient-fields.ts';
import type { ServiceContext } from '../../context.ts';
import { readChat } from '../../services/workspace/local-numbers.ts';
import { jidOf } from '../../values/evolution/jids.ts';
import { to } from '../send-fields.ts';
import type { Stranger } from './dialect.ts';
import { MessageKey, messageIdOf } from './message-view.ts';

const Quoted = z.looseObject({ key: MessageKey.extend({ id: z.string().max(200) }).nullish() });
const mentioned = z.array(z.string().max(200)).max(1_024).nullish();

/** Where v1 had what goes for every send. */
const Options = z.looseObject({
  delay: z.unknown().optional(),
  linkPreview: z.boolean().nullish(),
  quoted: Quoted.nullish(),
  mentions: z.looseObject({ everyOne: z.boolean().nullish(), mentioned }).nullish(),
});

/** Fields of every send. */
export const sendFields = {
  number: to,
  delay: z.union([z.number(), z.string()]).nullish().openapi({
    description: 'Not used: an instance paces its messages by itself.',
  }),
  quoted: Quoted.nullish().openapi({
    description: 'The message that this one quotes, by its key.',
  }),
  linkPreview: z.boolean().nullish(),
  mentionsEveryOne: z.boolean().nullish(),
  mentioned,
  options: Options.nullish().openapi({ description: 'As Evolution v1 had it.' }),
};
const SendFields = z.object(sendFields);
type SendFields = z.output<typeof SendFields>;

/** What our fields are called in refusals. */
export const SEND_CALLED = {
  sessionId: 'instance',
  to: 'number',
  quotedMessageId: 'quoted.key.id',
  mentions: 'mentioned',
};

/** The fields of every send as ours take them. @throws AppError NOT_FOUND for a quoted message that is not there */
export async function addressed(
  ctx: ServiceContext,
  instance: string,
  { number, quoted, options }: SendFields,
) {
  const key = (quoted ?? options?.quoted)?.key;
  return {
    sessionId: instance,
    to: number,
    ...(key != null && key.id !== '' && { quotedMessageId: await messageIdOf(ctx, instance, key) }),
  };
}

/** A refusal because the recipient is not on WhatsApp, with the recipient as Evolution names them. */
export async function withStranger(
  ctx: ServiceContext,
  { number }: Pick<SendFields, 'number'>,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof AppError) || error.code !== 'RECIPIENT_NOT_ON_WHATSAPP') return error;
  const jid = jidOf(await readChat(ctx, 'number', Recipient.parse(number)));
  const stranger: z.output<typeof Stranger> = { jid, exists: false, number: String(number) };
  const details = { ...error.details, ...stranger };
  return new AppError(error.code, error.message, details, { cause: error });
}

/** Whom it mentions, as our sends take it. */
export function mentionsOf({ mentionsEveryOne, mentioned: named, options }: SendFields) {
  const everybody = mentionsEveryOne ?? options?.mentions?.everyOne ?? false;
  if (everybody) return { mentions: 'all' };
  const people = named ?? options?.mentions?.mentioned ?? [];
  return people.length === 0 ? {} : { mentions: people };
}

/** Whether a link in its text shows where it leads, as our sends take it. */
export function previewOf({ linkPreview, options }: SendFields) {
  const said = linkPreview ?? options?.linkPreview;
  return said == null ? {} : { linkPreview: said };
}

/**
 * The file of a message, as our sends take it. One that came in a form goes before one that is named.
 * @param names fields that may have it by its address or as base64; the first that is filled is meant
 * @returns also the fields that are not used
 */
export function fileIn(
  { formFile }: ServiceContext,
  said: object,
  names: readonly string[],
): { file: object; unused: readonly string[] } {
  const fields = new Map<string, unknown>(Object.entries(said));
  const filled = names.flatMap((name) => {
    const written = fields.get(name);
    return typeof written === 'string' && written !== '' ? [{ name, written }] : [];
  });
  if (formFile === undefined) return { file: fileOf(filled[0]?.written), unused: [] };
  return { file: { mediaId: formFile.id }, unused: filled.map(({ name }) => name) };
}

/** A file by its address, or as base64. Clients send a type by habit: what the file is, its content says. */
export function fileOf(written: string | null | undefined) {
  if (written == null || written === '') return {};
  return /^https?:\/\//i.test(written) ? { url: written } : { base64: written };
}
