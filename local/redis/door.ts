import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { closeServer, listenOnLoopback } from '../http.ts';
import { type Log, reasonOf } from '../log.ts';
import { encodeReply } from './encoding.ts';
import { isFailure, RedisError, type RedisEngine, type Reply } from './reply.ts';

const MAX_BODY_BYTES = 10 * 1024 * 1024;

const commandSchema = z
  .array(z.json())
  .min(1)
  .transform((words) => words.map(asText));
const commandsSchema = z.array(commandSchema);

type Answer = { status: number; body: unknown };
export type Door = { url: string; close: () => Promise<void> };

/** Opens Upstash's REST protocol in front of an engine, on 127.0.0.1. */
export async function openDoor(
  engine: RedisEngine,
  port: number,
  token: string,
  log: Log,
): Promise<Door> {
  const expected = digest(`Bearer ${token}`);
  const server = createServer((request, response) => {
    answer(request, engine, expected).then(
      (result) => send(request, response, result),
      (error: unknown) => {
        log('error', 'command_failed', { reason: reasonOf(error) });
        send(request, response, { status: 503, body: { error: 'ERR the store is out of reach' } });
      },
    );
  });
  // Longer than clients keep theirs, or they would write into a connection that is being closed.
  server.keepAliveTimeout = 60_000;
  const url = await listenOnLoopback(server, port);
  return { url, close: () => closeServer(server, 0) };
}

async function answer(
  request: IncomingMessage,
  engine: RedisEngine,
  expected: Buffer,
): Promise<Answer> {
  if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) {
    return { status: 401, body: { error: 'Unauthorized' } };
  }
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const base64 = request.headers['upstash-encoding'] === 'base64';
  if (request.method !== 'POST' || !['/', '/pipeline', '/multi-exec'].includes(path)) {
    return refuse('ERR POST a command to /, or several to /pipeline or /multi-exec');
  }
  const text = await readBody(request);
  if (text === undefined) return { status: 413, body: { error: 'ERR max request size exceeded' } };
  if (path === '/') {
    const command = commandSchema.safeParse(parseJson(text));
    if (!command.success) return refuse('ERR the body must be one command, as an array');
    const result = asResult(await attempt(engine, command.data), base64);
    return { status: 'error' in result ? 400 : 200, body: result };
  }
  const commands = commandsSchema.safeParse(parseJson(text));
  if (!commands.success) return refuse('ERR the body must be an array of commands');
  if (path === '/multi-exec') return transact(engine, commands.data, base64);
  const results: unknown[] = [];
  for (const command of commands.data) {
    results.push(asResult(await attempt(engine, command), base64));
  }
  return { status: 200, body: results };
}

async function transact(
  engine: RedisEngine,
  commands: string[][],
  base64: boolean,
): Promise<Answer> {
  try {
    const replies = await engine.transaction(commands);
    return { status: 200, body: replies.map((reply) => asResult(reply, base64)) };
  } catch (error) {
    if (error instanceof RedisError) return refuse(error.message);
    throw error;
  }
}

async function attempt(engine: RedisEngine, command: string[]): Promise<Reply> {
  try {
    return await engine.run(command);
  } catch (error) {
    if (error instanceof RedisError) return { err: error.message };
    throw error;
  }
}

function asResult(reply: Reply, base64: boolean): { result: unknown } | { error: string } {
  return isFailure(reply) ? { error: reply.err } : { result: encodeReply(reply, base64) };
}

const refuse = (error: string): Answer => ({ status: 400, body: { error } });

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function asText(word: unknown): string {
  if (typeof word === 'string') return word;
  return word === null ? '' : JSON.stringify(word);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString();
}

function send(request: IncomingMessage, response: ServerResponse, { status, body }: Answer): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    'upstash-sync-token': request.headers['upstash-sync-token'] ?? '',
    // The rest of a body nobody read would be taken for the next request.
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end(bytes);
}
