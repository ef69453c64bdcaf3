import { HttpError } from '../http.ts';
import { shownEvent } from './event-table.ts';
import { shownMessage } from './message.ts';
import { parseQuery } from './query.ts';
import type { Route } from './routes.ts';
import type { Store } from './store.ts';

/** `GET /v2/messages/:id` and `GET /v2/events`: what waits, and what was done. */
export function messageRoutes({ store }: { store: Store }): Route[] {
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
