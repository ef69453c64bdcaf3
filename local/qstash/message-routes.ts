import { HttpError } from '../http.ts';
import { shownEvent } from './event-table.ts';
import { shownMessage } from './message.ts';
import { parseQuery } from './query.ts';
import type { Route } from './routes.ts';
import type { Store } from './store.ts';

/** `GET|DELETE /v2/messages…` and `GET /v2/events`. */
export function messageRoutes({ store, now }: { store: Store; now: () => number }): Route[] {
  /** An attempt under way is not stopped, but nothing follows from it any more. */
  const cancel = (ids: readonly string[]): number =>
    store.transaction(() => {
      let cancelled = 0;
      for (const id of ids) {
        const message = store.messages.get(id);
        if (message === undefined) continue;
        store.messages.remove(id);
        store.events.add(now(), 'CANCELED', { id, url: message.spec.url });
        cancelled += 1;
      }
      return cancelled;
    });

  return [
    {
      method: 'GET',
      path: '/v2/messages/:id',
      handle: (_request, id) => {
        const message = store.messages.get(id);
        if (message === undefined) throw new HttpError(404, `message ${id} not found`);
        return { status: 200, body: shownMessage(message) };
      },
    },
    {
      method: 'DELETE',
      path: '/v2/messages/:id',
      handle: (_request, id) => {
        const cancelled = cancel([id]);
        if (cancelled === 0) throw new HttpError(404, `message ${id} not found`);
        return { status: 200, body: { cancelled } };
      },
    },
    {
      method: 'DELETE',
      path: '/v2/messages',
      handle: ({ query }) => {
        const { messageIds, count } = parseQuery(query, ['messageIds', 'count']);
        if (messageIds === undefined && !query.has('count')) {
          throw new HttpError(400, 'say which messages: messageIds=… or count=… for all');
        }
        return {
          status: 200,
          body: { cancelled: cancel(messageIds ?? store.messages.ids(count)) },
        };
      },
    },
    {
      method: 'GET',
      path: '/v2/events',
      handle: ({ query }) => {
        const asked = parseQuery(query, ['count', 'cursor', 'messageIds', 'messageId']);
        const events = store.events.list({
          messageIds: asked.messageId === undefined ? asked.messageIds : [asked.messageId],
          before: asked.cursor,
          count: asked.count,
        });
        const last = events.at(-1);
        const more = events.length === asked.count && last !== undefined;
        return {
          status: 200,
          body: { events: events.map(shownEvent), ...(more && { cursor: String(last.seq) }) },
        };
      },
    },
  ];
}
