import { z } from 'zod';
import { type Answer, Diagnosis, type Facts, Readiness } from './facts.ts';

const PATIENCE_MS = 15_000;

const Success = z.object({
  success: z.literal(true),
  data: z.unknown(),
  // A header's date has whole seconds, and a Worker on one machine sends none.
  meta: z.object({ timestamp: z.iso.datetime() }).optional(),
});
const Failure = z.object({
  error: z.object({
    message: z.string(),
    details: z.object({ reason: z.string() }).optional(),
  }),
});

/**
 * Asks a deployment by its open doors, and by those of the operator's token.
 * @param url its public address, which may have a path
 */
export async function ask(
  url: string,
  token: string,
  own: Facts['own'],
  fetcher: typeof fetch = fetch,
): Promise<Facts> {
  const get = async <Schema extends z.ZodType>(
    path: string,
    schema: Schema,
  ): Promise<Answer<z.output<Schema>>> => {
    const askedAt = Date.now();
    try {
      const response = await fetcher(`${url.replace(/\/+$/, '')}${path}`, {
        headers: { authorization: `Bearer ${token}` },
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return await read(response, schema, askedAt);
    } catch (error) {
      return { ok: false, status: null, problem: reasonOf(error) };
    }
  };
  const health = await get('/health', z.unknown());
  if (!health.ok) return { url, health, readiness: null, diagnosis: null, own };
  const [readiness, diagnosis] = await Promise.all([
    get('/ready', Readiness),
    get('/diagnosis', Diagnosis),
  ]);
  return { url, health, readiness, diagnosis, own };
}

async function read<Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
  askedAt: number,
): Promise<Answer<z.output<Schema>>> {
  const text = await response.text();
  const { status, headers } = response;
  const tookMs = Date.now() - askedAt;
  const body: unknown = parseJson(text);
  const answer = Success.safeParse(body);
  const parsed = schema.safeParse(answer.data?.data);
  // `/ready` says 503 when the database is down, and what else is up.
  if (parsed.success && answer.success && (response.ok || status === 503)) {
    const date = Date.parse(answer.data.meta?.timestamp ?? headers.get('date') ?? '');
    const serverTime = Number.isNaN(date) ? null : date;
    return { ok: true, data: parsed.data, serverTime, askedAt, tookMs };
  }
  const failure = Failure.safeParse(body);
  const { message = 'an answer that is not Waypost’s', details } = failure.data?.error ?? {};
  return { ok: false, status, problem: details?.reason ?? message };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a proxy's page, say: it fits no schema
  }
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
};
