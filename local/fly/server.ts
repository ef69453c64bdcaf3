import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { HttpError, parseJson, readBody, sendJson, startServer } from '../http.ts';
import { type Log, stderrLog } from '../log.ts';
import type { RunningService } from '../service-process.ts';
import { checkBearer } from '../visitors.ts';
import { MachineHost } from './host.ts';
import { RateLimits } from './rate-limit.ts';
import { type Answer, type Call, type Deps, OF_APP, OF_MACHINE } from './routes.ts';
import { Faults, LoseBody, PatienceBody } from './schemas.ts';
import { openFlyStore } from './store.ts';

export const flyConfigSchema = z.object({
  port: z.number().int().min(0).max(65_535),
  /** Folder of the database, the machines' disks and their logs; made when missing. */
  dataDir: z.string().min(1),
  token: z.string().min(1),
  /** The apps there are; every name is one when this is left out. */
  apps: z.array(z.string().min(1)).optional(),
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

/** The next scripted trouble for an action; it is used up by this. */
function takeFault(service: Service, app: string, action: string): Faults[number] | undefined {
  const faults = service.faults.get(app) ?? [];
  const fault = faults.find((one) => one.action === action && one.times > 0);
  if (fault !== undefined) fault.times -= 1;
  return fault;
}

async function handle(service: Service, request: IncomingMessage, response: ServerResponse) {
  checkBearer(request, service.token);
  const { method = '', url: target = '/' } = request;
  const url = new URL(target, 'http://fly.localhost');
  const text = await readBody(request, MAX_BODY_BYTES);
  const body = text.length === 0 ? undefined : parseJson(text);
  if (url.pathname.startsWith('/control/'))
    return answer(response, await control(service, method, url.pathname, body));

  const [, app = '', id, rest = ''] =
    /^\/v1\/apps\/([^/]+)\/machines(?:\/([^/]+)(.*))?$/.exec(url.pathname) ?? [];
  if (app === '' || service.apps?.includes(app) === false)
    throw new HttpError(404, `app not found: ${app}`);
  const call: Call = { app, query: url.searchParams, body };
  const ofMachine = id === undefined ? undefined : OF_MACHINE[`${method} ${rest}`];
  const ofApp = id === undefined ? OF_APP[method] : undefined;
  const name = (ofMachine ?? ofApp)?.name;
  if (name === undefined)
    throw new HttpError(404, `${method} ${url.pathname} is not served by this Machines API.`);
  if (!service.limits.take(name, id ?? app)) throw new HttpError(429, 'rate limit exceeded');
  const fault = takeFault(service, app, name);
  if (fault !== undefined && !fault.done) return fail(response, fault);
  const machine = id === undefined ? undefined : service.store.get(id);
  if (ofMachine !== undefined && machine?.app !== app)
    throw new HttpError(404, `machine not found: ${id}`);
  const result =
    machine === undefined
      ? await ofApp?.handle(call, service)
      : await ofMachine?.handle(machine, call, service);
  if (fault !== undefined) return fail(response, fault);
  answer(response, result ?? { status: 204 });
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
  { now = Date.now, log = stderrLog('fly') }: { now?: () => number; log?: Log } = {},
): Promise<RunningService> {
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
    faults: new Map(),
  };
  const running = await startServer({
    port: config.port,
    log,
    handle: (request, response) => handle(service, request, response),
    release: async (closed) => {
      await Promise.all([closed, host.close(MACHINES_GRACE_MS)]);
      store.close();
    },
  });
  try {
    host.resume();
  } catch (error) {
    await running.close();
    throw error;
  }
  return running;
}
