import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { PublicEvent } from '../../../shared/catalogue/events/index.ts';
import type { ServiceContext } from '../../context.ts';
import { messages, sessions } from '../../db/schema/index.ts';
import type { AboutMessage, WahaSessionFacts } from '../../values/waha/event.ts';

export type CompatFacts = { session: WahaSessionFacts; about: AboutMessage | null };

const About = z.object({ messageId: z.string() });
const messageOf = ({ data }: PublicEvent): string | undefined =>
  About.safeParse(data).data?.messageId;

/** What a source system's events say beyond ours, for events that the caller has read; by their ids. */
export async function compatFacts(
  ctx: ServiceContext,
  events: readonly PublicEvent[],
): Promise<ReadonlyMap<string, CompatFacts>> {
  const { workspaceId, contentSeal } = ctx;
  const sessionIds = [...new Set(events.flatMap(({ sessionId }) => sessionId ?? []))];
  const messageIds = [...new Set(events.flatMap((event) => messageOf(event) ?? []))];
  const [known, abouts] = await Promise.all([
    sessionIds.length === 0
      ? []
      : ctx.db
          .select()
          .from(sessions)
          .where(and(eq(sessions.workspaceId, workspaceId), inArray(sessions.id, sessionIds))),
    messageIds.length === 0
      ? []
      : ctx.db
          .select()
          .from(messages)
          .where(and(eq(messages.workspaceId, workspaceId), inArray(messages.id, messageIds))),
  ]);
  const sessionById = new Map(known.map((row) => [row.id, row]));
  const messageById = new Map(abouts.map((row) => [row.id, row]));
  return new Map(
    events.flatMap((event): [string, CompatFacts][] => {
      const row = sessionById.get(event.sessionId ?? '');
      if (row === undefined) return [];
      const { name, phoneNumber, displayName, compat } = row;
      const session = { name, phoneNumber, displayName, metadata: compat.metadata ?? null };
      const message = messageById.get(messageOf(event) ?? '');
      if (message === undefined) return [[event.id, { session, about: null }]];
      const { sentAt, createdAt, content, ...about } = message;
      const opened = contentSeal.open(workspaceId, content);
      const shown = { ...about, at: (sentAt ?? createdAt).toISOString(), content: Object(opened) };
      return [[event.id, { session, about: shown }]];
    }),
  );
}
