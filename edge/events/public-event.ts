import { z } from 'zod';
import {
  EVENTS,
  eventTypeOf,
  type PublicEvent,
  sampleEvent,
} from '../../shared/catalogue/events/index.ts';
import type { Services } from '../context.ts';
import { Count, Moment } from '../db/moment.ts';
import { shownLink } from '../media/file-link.ts';

/** An event as it stands in the table, read as JSON. */
export const EventRow = z.object({
  id: z.string(),
  seq: Count,
  sessionId: z.string().nullable(),
  type: z.string(),
  occurredAt: Moment,
  data: z.unknown(),
  /** When the content in its payload was erased; null = it is there. */
  contentExpiredAt: Moment.nullable(),
});
export type EventRow = z.infer<typeof EventRow>;

/**
 * What subscribers see of an event: a webhook's body and an item of the feed.
 * @param reader whose event it is; `name` is what they subscribed by; without `codes`, a code that links a phone is null
 * @param services what links to files are made with, which work from now on
 */
export function toPublicEvent(
  row: EventRow,
  { workspaceId, name = row.type, codes }: { workspaceId: string; name?: string; codes: boolean },
  services: Pick<Services, 'env' | 'now' | 'contentSeal'>,
): PublicEvent {
  const { id, seq, sessionId, occurredAt, contentExpiredAt } = row;
  const open = openEvent(row, workspaceId, services);
  const data = withFileLink(codes ? open : withoutCode(row.type, open), services);
  const timestamp = occurredAt.toISOString();
  // `fact` wrote it, by the row of its type; tests read every event back through that row.
  return {
    id,
    type: name,
    seq,
    sessionId,
    timestamp,
    data,
    ...(contentExpiredAt !== null && { contentExpiredAt: contentExpiredAt.toISOString() }),
  } as PublicEvent;
}

/** A test of another type as the endpoint receives it: that type's sample, as the event of this id. Null for any other event. */
export function sampleInPlaceOf(event: PublicEvent): PublicEvent | null {
  const name = event.type === 'webhook.test' ? event.data.sample : undefined;
  const type = name === undefined ? undefined : eventTypeOf(name);
  if (type === undefined) return null;
  const { id, seq, timestamp } = event;
  return { ...sampleEvent(type, name), id, seq, timestamp };
}

/** Only what `fact` seals is opened. */
function openEvent(
  { type, data }: EventRow,
  workspaceId: string,
  { contentSeal }: Pick<Services, 'contentSeal'>,
): unknown {
  const known = eventTypeOf(type);
  if (known === undefined) return data;
  const { content, credential } = EVENTS[known];
  const words = Object.entries(Object(data)).filter(
    ([field]) => content.some((each) => each === field) || field === credential,
  );
  return { ...Object(data), ...contentSeal.open(workspaceId, Object.fromEntries(words)) };
}

const HOUR_SECONDS = 3_600;
const Carrying = z.looseObject({ media: z.looseObject({ id: z.string().nullable() }) });

/** Whoever reads an event within the same hour gets the same link. */
function withFileLink(data: unknown, { env, now }: Pick<Services, 'env' | 'now'>): unknown {
  const carrying = Carrying.safeParse(data);
  if (!carrying.success) return data;
  const { media } = carrying.data;
  const expiresAt = (Math.floor(now() / 1_000 / HOUR_SECONDS) + 25) * HOUR_SECONDS;
  const link = media.id === null ? null : shownLink(env, media.id, expiresAt);
  return { ...carrying.data, media: { ...media, link } };
}

function withoutCode(type: string, data: unknown): unknown {
  const known = eventTypeOf(type);
  const field = known === undefined ? null : EVENTS[known].credential;
  return field === null ? data : { ...Object(data), [field]: null };
}
