import { z } from 'zod';
import { reportCall } from './called.ts';

export type ApiAnswer = {
  status: number;
  headers: Headers;
  text: string;
  /** `data` of a success. Throws when the answer is none. */
  data: <S extends z.ZodType>(schema: S) => z.infer<S>;
  /** `error` of a failure. Throws when the answer is none. */
  error: () => { code: string; message: string; details?: Record<string, unknown> | undefined };
};

const Success = z.object({ success: z.literal(true), data: z.unknown() });
const Failure = z.object({
  success: z.literal(false),
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});

export type ApiClient = {
  call: (
    method: string,
    path: string,
    options?: {
      body?: unknown;
      rawBody?: string;
      headers?: Record<string, string>;
      key?: string | null;
    },
  ) => Promise<ApiAnswer>;
};

/** The public API, as a customer's program calls it. */
export function apiClient(apiUrl: string, apiKey: string): ApiClient {
  return {
    call: async (method, path, options = {}) => {
      const key = options.key === undefined ? apiKey : options.key;
      const body =
        options.rawBody ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
      const response = await fetch(new URL(path, apiUrl), {
        method,
        headers: {
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...options.headers,
        },
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      reportCall({ method, path: new URL(path, apiUrl).pathname, status: response.status });
      const shown = `${method} ${path} answered ${response.status}: ${text.slice(0, 600)}`;
      const parse = <S extends z.ZodType>(schema: S): z.infer<S> => {
        const parsed = schema.safeParse(JSON.parse(text));
        if (!parsed.success) throw new Error(`${shown}\n${parsed.error.message}`);
        return parsed.data;
      };
      return {
        status: response.status,
        headers: response.headers,
        text,
        data: (schema) => schema.parse(parse(Success).data),
        error: () => parse(Failure).error,
      };
    },
  };
}
