import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import {
  answerError,
  createSafeServer,
  HttpError,
  type Log,
  logToStderr,
  parseJson,
  readBody,
  sendJson,
  serveOnLoopback,
} from '../http.ts';
import { MachineHost } from './host.ts';
import { RateLimits } from './rate-limit.ts';
import { type Answer, type Call, type Deps, find } from './call.ts';
import { checkLease } from './leases.ts';
import { type Route, ROUTES } from './routes.ts';
import { Faults, LoseBody, PatienceBody } from './schemas.ts';
import { openFlyStore } from './store.ts';

export const flyConfigSchema = z.object({
  port: z.number().int().min(0).max(65_535),
  /** Folder of the database, the machines' disks and their logs; made when missing. */
  dataDir: z.string().min(1),
  token: z.string().min(1),
  /** The apps there are; every name is one when this is left out. */
  apps: z.array(z.string().min(1)).optional(),
  defaultRegion: z.string().default('fra'),
  /** The program that every image stands for: a .ts file. */
  program: z.string().min(1),
  /** What the image brings along. `{root}` stands for the machine's own disk. */
  imageEnv: z.record(z.string(), z.string()).default({}),
  /** As `fly secrets set`: every machine gets them, over its own configuration. */
  secrets: z.record(z.string(), z.string()).default({}),
});
export type FlyConfig = z.input<typeof flyConfigSchema>;

const MAX_BODY_BYTES = 1024 * 1024;
/** A runner may take 20 s to finish the send it is in. */
const MACHINES_GRACE_MS = 22_000;

type Service = Deps & {
  limits: RateLimits;
  apps: readonly string[] | undefined;
  token: string;
  /** By app. */
  faults: Map<string, Faults>;
};

function checkToken({ headers }: IncomingMessage, token: string): void {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (!timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`)))
    throw new HttpError(401, 'unauthorized: send "Authorization: Bearer <token>"');
}

/** The next scripted trouble for an action; it is used up by this. */
function takeFault(service: Service, app: string, action: string): Faults[number] | undefined {
  const faults = service.faults.get(app) ?? [];
  const fault = faults.find((one) => one.action === action && one.times > 0);
  if (fault !== undefined) fault.times -= 1;
  return fault;
}

function routeOf(method: string, rest: string): { route: Route; id: string; key: string } {
  for (const route of ROUTES) {
    const match = route.method === method ? route.path.exec(rest) : null;
    if (match === null) continue;
    const { id = '', key = '' } = match.groups ?? {};
    return { route, id: decodeURIComponent(id), key: decodeURIComponent(key) };
  }
  throw new HttpError(404, `${method} ${rest} is not served by this Machines API.`);
}

async function handle(service: Service, request: IncomingMessage, response: ServerResponse) {
  checkToken(request, service.token);
  const url = new URL(request.url ?? '/', 'http://fly.localhost');
  const body = await readBody(request, MAX_BODY_BYTES);
  const json = body.length === 0 ? undefined : parseJson(body);
  const method = request.method ?? '';
  if (url.pathname.startsWith('/control/'))
    return answer(response, await control(service, method, url.pathname, json));

  const [, app = '', rest = ''] = /^\/v1\/apps\/([^/]+)\/machines(.*)$/.exec(url.pathname) ?? [];
  if (app === '' || service.apps?.includes(app) === false)
    throw new HttpError(404, `app not found: ${app}`);
  const { route, id, key } = routeOf(method, rest);
  if (!service.limits.take(route.action, id === '' ? app : id))
    return answer(response, { status: 429, body: { error: 'rate limit exceeded' } });

  const nonce = request.headers['fly-machine-lease-nonce'];
  const call: Call = {
    app,
    machineId: id,
    key,
    query: url.searchParams,
    nonce: typeof nonce === 'string' ? nonce : undefined,
    body: json,
  };
  const fault = takeFault(service, app, route.action);
  if (fault !== undefined && !fault.done) return fail(response, fault);
  if (id !== '') {
    const machine = find(call, service);
    if (route.modifies) checkLease(machine, call.nonce, service);
  }
  const result = await route.handle(call, service);
  return fault === undefined ? answer(response, result) : fail(response, fault);
}

function answer(response: ServerResponse, { status, body }: Answer): void {
  sendJson(response, status, body);
}

function fail(response: ServerResponse, { status, retryAfterSeconds }: Faults[number]): void {
  if (status === 0) {
    response.destroy();
    return;
  }
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
  sendJson(response, status, { error: `made to fail with ${status}` });
}

const CONTROL =
  /^\/control\/apps\/([^/]+)\/(faults|patience|rejoin|machines)(?:\/([^/]+)\/(lose|migrate))?$/;

/**
 * For tests alone, outside the API: trouble on demand, less time to stop than was promised, a machine that loses its power
 * or moves to another host, hosts that come back, and what runs where.
 */
async function control(
  service: Service,
  method: string,
  path: string,
  body: unknown,
): Promise<Answer> {
  const { store, host } = service;
  const [, app = '', what, id, how] = CONTROL.exec(path) ?? [];
  const machines = store.list().filter((machine) => machine.app === app);
  if (method === 'PUT' && what === 'faults') {
    service.faults.set(app, Faults.parse(body));
    return { status: 204 };
  }
  if (method === 'PUT' && what === 'patience') {
    host.cutShort(PatienceBody.parse(body).ms);
    return { status: 204 };
  }
  if (method === 'POST' && what === 'rejoin') {
    host.rejoin();
    return { status: 204 };
  }
  if (method === 'GET' && what === 'machines') {
    const shown = machines.map(({ id, region, state, cordoned, config }) => ({
      id,
      region,
      state,
      cordoned,
      image: config.image,
      pid: host.pidOf(id),
    }));
    return { status: 200, body: shown };
  }
  const machine = machines.find((one) => one.id === id);
  if (method === 'POST' && machine !== undefined) {
    if (how === 'migrate') return { status: 200, body: { leftPid: host.migrate(machine) } };
    await host.lose(machine.id, LoseBody.parse(body).state);
    return { status: 204 };
  }
  throw new HttpError(404, 'There is no such control.');
}

/**
 * The Fly Machines API on loopback, as much of it as Waypost uses (fly.io/docs/machines/api): a machine is a process of
 * this computer. Everything it has answered for is on disk; when it starts again, the machines that ran are started again.
 */
export async function startFly(
  given: FlyConfig,
  { now = Date.now, log = logToStderr }: { now?: () => number; log?: Log } = {},
): Promise<{ url: string; close: () => Promise<void> }> {
  const config = flyConfigSchema.parse(given);
  const store = openFlyStore(config.dataDir);
  const host = new MachineHost({ config, store, log, now });
  const service: Service = {
    store,
    host,
    now,
    limits: new RateLimits(now),
    apps: config.apps,
    token: config.token,
    defaultRegion: config.defaultRegion,
    faults: new Map(),
  };
  const server = createSafeServer(
    (request, response) => handle(service, request, response),
    answerError(log),
  );
  const running = await serveOnLoopback(server, config.port, async (closed) => {
    await Promise.all([closed, host.close(MACHINES_GRACE_MS)]);
    store.close();
  });
  try {
    host.resume();
  } catch (error) {
    await running.close();
    throw error;
  }
  return running;
}
