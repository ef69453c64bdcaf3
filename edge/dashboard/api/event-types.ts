import type { Schemas } from './client.ts';

export type WebhookEvent = Schemas['WebhookEvent'];
type Alias = 'message_received' | 'message_sent' | 'message_delivered' | 'message_read';
export type EventType = Exclude<WebhookEvent['type'], Alias>;

/** Every type of event. A new one in the API does not compile until it stands here. */
const TYPES: Readonly<Record<EventType, true>> = {
  'message.received': true,
  'message.echo': true,
  'message.media': true,
  'message.sent': true,
  'message.delivered': true,
  'message.read': true,
  'message.played': true,
  'message.failed': true,
  'message.unknown': true,
  'message.stalled': true,
  'message.reaction': true,
  'message.poll_vote': true,
  'message.edited': true,
  'message.revoked': true,
  'call.received': true,
  'group.members': true,
  'group.updated': true,
  'group.join_request': true,
  'label.updated': true,
  'label.chat': true,
  'presence.update': true,
  'session.status': true,
  'session.qr': true,
  'session.pairing_code': true,
  'session.limits': true,
  'session.phone_unseen': true,
  'session.restored_old_copy': true,
  'webhook.test': true,
  'webhook.disabled': true,
};
// Object.keys says string; the table is closed.
export const EVENT_TYPES = Object.keys(TYPES) as EventType[];

/** `message.*`, and so on. */
export const WILDCARDS = [...new Set(EVENT_TYPES.map((type) => type.replace(/\..*$/, '.*')))];
