import { z } from 'zod';

const Headers = z.record(z.string(), z.string()).default({});

/** How the bench speaks to a gateway; `../peer.md` explains each field with an example. */
export const Adapter = z.strictObject({
  name: z
    .string()
    .regex(/^[\w-]+$/, 'letters, digits, dash and underscore: results are saved under it'),
  start: z.object({
    command: z.string(),
    environment: z.record(z.string(), z.string()).default({}),
  }),
  baseUrl: z.url(),
  headers: Headers,
  /** Calls that make a session, each repeated until it is answered with 2xx. */
  prepare: z
    .array(z.object({ method: z.string(), path: z.string(), body: z.json().optional() }))
    .default([]),
  qr: z.object({ path: z.string(), field: z.string() }),
  send: z.object({ path: z.string(), body: z.json() }),
  webhook: z.object({ text: z.string() }),
});
export type Adapter = z.infer<typeof Adapter>;

/** `{name}` in a text, or in every text of a JSON value, replaced by what it stands for. */
export function fill<T>(template: T, values: Readonly<Record<string, string>>): T {
  const filled: unknown = JSON.parse(JSON.stringify(template), (_key, value: unknown) =>
    typeof value === 'string'
      ? value.replaceAll(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all)
      : value,
  );
  // Only texts inside were changed.
  return filled as T;
}

/** The text at a dotted path of a JSON text, such as `data.message.body`; undefined where there is none. */
export function textAt(json: string, path: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key === name)?.[1];
  }
  return typeof value === 'string' ? value : undefined;
}

export type Gateway = {
  send: (to: string, text: string) => Promise<void>;
  /** The QR code's text, undefined as long as there is none. */
  qr: () => Promise<string | undefined>;
  prepare: () => Promise<void>;
};

/** The gateway's HTTP API, as its adapter describes it. */
export function gatewayOf(adapter: Adapter, values: Readonly<Record<string, string>>): Gateway {
  const call = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(new URL(path, adapter.baseUrl), {
      method,
      headers: { 'content-type': 'application/json', ...adapter.headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    send: async (to, text) => {
      const answer = await call('POST', adapter.send.path, fill(adapter.send.body, { to, text }));
      const answered = await answer.text();
      if (!answer.ok) throw new Error(`a send answered ${answer.status}: ${answered}`);
    },
    qr: async () => {
      const answer = await call('GET', adapter.qr.path);
      return textAt(await answer.text(), adapter.qr.field);
    },
    prepare: async () => {
      for (const { method, path, body } of adapter.prepare) {
        const answer = await call(
          method,
          path,
          body === undefined ? undefined : fill(body, values),
        );
        if (!answer.ok)
          throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
      }
    },
  };
}
