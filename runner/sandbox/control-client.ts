import type { z } from 'zod';
import { actions, controlErrorSchema, reads } from './control-schemas.ts';
import type { Actions, Reads } from './control-schemas.ts';

/** A refusal by the sandbox: `code` is stable (QR_EXPIRED, UNKNOWN_ACCOUNT, …), `message` says what to do. */
export class SandboxRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'SandboxRefusal';
    this.status = status;
    this.code = code;
  }
}

type Call<R extends { request: z.ZodType; response: z.ZodType }> = (
  input: z.input<R['request']>,
) => Promise<z.output<R['response']>>;

/** One method per read and action of control-schemas.ts, and `media` for the bytes behind a `mediaPath`. */
export type SandboxClient = { [K in keyof Reads]: Call<Reads[K]> } & {
  [K in keyof Actions]: Call<Actions[K]>;
} & { media: (path: string) => Promise<{ data: Uint8Array; mimetype: string }> };

type Route = { path: string; request: z.ZodType; response: z.ZodType };

/**
 * Client of the sandbox's control API.
 * @param options.url address from the sandbox's ready message, `token` its controlToken.
 * @throws SandboxRefusal from every method, when the sandbox refuses.
 */
export function createSandboxClient(options: {
  url: string;
  token: string;
  fetch?: typeof fetch;
}): SandboxClient {
  const fetcher = options.fetch ?? fetch;
  const request = async (path: string, init: RequestInit): Promise<Response> => {
    const response = await fetcher(new URL(path, options.url), {
      ...init,
      headers: { authorization: `Bearer ${options.token}`, 'content-type': 'application/json' },
    });
    if (response.ok) return response;
    const refusal = controlErrorSchema.safeParse(await response.json().catch(() => null));
    const { code, message } = refusal.success
      ? refusal.data.error
      : { code: 'BAD_ANSWER', message: `the sandbox answered ${String(response.status)}` };
    throw new SandboxRefusal(response.status, code, message);
  };

  const read = (route: Route) => async (input: Record<string, string | number | undefined>) => {
    const query = new URLSearchParams();
    let path = route.path;
    for (const [name, value] of Object.entries(input)) {
      if (value === undefined) continue;
      const text = String(value);
      if (path.includes(`:${name}`)) path = path.replace(`:${name}`, encodeURIComponent(text));
      else query.set(name, text);
    }
    const response = await request(`${path}?${query.toString()}`, { method: 'GET' });
    return route.response.parse(await response.json());
  };

  const act = (route: Route) => async (input: unknown) => {
    const response = await request(route.path, { method: 'POST', body: JSON.stringify(input) });
    return route.response.parse(await response.json());
  };

  const methods: Record<string, unknown> = {
    media: async (path: string) => {
      const response = await request(`/v1/media?path=${encodeURIComponent(path)}`, {
        method: 'GET',
      });
      return {
        data: new Uint8Array(await response.arrayBuffer()),
        mimetype: response.headers.get('content-type') ?? 'application/octet-stream',
      };
    },
  };
  for (const [name, route] of Object.entries(reads)) methods[name] = read(route);
  for (const [name, route] of Object.entries(actions)) methods[name] = act(route);
  // Built from the same two tables the type is derived from; a loop cannot be followed by the compiler.
  return methods as SandboxClient;
}
