import { FleetUnavailableError } from './port.ts';

/** Fly's own pace, once it has said that we are too fast: one request a second. */
const SLOW_MS = 1_000;
const BACKOFF = { firstMs: 500, mostMs: 8_000 };
const MAX_TRIES = 5;
const TIMEOUT_MS = 15_000;
/** From the first try of a call to the end of its last. */
const BUDGET_MS = 20_000;

/** Fly understood and said no. */
export class FlyRefusal extends Error {
  override name = 'FlyRefusal';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export type FlyApi = {
  /**
   * One call, tried again for 20 s while Fly asks for patience, fails or cannot be reached. `ignore` names refusals that are
   * as good as done. `beforeRetry` is asked after a try of unknown outcome, and says whether to try again; if not, null is returned.
   * @throws FlyRefusal, FleetUnavailableError
   */
  call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
    options?: { ignore?: readonly number[]; beforeRetry?: () => Promise<boolean> },
  ): Promise<unknown>;
};

export type FlyApiOptions = {
  baseUrl: string;
  token: string;
  fetch?: typeof fetch;
  sleep?: (ms: number) => Promise<void>;
  random?: () => number;
  now?: () => number;
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function createFlyApi(options: FlyApiOptions): FlyApi {
  const { baseUrl, token, sleep = pause, random = Math.random, now = Date.now } = options;
  // Called through a closure: workerd's fetch refuses to be a method of another object.
  const send = options.fetch ?? ((request, init) => fetch(request, init));
  let toldToSlowDown = false;

  const attempt = async (
    method: string,
    path: string,
    body: unknown,
    timeoutMs: number,
  ): Promise<Response> =>
    send(`${baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  return {
    async call(method, path, body, { ignore = [], beforeRetry } = {}) {
      const endAt = now() + BUDGET_MS;
      let failure = 'no try was made';
      for (let tried = 1; tried <= MAX_TRIES; tried += 1) {
        if (toldToSlowDown) await sleep(SLOW_MS);
        const leftMs = endAt - now();
        if (leftMs <= 0) break;
        const response = await attempt(method, path, body, Math.min(TIMEOUT_MS, leftMs)).catch(
          (error: unknown) => {
            failure = String(error);
            return null;
          },
        );
        if (response !== null && response.ok) return parse(await response.text());
        if (response !== null && !isPassing(response.status)) {
          if (ignore.includes(response.status)) return null;
          throw await refusalOf(response);
        }
        if (response !== null)
          failure = `${response.status} ${(await response.text()).slice(0, 200)}`;
        const slowDown = response?.status === 429;
        toldToSlowDown ||= slowDown;
        const waitMs = Math.max(retryAfter(response), backoff(tried, random));
        if (tried === MAX_TRIES || now() + waitMs >= endAt) break;
        await sleep(waitMs);
        // Of a 429 it is known that nothing was done.
        if (!slowDown && beforeRetry !== undefined && !(await beforeRetry())) return null;
      }
      throw new FleetUnavailableError(`Fly did not do ${method} ${path}: ${failure}`);
    },
  };
}

const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500;

async function refusalOf(response: Response): Promise<Error> {
  const text = (await response.text()).slice(0, 300);
  // A wrong token says nothing about the machine that was asked for.
  return response.status === 401 || response.status === 403
    ? new FleetUnavailableError(`Fly refuses FLY_API_TOKEN: ${response.status} ${text}`)
    : new FlyRefusal(response.status, `${response.status} ${text}`);
}

function retryAfter(response: Response | null): number {
  const seconds = Number(response?.headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) ? seconds * 1_000 : 0;
}

/** Doubles each time, between half of it and all of it. */
function backoff(tried: number, random: () => number): number {
  const full = Math.min(BACKOFF.mostMs, BACKOFF.firstMs * 2 ** (tried - 1));
  return full / 2 + (full / 2) * random();
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch (error) {
    throw new FleetUnavailableError('Fly answered with something that is not JSON.', {
      cause: error,
    });
  }
}
