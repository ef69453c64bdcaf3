import { z } from 'zod';

/** Event types a subscriber can name; the wildcard form is `message.*`, all is `*`. */
export const EVENT_TYPES = [
  'message.received',
  'message.sent',
  'message.delivered',
  'message.read',
  'message.played',
  'message.failed',
  'message.unknown',
  'message.stalled',
  'message.reaction',
  'message.edited',
  'message.revoked',
  'session.status',
  'session.qr',
  'session.pairing_code',
  'session.phone_unseen',
  'webhook.test',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** Names that the source systems use; a subscriber who asks by one of them gets events under that name. */
export const EVENT_ALIASES: Readonly<Record<string, EventType>> = {
  message_received: 'message.received',
  message_sent: 'message.sent',
  message_delivered: 'message.delivered',
  message_read: 'message.read',
};

/** The body of a webhook, and an item of `GET /v1/events`. */
export const PublicEvent = z.object({
  id: z.string().describe('Stable over retries: use it to drop duplicates.'),
  type: z.string(),
  seq: z.number().int().describe('Counts up by one within the workspace.'),
  sessionId: z.string().nullable(),
  timestamp: z.iso.datetime().describe('When it happened.'),
  data: z.record(z.string(), z.unknown()),
});
export type PublicEvent = z.infer<typeof PublicEvent>;

/**
 * The name under which a subscription gets an event, or undefined if it did not ask for it.
 * An exact name or alias wins over a wildcard, so that a subscriber gets the name it subscribed by.
 */
export function subscribedName(
  subscription: readonly string[],
  type: EventType,
): string | undefined {
  if (subscription.includes(type)) return type;
  const alias = subscription.find((name) => EVENT_ALIASES[name] === type);
  if (alias !== undefined) return alias;
  const [area] = type.split('.');
  return subscription.includes('*') || subscription.includes(`${area}.*`) ? type : undefined;
}
