import { z } from 'zod';
import type { Harness, TestRequest } from '../../../testing/harness.ts';

export const HOOK_URL = 'https://receiver.example/hook';

const Answer = z.object({
  success: z.boolean(),
  data: z.record(z.string(), z.unknown()).default({}),
  error: z
    .object({ code: z.string(), message: z.string(), details: z.unknown().optional() })
    .optional(),
});

/** Talks to /v1/webhooks, by a key. */
export function webhookClient(harness: Harness) {
  const call = async (method: string, path: string, options: TestRequest = {}) => {
    const response = await harness.request(method, `/v1/webhooks${path}`, options);
    return { status: response.status, ...Answer.parse(await response.json()) };
  };
  const list = async (key: string): Promise<unknown[]> => {
    const response = await harness.request('GET', '/v1/webhooks', { key });
    return z.object({ data: z.array(z.unknown()) }).parse(await response.json()).data;
  };
  const create = (key: string, body: Record<string, unknown> = {}) =>
    call('POST', '', { key, body: { url: HOOK_URL, ...body } });
  return { call, list, create };
}

export const idOf = ({ data }: { data: Record<string, unknown> }): string => String(data['id']);
