import { randomBytes } from 'node:crypto';
import { nextCronTime, parseCron } from './cron.ts';
import type { MessageSpec } from './message.ts';
import type { PublishRequest } from './publish-request.ts';
import type { Store } from './store.ts';

/** Publishing the same deduplication key again within this time gives the first message's id. */
const DEDUPLICATION_WINDOW_MS = 600_000;

export type PublishResult = { messageId: string; url: string; deduplicated?: true };

export function newId(prefix: 'msg' | 'scd' | 'dlq'): string {
  return `${prefix}_${randomBytes(18).toString('base64url')}`;
}

/** Writes one new message; to be called inside a transaction. */
export function addMessage(
  store: Store,
  message: { spec: MessageSpec; body: Uint8Array; dueAt: number },
  now: number,
): PublishResult {
  const id = newId('msg');
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

/** Makes the message of each schedule that is due. Firings missed while down become one. */
export function fireSchedules(store: Store, now: number): void {
  const due = store.schedules.due(now);
  if (due.length === 0) return;
  store.transaction(() => {
    for (const schedule of due) {
      const spec = { ...schedule.spec, scheduleId: schedule.id };
      addMessage(store, { spec, body: schedule.body, dueAt: now + schedule.delay_ms }, now);
      const nextAt = nextCronTime(parseCron(schedule.cron), now);
      if (nextAt === undefined) store.schedules.remove(schedule.id);
      else store.schedules.markFired(schedule.id, now, nextAt);
    }
  });
}
