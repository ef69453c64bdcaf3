import { randomBytes } from 'node:crypto';
import type { PublishRequest } from './publish-request.ts';
import type { Store } from './store.ts';

/** Publishing the same deduplication id again within this time gives the first message's id. */
const DEDUPLICATION_WINDOW_MS = 600_000;

type PublishResult = { messageId: string; url: string; deduplicated?: true };

/** Writes all messages of a batch or none; a deduplication id that was used of late writes nothing. */
export const publish = (
  store: Store,
  requests: readonly PublishRequest[],
  now: number,
): PublishResult[] =>
  store.transaction(() =>
    requests.map(({ spec, body, dueAt, deduplicationId: key }) => {
      const { url } = spec;
      const first = key === null ? undefined : store.messages.duplicateOf(`id:${key}`, now);
      if (first !== undefined) return { messageId: first, url, deduplicated: true };
      const id = `msg_${randomBytes(18).toString('base64url')}`;
      store.messages.insert({ id, createdAt: now, spec, body, dueAt });
      store.events.add(now, 'CREATED', { id, url });
      if (key !== null)
        store.messages.rememberDuplicate(`id:${key}`, id, now + DEDUPLICATION_WINDOW_MS);
      return { messageId: id, url };
    }),
  );
