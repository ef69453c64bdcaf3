import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { HttpError, parseJson, readBody, sendJson, startServer } from '../http.ts';
import type { Log } from '../log.ts';
import type { RunningService } from '../service-process.ts';
import { checkBearer } from '../visitors.ts';
import { RedisError, type RedisEngine, type Reply } from './reply.ts';

const MAX_BODY_BYTES = 10 * 1024 * 1024;

const Command = z
  .array(z.json())
  .min(1)
  .transform((words) => words.map((word) => (typeof word === 'string' ? word : textOf(word))));
const Pipeline = z.array(Command);

type Result = { result: unknown } | { error: string };

/** Opens Upstash's REST protocol in front of an engine, on 127.0.0.1: `POST /` one command, `POST /pipeline` several. */
export function openDoor(
  engine: RedisEngine,
  port: number,
  token: string,
  log: Log,
): Promise<RunningService> {
  const attempt = async (command: string[], base64: boolean): Promise<Result> => {
    try {
      const reply = await engine.run(command);
      return { result: reply === 'OK' || !base64 ? reply : encode(reply) };
    } catch (error) {
      if (error instanceof RedisError) return { error: error.message };
      log('error', 'command_failed', { reason: String(error) });
      throw new HttpError(503, 'ERR the store is out of reach');
    }
  };
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    checkBearer(request, token);
    const base64 = request.headers['upstash-encoding'] === 'base64';
    const body = parseJson(await readBody(request, MAX_BODY_BYTES));
    if (request.method === 'POST' && request.url === '/') {
      const result = await attempt(read(Command, body), base64);
      return { status: 'error' in result ? 400 : 200, body: result };
    }
    if (request.method !== 'POST' || request.url !== '/pipeline')
      throw new HttpError(400, 'ERR POST a command to /, or several to /pipeline');
    const results: Result[] = [];
    for (const command of read(Pipeline, body)) results.push(await attempt(command, base64));
    return { status: 200, body: results };
  };
  return startServer({
    port,
    log,
    handle: async (request, response) => {
      const { status, body } = await answer(request);
      sendJson(response, status, body);
    },
    release: async (closed) => {
      await closed;
      await engine.close();
    },
  });
}

function read<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new HttpError(400, 'ERR the body must be a command, as an array of words');
}

const textOf = (word: unknown): string => (word === null ? '' : JSON.stringify(word));

/**
 * With `Upstash-Encoding: base64` every text is base64, except a lone OK, which the client passes through; inside arrays it
 * does not. Source: @upstash/redis `decode`.
 */
function encode(reply: Reply): Reply {
  if (Array.isArray(reply)) return reply.map(encode);
  return typeof reply === 'string' ? Buffer.from(reply).toString('base64') : reply;
}
