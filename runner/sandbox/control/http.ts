import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { actions, reads } from '../control-schemas.ts';
import type { Actions, Reads } from '../control-schemas.ts';
import { SandboxError } from '../world/errors.ts';
import { readMedia } from '../world/media.ts';
import type { World } from '../world/world.ts';
import type { Act, Read } from './act.ts';
import { enterCode, passkey, scan, unlink } from './link.ts';
import { message } from './incoming-message.ts';
import { ack, decrypt, edit, reaction, read, revoke, vote } from './messages.ts';
import { account, accounts, connections, groups, violations, wire } from './views.ts';
import { channel, group, groupChange, groupRequest } from './group-acts.ts';
import {
  builds,
  conflict,
  deafen,
  limits,
  modal,
  network,
  pageEval,
  pageReload,
} from './page-acts.ts';
import {
  call,
  contact,
  crowd,
  faults,
  forgetWorld,
  labels,
  presence,
  typing,
} from './world-acts.ts';

const bodyLimitBytes = 150 * 1024 * 1024;

const acts: { [K in keyof Actions]: Act<K> } = {
  scan,
  enterCode,
  passkey,
  message,
  read,
  reaction,
  edit,
  revoke,
  vote,
  decrypt,
  call,
  typing,
  presence,
  ack,
  network,
  unlink,
  conflict,
  deafen,
  faults,
  builds,
  limits,
  modal,
  pageEval,
  pageReload,
  contact,
  crowd,
  labels,
  group,
  groupChange,
  groupRequest,
  channel,
  forgetWorld,
};

export type Info = z.output<Reads['info']['response']>;

type Endpoint = { request: z.ZodType; run: (world: World, input: never) => Promise<unknown> };

export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    // An IncomingMessage without an encoding set yields Buffers.
    const part = chunk as Buffer;
    size += part.length;
    if (size > limit)
      throw new SandboxError(413, 'TOO_LARGE', `the body is over ${String(limit)} bytes`);
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

function authorized(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

const accountPath = /^\/v1\/accounts\/([^/]+)$/;

/** The plain-HTTP control API: bearer token, JSON, the tables of control-schemas.ts. */
export function createControlServer(world: World, info: () => Info, token: string): Server {
  const readers: { [K in keyof Reads]: Read<K> } = {
    info: async () => info(),
    accounts,
    account,
    wire,
    violations,
    connections,
    groups,
  };
  const endpoints = new Map<string, Endpoint>();
  const names = {
    // Object.keys forgets the key type; both tables are constants of this package.
    reads: Object.keys(reads) as (keyof Reads)[],
    actions: Object.keys(actions) as (keyof Actions)[],
  };
  for (const name of names.reads) {
    endpoints.set(`GET ${reads[name].path}`, { request: reads[name].request, run: readers[name] });
  }
  for (const name of names.actions) {
    endpoints.set(`POST ${actions[name].path}`, {
      request: actions[name].request,
      run: acts[name],
    });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!authorized(request, token)) {
      throw new SandboxError(401, 'UNAUTHORIZED', 'send the control token as a bearer token');
    }
    const url = new URL(request.url ?? '/', 'http://sandbox');
    if (request.method === 'GET' && url.pathname === '/v1/media') {
      const media = await readMedia(world, url.searchParams.get('path') ?? '');
      if (media === null) throw new SandboxError(404, 'UNKNOWN_MEDIA', 'no file at this path');
      response.writeHead(200, {
        'content-type': media.mimetype,
        'content-length': media.data.length,
      });
      response.end(media.data);
      return;
    }
    const inPath = accountPath.exec(url.pathname)?.[1];
    const path = inPath === undefined ? url.pathname : '/v1/accounts/:account';
    const endpoint = endpoints.get(`${request.method ?? ''} ${path}`);
    if (endpoint === undefined) {
      throw new SandboxError(
        404,
        'UNKNOWN_ROUTE',
        `${request.method ?? ''} ${url.pathname} is no route`,
      );
    }
    const raw: unknown =
      request.method === 'GET'
        ? {
            ...Object.fromEntries(url.searchParams),
            ...(inPath === undefined ? {} : { account: decodeURIComponent(inPath) }),
          }
        : JSON.parse((await readBody(request, bodyLimitBytes)).toString() || '{}');
    const input = endpoint.request.safeParse(raw);
    if (!input.success) {
      const fields = input.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
      throw new SandboxError(400, 'BAD_REQUEST', fields.join('; '));
    }
    // Each endpoint's schema is the one its handler was typed with; the map forgets which.
    sendJson(response, 200, (await endpoint.run(world, input.data as never)) ?? {});
  }

  return createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof SandboxError) {
        sendJson(response, error.status, { error: { code: error.code, message: error.message } });
        return;
      }
      if (error instanceof SyntaxError) {
        sendJson(response, 400, {
          error: { code: 'BAD_REQUEST', message: 'the body is not JSON' },
        });
        return;
      }
      world.report(error);
      sendJson(response, 500, { error: { code: 'INTERNAL', message: String(error) } });
    });
  });
}
