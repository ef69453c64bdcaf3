import { z } from 'zod';
import { acceptPublish } from './accept.ts';
import type { PublishResult } from './accept.ts';
import { HttpError, parseJson } from '../http.ts';
import { parsePublish } from './publish-request.ts';
import type { PublishRequest } from './publish-request.ts';
import type { Route } from './routes.ts';
import type { Store } from './store.ts';

const batchSchema = z
  .array(
    z.object({
      destination: z.string(),
      headers: z.record(z.string(), z.string()).default({}),
      body: z.string().nullish(),
      queue: z.undefined('queues are not supported here').optional(),
    }),
  )
  .max(1_000);

type Deps = { store: Store; now: () => number; wake: () => void };

/** `POST /v2/publish/<url>` and `POST /v2/batch`: accepted means written and on disk. */
export function publishRoutes({ store, now, wake }: Deps): Route[] {
  const acceptAll = (requests: PublishRequest[]): PublishResult[] => {
    const at = now();
    const results = store.transaction(() =>
      requests.map((request) => acceptPublish(store, request, at)),
    );
    wake();
    return results;
  };

  return [
    {
      method: 'POST',
      path: '/v2/publish/',
      raw: true,
      handle: ({ rawRest, headers, body }) => {
        const request = parsePublish({ destination: rawRest, headers, body, now: now() });
        const [result] = acceptAll([request]);
        return { status: result?.deduplicated === true ? 202 : 201, body: result };
      },
    },
    {
      method: 'POST',
      path: '/v2/batch',
      handle: ({ body }) => {
        const parsed = batchSchema.safeParse(parseJson(body));
        if (!parsed.success) throw new HttpError(400, z.prettifyError(parsed.error));
        const requests = parsed.data.map((item) => {
          const lower = Object.entries(item.headers).map(([k, v]) => [k.toLowerCase(), v] as const);
          return parsePublish({
            destination: item.destination,
            headers: Object.fromEntries(lower),
            body: Buffer.from(item.body ?? ''),
            now: now(),
          });
        });
        return { status: 201, body: acceptAll(requests) };
      },
    },
  ];
}
