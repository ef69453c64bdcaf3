import { z } from 'zod';
import { newId } from '../../shared/ids.ts';
import type { SigningKeys } from '../../shared/signing/keys.ts';
import { signRequest } from '../../shared/signing/signed-request.ts';
import type { ClockCheck } from './clock-check.ts';
import { EdgeError } from './edge-error.ts';

const Refusal = z.object({
  error: z.object({ details: z.object({ reason: z.string(), now: z.number().optional() }) }),
});

type Call<Output> = {
  path: string;
  body: object;
  response: z.ZodType<Output>;
  timeoutMs: number;
  context?: { session: string; epoch: number };
};

export type SignedPostOptions = {
  edgeUrl: string;
  runnerId: string;
  bootId: string;
  keys: SigningKeys;
  /** Unix ms, for signatures. */
  now?: () => number;
  clockCheck?: ClockCheck;
  fetch?: typeof fetch;
};

/** Signs and sends POSTs to `/internal/runners/*`, audience `edge`, and reads the answers. */
export function createSignedPost(options: SignedPostOptions) {
  const { clockCheck } = options;
  const doFetch = options.fetch ?? fetch;
  const now = options.now ?? Date.now;

  const sign = (path: string, body: string, context?: Call<unknown>['context']): Promise<Request> =>
    signRequest({
      method: 'POST',
      url: new URL(`/internal/runners/${path}`, options.edgeUrl).href,
      body,
      keys: options.keys,
      audience: 'edge',
      now: Math.floor(now() / 1_000),
      commandId: newId('command'),
      // For the edge's logs only: the caller is known by the signature and the body.
      headers: { 'waypost-runner': `${options.runnerId}/${options.bootId}` },
      ...context,
    });

  async function post<Output>({
    path,
    body,
    response,
    timeoutMs,
    context,
  }: Call<Output>): Promise<Output> {
    const clock = clockCheck?.signing();
    const request = await sign(path, JSON.stringify(body), context);
    const { status, text } = await exchange(request, path, timeoutMs);
    if (status === 429 || status >= 500)
      throw new EdgeError('unreachable', status, `${path}: the edge answered ${status}`);
    if (status < 200 || status > 299) {
      const refusal = Refusal.safeParse(parseJson(text)).data?.error.details;
      if (refusal?.reason === 'expired' && refusal.now !== undefined)
        clock?.outOfDate(Math.round(now() / 1_000) - refusal.now);
      const reason = refusal?.reason ?? null;
      const why = reason === null ? '' : ` (${reason})`;
      throw new EdgeError(
        'refused',
        status,
        `${path}: the edge refused with ${status}${why}`,
        reason,
      );
    }
    clock?.taken();
    const parsed = response.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    throw new EdgeError(
      'unreachable',
      status,
      `${path}: the edge's answer does not fit the protocol`,
    );
  }

  async function exchange(
    request: Request,
    path: string,
    timeoutMs: number,
  ): Promise<{ status: number; text: string }> {
    try {
      const answer = await doFetch(request, { signal: AbortSignal.timeout(timeoutMs) });
      return { status: answer.status, text: await answer.text() };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new EdgeError('unreachable', null, `${path}: ${detail}`);
    }
  }

  return { sign, post };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
