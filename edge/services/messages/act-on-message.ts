import { and, eq } from 'drizzle-orm';
import type { LiveOperation } from '../../../shared/catalogue/live-operations.ts';
import { AppError } from '../../../shared/errors.ts';
import type { CommandInput, CommandOutput, FactReport } from '../../../shared/protocol/index.ts';
import type { ServiceContext } from '../../context.ts';
import { messages } from '../../db/schema/index.ts';
import { askSession } from '../live/ask-session.ts';
import { ingestReports } from '../reports/ingest-reports.ts';
import { findMessage } from './find-message.ts';
import { type MessageRow, type MessageView, viewMessage } from './message-view.ts';
import { messageNotFound, refuseErased } from './refusals.ts';

type ActionName = Extract<
  LiveOperation,
  'reactToMessage' | 'editMessage' | 'deleteMessage' | 'starMessage' | 'pinMessage' | 'markChatSeen'
>;
type Place = 'chatId' | 'reference';

/** A change of the message's own row that no event reports, or the fact that its session reports as well. */
type Consequence = { set: Partial<typeof messages.$inferInsert> } | { fact: FactReport } | null;

/** What each action leaves in the record, from what the page showed after it. */
const CONSEQUENCES: {
  [Name in ActionName]: (
    of: { wireId: string; chatId: string; fromMe: boolean },
    output: CommandOutput<Name>,
    ask: Omit<CommandInput<Name>, Place>,
  ) => Consequence;
} = {
  reactToMessage: ({ wireId, chatId }, { emoji, at: timestamp, by: from }) => ({
    fact: {
      kind: 'message.reaction',
      wireId,
      chatId,
      fromMe: true,
      emoji,
      timestamp,
      from,
    },
  }),
  editMessage: (of, { text, at }) =>
    at === null ? null : { fact: { kind: 'message.edited', ...of, text, timestamp: at } },
  deleteMessage: (of, { at }, ask) =>
    ask.for === 'everyone'
      ? { fact: { kind: 'message.revoked', ...of, timestamp: at } }
      : { set: { deletedAt: new Date(at) } },
  starMessage: (_of, { starred }) => ({ set: { starred } }),
  pinMessage: (_of, { until }) => ({
    set: { pinnedUntil: until === null ? null : new Date(until) },
  }),
  markChatSeen: () => null,
};

/**
 * Does something to a message at WhatsApp, and writes what came of it into the record. The session reports the same fact,
 * under the same event id: whichever comes first is written, and if this request is lost the other one still comes.
 * @throws AppError NOT_FOUND; CONFLICT with `details.reason` `not_sent` for a message that WhatsApp does not have yet; what
 *   `askSession` throws, and what WhatsApp refuses
 */
export async function actOnMessage<Name extends ActionName>({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; name: Name; ask: Omit<CommandInput<Name>, Place> };
}): Promise<{ message: MessageView; sessionName: string }> {
  const { id, name, ask } = input;
  const found = await find(ctx, id);
  refuseErased(found);
  const { wireId, wireKey, chatId, sessionId, direction } = found;
  if (wireId === null)
    throw new AppError('CONFLICT', 'WhatsApp does not have this message yet.', {
      reason: 'not_sent',
    });
  const place = { chatId, reference: wireKey ?? wireId };
  // The row's input is `ask` and where the message is; the compiler cannot put a generic type together again.
  const asked = { ...ask, ...place } as CommandInput<Name>;
  const { output, epoch, sessionName } = await askSession({
    ctx,
    input: { id: sessionId, name, ask: asked },
  });
  const of = { wireId, chatId, fromMe: direction === 'outbound' };
  const consequence = CONSEQUENCES[name](of, output, ask);
  if (consequence !== null && 'fact' in consequence) {
    const report = consequence.fact;
    const spooled = { bootId: '', spoolSeq: 0, sessionId, epoch, occurredAt: ctx.now(), report };
    await ingestReports({ services: ctx, runnerId: '', reports: [spooled] });
  }
  if (consequence !== null && 'set' in consequence)
    await ctx.db
      .update(messages)
      .set(consequence.set)
      .where(and(eq(messages.workspaceId, ctx.workspaceId), eq(messages.id, id)));
  return { message: viewMessage(await find(ctx, id)), sessionName };
}

async function find(ctx: ServiceContext, id: string): Promise<MessageRow> {
  const message = await findMessage(ctx, id);
  if (message === undefined) throw messageNotFound();
  return message;
}
