import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { HttpError } from '../http.ts';
import { type MachineHost, newInstanceId } from './host.ts';
import { CreateBody, StopBody } from './schemas.ts';
import type { FlyStore, MachineRecord } from './store.ts';

export type Answer = { status: number; body?: unknown };
export type Call = { app: string; query: URLSearchParams; body: unknown };
export type Deps = { store: FlyStore; host: MachineHost; now: () => number };

type OfApp = (call: Call, deps: Deps) => Answer | Promise<Answer>;
type OfMachine = (machine: MachineRecord, call: Call, deps: Deps) => Answer | Promise<Answer>;

const OK: Answer = { status: 200, body: { ok: true } };

/** After `/v1/apps/<app>/machines`. The names are what the rate limit and the faults know them as. */
export const OF_APP: Readonly<Record<string, { name: string; handle: OfApp }>> = {
  GET: { name: 'list', handle: list },
  POST: { name: 'create', handle: create },
};

/** After `/v1/apps/<app>/machines/<id>`. */
export const OF_MACHINE: Readonly<Record<string, { name: string; handle: OfMachine }>> = {
  'DELETE ': { name: 'delete', handle: remove },
  'POST /start': { name: 'start', handle: start },
  'POST /stop': { name: 'stop', handle: stop },
  'POST /suspend': { name: 'suspend', handle: suspend },
  'POST /cordon': { name: 'cordon', handle: setCordoned(true) },
  'POST /uncordon': { name: 'uncordon', handle: setCordoned(false) },
};

/** @throws HttpError 400 that names the fields */
function parse<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new HttpError(400, `invalid request: ${fields.join('; ')}`);
}

const view = ({ id, name, state, region, instance_id, config, created_at }: MachineRecord) => ({
  id,
  name,
  state,
  region,
  instance_id,
  private_ip: '127.0.0.1',
  created_at: new Date(created_at).toISOString(),
  config,
});

function list({ app, query }: Call, { store }: Deps): Answer {
  const machines = store
    .list()
    .filter((machine) => machine.app === app && machine.state !== 'destroyed')
    .filter(({ config }) =>
      [...query].every(([name, value]) => config.metadata?.[metadataKey(name)] === value),
    );
  return { status: 200, body: machines.map(view) };
}

function metadataKey(parameter: string): string {
  const [, key] = /^metadata\.(.+)$/.exec(parameter) ?? [];
  if (key === undefined) throw new HttpError(400, `the filter ${parameter} is not served here`);
  return key;
}

function create({ app, body }: Call, { store, host, now }: Deps): Answer {
  const { name: wantedName, region, config, skip_launch: quiet } = parse(CreateBody, body);
  const id = randomBytes(7).toString('hex');
  const name = wantedName ?? `machine-${id}`;
  const taken = store
    .list()
    .find((other) => other.app === app && other.name === name && other.state !== 'destroyed');
  if (taken !== undefined)
    throw new HttpError(
      409,
      `already_exists: unique machine name violation, machine ID ${taken.id} already exists with name "${name}"`,
    );
  const machine: MachineRecord = {
    id,
    app,
    name,
    region,
    state: 'created',
    instance_id: newInstanceId(),
    config,
    created_at: now(),
    cordoned: false,
    host: 0,
    process: null,
  };
  store.save(machine);
  if (!quiet) host.launch(machine);
  return { status: 200, body: view(machine) };
}

function start(machine: MachineRecord, _call: Call, { host }: Deps): Answer {
  const { state } = machine;
  if (state === 'suspended') host.wake(machine);
  else if (state === 'created' || state === 'stopped' || state === 'failed') host.launch(machine);
  else if (state !== 'started' && state !== 'starting') throw notWhile(machine);
  return { status: 200, body: { previous_state: state } };
}

/** Answers at once; the machine's state tells when it is done. */
function stop(machine: MachineRecord, { body }: Call, { host }: Deps): Answer {
  const { signal, timeout } = parse(StopBody, body);
  const { id, state } = machine;
  if (state === 'destroying' || state === 'destroyed') throw notWhile(machine);
  if (state === 'started' || state === 'starting') void host.stop(id, { signal, timeout });
  // What sleeps hears no signal.
  if (state === 'suspended') void host.lose(id, 'stopped');
  return OK;
}

/** Everything in the machine stands still, with all its memory, until `start`. */
function suspend(machine: MachineRecord, _call: Call, { host }: Deps): Answer {
  if (machine.state !== 'started') throw notWhile(machine);
  host.suspend(machine);
  return OK;
}

async function remove(machine: MachineRecord, { query }: Call, deps: Deps): Promise<Answer> {
  if (machine.state === 'destroyed') throw new HttpError(404, `machine not found: ${machine.id}`);
  const atRest = ['created', 'stopped', 'suspended', 'failed'].includes(machine.state);
  if (!atRest && query.get('force') !== 'true') throw notWhile(machine);
  deps.store.save({ ...machine, state: 'destroying' });
  await deps.host.lose(machine.id, 'destroyed');
  return OK;
}

function setCordoned(cordoned: boolean): OfMachine {
  return (machine, _call, { store }) => {
    store.save({ ...machine, cordoned });
    return OK;
  };
}

const notWhile = ({ state }: MachineRecord): HttpError =>
  new HttpError(412, `failed_precondition: machine is ${state}`);
