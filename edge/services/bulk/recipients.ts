import { z } from 'zod';
import { MESSAGE_KINDS, type MessageSaid } from '../../../shared/catalogue/message-kinds.ts';
import { AppError } from '../../../shared/errors.ts';
import { type Country, localDigits, parseRecipient } from '../../../shared/recipient.ts';
import type { ServiceContext } from '../../context.ts';
import type { LeftOut } from '../../db/schema/bulks.ts';
import { refuseChat } from '../messages/send.ts';
import { countryOf } from '../workspace/local-numbers.ts';
import type { BulkFacts } from './bulk-facts.ts';
import type { BulkRequest } from './bulk-request.ts';
import { fillIn, type Variables } from './template.ts';

/** A recipient on the way to a message. */
export type Candidate = { index: number; chatId: string };
/** One who gets a message. */
export type Accepted = Candidate & { said: MessageSaid; isNew: boolean };

/** The recipients whose chats can be read; the others are left out. */
export async function readRecipients(
  ctx: ServiceContext,
  { recipients }: BulkRequest,
  leftOut: LeftOut[],
): Promise<Candidate[]> {
  const isLocal = (to: string | number) => {
    const read = readTo(to, null);
    return 'invalid' in read || localDigits(to) !== null;
  };
  const country = recipients.some(({ to }) => isLocal(to)) ? await countryOf(ctx) : null;
  return recipients.flatMap(({ to }, index) => {
    const read = readTo(to, country);
    if ('ok' in read) return [{ index, chatId: read.ok }];
    leftOut.push({ index, to: String(to), reason: 'invalid', message: read.invalid });
    return [];
  });
}

/** Who of the candidates gets a message: each person once, nobody who has opted out, and what can be sent. */
export function choose(
  { said, recipients }: BulkRequest,
  candidates: readonly Candidate[],
  { chats }: BulkFacts,
  leftOut: LeftOut[],
): Accepted[] {
  const seen = new Map<string, number>();
  return candidates.flatMap(({ index, chatId: written }, place) => {
    const { to = '', variables = {} } = recipients[index] ?? {};
    const {
      id: chatId,
      optedOut,
      isNew,
    } = chats[place] ?? { id: written, optedOut: false, isNew: false };
    const leave = (reason: LeftOut['reason'], message: string) => {
      leftOut.push({ index, to: String(to), reason, message });
      return [];
    };
    const same = seen.get(chatId);
    if (same !== undefined) return leave('duplicate', `is the same as recipient ${same}`);
    seen.set(chatId, index);
    if (optedOut) return leave('opted_out', 'has opted out');
    const read = readSaid(said, variables, chatId);
    return 'ok' in read
      ? [{ index, chatId, said: read.ok, isNew }]
      : leave('invalid', read.invalid);
  });
}

/** What a recipient's part of a bulk came to, or why it came to nothing. */
type Read<Value> = { ok: Value } | { invalid: string };

/** The chat of a recipient. */
function readTo(to: string | number, country: Country | null): Read<string> {
  return orInvalid(() => parseRecipient(to, country));
}

/** What the recipient is told. Filled in, a message must be one that could be sent alone. */
function readSaid(said: MessageSaid, variables: Variables, chatId: string): Read<MessageSaid> {
  return orInvalid(() => {
    const fields = z.looseObject(MESSAGE_KINDS[said.type].fields);
    const filled = fields.safeParse(fillIn(said, variables));
    if (!filled.success) {
      const [issue] = filled.error.issues;
      const message = `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`;
      throw new AppError('VALIDATION_ERROR', message);
    }
    // It was parsed by the fields of its kind, which it has kept.
    const ready = filled.data as MessageSaid;
    refuseChat({ said: ready, to: { chatId } });
    return ready;
  });
}

function orInvalid<Value>(read: () => Value): Read<Value> {
  try {
    return { ok: read() };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const fields = z.array(z.object({ message: z.string() })).safeParse(error.details?.['fields']);
    return { invalid: fields.data?.[0]?.message ?? error.message };
  }
}
