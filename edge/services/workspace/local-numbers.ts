import { eq } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import { type Country, parsePhoneNumber, parseRecipient } from '../../../shared/recipient.ts';
import type { ServiceContext } from '../../context.ts';
import { workspaces } from '../../db/schema/index.ts';

/** A phone number with its country code, or digits of which the workspace's default country decides what they mean. */
export type WrittenPhone = { digits: string } | { local: string };

/** A chat, or digits of which the workspace's default country decides what they mean. */
export type Addressee = { chatId: string } | { local: string };

/**
 * Bare digits with the country code.
 * @throws AppError VALIDATION_ERROR for the field `phone`
 */
export async function readPhone(ctx: ServiceContext, phone: WrittenPhone): Promise<string> {
  if ('digits' in phone) return phone.digits;
  const country = await countryOf(ctx);
  return ofField('phone', () => parsePhoneNumber(phone.local, country));
}

/**
 * The id of a chat. A send reads its `to` in its own statement.
 * @throws AppError VALIDATION_ERROR for this field
 */
export async function readChat(
  ctx: ServiceContext,
  field: string,
  chat: Addressee,
): Promise<string> {
  if ('chatId' in chat) return chat.chatId;
  const country = await countryOf(ctx);
  return ofField(field, () => parseRecipient(chat.local, country));
}

/**
 * The chat ids of people, each once.
 * @throws AppError VALIDATION_ERROR for this field
 */
export async function readPeople(
  ctx: ServiceContext,
  field: string,
  people: readonly Addressee[],
): Promise<string[]> {
  const country = people.some((one) => 'local' in one) ? await countryOf(ctx) : null;
  const ids = people.map((one, at) => {
    if ('chatId' in one) return one.chatId;
    return ofField(`${field}.${at}`, () => parseRecipient(one.local, country));
  });
  return [...new Set(ids)];
}

export async function countryOf({ db, workspaceId }: ServiceContext): Promise<Country | null> {
  const [row] = await db
    .select({ country: workspaces.defaultCountry })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId));
  return row?.country ?? null;
}

/** @throws AppError VALIDATION_ERROR for the field `to` */
export const chatInCountry = (local: string, country: Country | null): string =>
  ofField('to', () => parseRecipient(local, country));

/** The chat of a number that says no country; null when it cannot be read so. */
export function chatIfReadable(local: string, country: Country | null): string | null {
  try {
    return parseRecipient(local, country);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function ofField<Result>(field: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { message } = error;
    const fields = [{ in: 'body', field, message }];
    throw new AppError('VALIDATION_ERROR', `body.${field}: ${message}`, { fields });
  }
}
