import { addMessage } from './accept.ts';
import { shownDeadLetter } from './dead-letter-table.ts';
import type { DeadLetter } from './dead-letter-table.ts';
import { HttpError } from '../http.ts';
import { parseQuery } from './query.ts';
import type { Route, RouteRequest } from './routes.ts';
import type { Store } from './store.ts';

type Deps = { store: Store; now: () => number; wake: () => void };

/** `/v2/dlq`: list, get, delete, and retry, which makes a new message of each dead letter. */
export function deadLetterRoutes({ store, now, wake }: Deps): Route[] {
  const select = ({ query }: RouteRequest): { letters: DeadLetter[]; cursor?: string } => {
    const asked = parseQuery(query, ['count', 'cursor', 'dlqIds', 'url', 'messageId']);
    const { dlqIds: ids, url, messageId, cursor: before, count } = asked;
    const letters = store.deadLetters.list({ ids, url, messageId, before, count });
    const last = letters.at(-1);
    return letters.length === count && last !== undefined
      ? { letters, cursor: String(last.seq) }
      : { letters };
  };
  const selectSome = (request: RouteRequest): { letters: DeadLetter[]; cursor?: string } => {
    if (request.query.size === 0) {
      throw new HttpError(400, 'say which dead letters: dlqIds=…, a filter, or count=… for all');
    }
    return select(request);
  };
  const one = (id: string): DeadLetter => {
    const [letter] = store.deadLetters.list({ ids: [id], count: 1 });
    if (letter === undefined) throw new HttpError(404, `dead letter ${id} not found`);
    return letter;
  };

  return [
    {
      method: 'GET',
      path: '/v2/dlq',
      handle: (request) => {
        const { letters, ...rest } = select(request);
        return { status: 200, body: { messages: letters.map(shownDeadLetter), ...rest } };
      },
    },
    {
      method: 'GET',
      path: '/v2/dlq/:id',
      handle: (_request, id) => ({ status: 200, body: shownDeadLetter(one(id)) }),
    },
    {
      method: 'DELETE',
      path: '/v2/dlq/:id',
      handle: (_request, id) => {
        store.deadLetters.remove(one(id).id);
        return { status: 200, body: { deleted: 1 } };
      },
    },
    {
      method: 'DELETE',
      path: '/v2/dlq',
      handle: (request) => {
        const { letters, ...rest } = selectSome(request);
        store.transaction(() => letters.forEach((letter) => store.deadLetters.remove(letter.id)));
        return { status: 200, body: { deleted: letters.length, ...rest } };
      },
    },
    {
      method: 'POST',
      path: '/v2/dlq/retry',
      handle: (request) => {
        const { letters, ...rest } = selectSome(request);
        const at = now();
        const responses = store.transaction(() =>
          letters.map((letter) => {
            store.deadLetters.remove(letter.id);
            return addMessage(store, { spec: letter.spec, body: letter.body, dueAt: at }, at);
          }),
        );
        wake();
        return { status: 200, body: { responses, ...rest } };
      },
    },
  ];
}
