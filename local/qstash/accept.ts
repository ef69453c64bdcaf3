import { randomBytes } from 'node:crypto';
import type { MessageSpec } from './message.ts';
import type { PublishRequest } from './publish-request.ts';
import type { Store } from './store.ts';

/** Publishing the same deduplication key again within this time gives the first message's id. */
const DEDUPLICATION_WINDOW_MS = 600_000;

export type PublishResult = { messageId: string; url: string; deduplicated?: true };

/** Writes one new message; to be called inside a transaction. */
function addMessage(
  store: Store,
  message: { spec: MessageSpec; body: Uint8Array; dueAt: number },
  now: number,
): PublishResult {
  const id = `msg_${randomBytes(18).toString('base64url')}`;
  const { url } = message.spec;
  store.messages.insert({ id, createdAt: now, ...message });
  store.events.add(now, 'CREATED', { id, url });
  return { messageId: id, url };
}

/** Writes one publish with its deduplication key; to be called inside a transaction. */
export function acceptPublish(store: Store, request: PublishRequest, now: number): PublishResult {
  const { deduplicationKey: key, ...message } = request;
  const first = key === null ? undefined : store.messages.duplicateOf(key, now);
  if (first !== undefined) {
    return { messageId: first, url: message.spec.url, deduplicated: true };
  }
  const result = addMessage(store, message, now);
  if (key !== null) {
    store.messages.rememberDuplicate(key, result.messageId, now + DEDUPLICATION_WINDOW_MS);
  }
  return result;
}
