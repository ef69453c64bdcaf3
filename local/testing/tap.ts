import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { readBody, sendJson } from '../http.ts';
import type { RunningService } from '../service-process.ts';
import { serve } from './serve.ts';

/** More than a Worker under test sends. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export const TapOptions = z.object({
  /** Where calls go on to. */
  target: z.url(),
  /** How long each call is held before it goes on. */
  holdMs: z.number().int().min(0).default(0),
  /** The answers to calls with this in their body are lost: the connection breaks instead. */
  loseAnswersTo: z.string().optional(),
});

/** One call that passed, with the clock of the tap's process. */
export const TapCall = z.object({
  method: z.string(),
  path: z.string(),
  startedAt: z.number(),
  endedAt: z.number(),
});
export type TapCall = z.infer<typeof TapCall>;

type Tap = z.infer<typeof TapOptions> & { calls: TapCall[]; closed: boolean };

/**
 * Stands in front of services that a Worker under test calls, and counts at their door what arrives.
 * `POST /taps` (TapOptions) answers `{url}`; what is sent to that URL goes on to the target; `GET <url>/__calls` answers
 * TapCall[], in the order in which they began; after `DELETE <url>/__calls` nothing passes any more.
 */
export async function startTap(): Promise<RunningService> {
  const taps: Tap[] = [];
  let url = '';

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = request;
    const body = await readBody(request, MAX_BODY_BYTES);
    if (method === 'POST' && path === '/taps') {
      const options = TapOptions.parse(JSON.parse(body.toString()));
      const number = taps.push({ ...options, calls: [], closed: false }) - 1;
      return sendJson(response, 200, { url: `${url}/${number}` });
    }
    const [, number = '', rest = ''] = /^\/(\d+)(.*)$/.exec(path) ?? [];
    const tap = taps[Number(number)];
    if (tap === undefined) return void response.writeHead(404).end();
    if (rest === '/__calls') {
      tap.closed ||= method === 'DELETE';
      return sendJson(response, 200, tap.calls);
    }
    if (tap.closed) return void request.socket.destroy();
    await forward(tap, rest, { method, headers: request.headers, body }, response);
  }

  const service = await serve(handle);
  url = service.url;
  return service;
}

type Forwarded = { method: string; headers: IncomingMessage['headers']; body: Buffer };

async function forward(
  tap: Tap,
  path: string,
  { method, headers, body }: Forwarded,
  response: ServerResponse,
): Promise<void> {
  const call: TapCall = { method, path, startedAt: performance.now(), endedAt: 0 };
  tap.calls.push(call);
  await sleep(tap.holdMs);
  const passed = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (!['host', 'connection', 'content-length'].includes(name)) passed.set(name, String(value));
  const upstream = await fetch(`${tap.target}${path}`, {
    method,
    headers: passed,
    redirect: 'manual',
    ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
  });
  const answered = Buffer.from(await upstream.arrayBuffer());
  call.endedAt = performance.now();
  if (tap.loseAnswersTo !== undefined && body.includes(tap.loseAnswersTo))
    return void response.destroy();
  response.writeHead(upstream.status, {
    'content-type': upstream.headers.get('content-type') ?? 'application/json',
  });
  response.end(answered);
}
