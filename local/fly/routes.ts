import { randomBytes } from 'node:crypto';
import { HttpError } from '../http.ts';
import { type Answer, type Call, type Deps, find, parse } from './call.ts';
import { newInstanceId } from './host.ts';
import { getLease, newLease, releaseLease, takeLease } from './leases.ts';
import { CreateBody, MetadataBody, StopBody, UpdateBody, WaitQuery } from './schemas.ts';
import type { MachineRecord } from './store.ts';

export type Route = {
  method: string;
  /** After `/v1/apps/<app>/machines`. */
  path: RegExp;
  /** What the rate limit and the faults know it as. */
  action: string;
  /** Needs the nonce while the machine is leased. */
  modifies: boolean;
  handle: (call: Call, deps: Deps) => Answer | Promise<Answer>;
};

const OK: Answer = { status: 200, body: { ok: true } };

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: /^$/, action: 'list', modifies: false, handle: list },
  { method: 'POST', path: /^$/, action: 'create', modifies: false, handle: create },
  one('GET', '', 'get', false, (call, deps) => ({
    status: 200,
    body: view(find(call, deps), deps),
  })),
  one('POST', '', 'update', true, update),
  one('DELETE', '', 'delete', true, remove),
  one('POST', '/start', 'start', true, start),
  one('POST', '/stop', 'stop', true, stop),
  one('POST', '/suspend', 'suspend', true, suspend),
  one('GET', '/wait', 'wait', false, wait),
  one('GET', '/events', 'events', false, ({ machineId }, { store }) => ({
    status: 200,
    body: store.events(machineId),
  })),
  one('POST', '/cordon', 'cordon', true, setCordoned(true)),
  one('POST', '/uncordon', 'uncordon', true, setCordoned(false)),
  one('GET', '/metadata', 'metadata_get', false, (call, deps) => ({
    status: 200,
    body: find(call, deps).config.metadata ?? {},
  })),
  one('POST', '/metadata/(?<key>[^/]+)', 'metadata_set', true, (call, deps) =>
    setMetadata(call, deps, parse(MetadataBody, call.body).value),
  ),
  one('DELETE', '/metadata/(?<key>[^/]+)', 'metadata_delete', true, (call, deps) =>
    setMetadata(call, deps, undefined),
  ),
  one('GET', '/lease', 'lease_get', false, getLease),
  one('POST', '/lease', 'lease', true, takeLease),
  one('DELETE', '/lease', 'lease_release', true, releaseLease),
];

function one(
  method: string,
  rest: string,
  action: string,
  modifies: boolean,
  handle: Route['handle'],
): Route {
  return { method, path: new RegExp(`^/(?<id>[^/]+)${rest}/?$`), action, modifies, handle };
}

function view(machine: MachineRecord, deps: Deps): Record<string, unknown> {
  const { id, name, state, region, instance_id, config, created_at, updated_at } = machine;
  const [repository = '', tag = 'latest'] = config.image.split(/[:@](?=[^/]*$)/);
  return {
    id,
    name,
    state,
    region,
    image_ref: { registry: 'localhost', repository, tag },
    instance_id,
    private_ip: '127.0.0.1',
    created_at: new Date(created_at).toISOString(),
    updated_at: new Date(updated_at).toISOString(),
    config,
    cordoned: machine.cordoned,
    events: deps.store.events(id),
  };
}

function list({ app, query }: Call, deps: Deps): Answer {
  const wanted = [...query].flatMap(([name, value]) =>
    name.startsWith('metadata.') ? [[name.slice('metadata.'.length), value] as const] : [],
  );
  const region = query.get('region');
  const state = query.get('state');
  const machines = deps.store
    .list()
    .filter((machine) => machine.app === app)
    .filter((machine) => machine.state !== 'destroyed' || query.get('include_deleted') === 'true')
    .filter((machine) => region === null || machine.region === region)
    .filter((machine) => state === null || machine.state === state)
    .filter(({ config }) => wanted.every(([key, value]) => config.metadata?.[key] === value));
  return { status: 200, body: machines.map((machine) => view(machine, deps)) };
}

function create({ app, body }: Call, deps: Deps): Answer {
  const { store, host, now, defaultRegion } = deps;
  const wanted = parse(CreateBody, body);
  const id = randomBytes(7).toString('hex');
  const name = wanted.name ?? `machine-${id}`;
  const taken = store
    .list()
    .find((other) => other.app === app && other.name === name && other.state !== 'destroyed');
  if (taken !== undefined)
    throw new HttpError(
      409,
      `already_exists: unique machine name violation, machine ID ${taken.id} already exists with name "${name}"`,
    );
  const fresh: MachineRecord = {
    id,
    app,
    name,
    region: wanted.region ?? defaultRegion,
    state: 'created',
    instance_id: newInstanceId(),
    config: wanted.config,
    created_at: now(),
    updated_at: now(),
    cordoned: wanted.skip_service_registration,
    host: 0,
    lease: null,
    process: null,
  };
  const lease = wanted.lease_ttl === undefined ? null : newLease(fresh, wanted.lease_ttl, '', deps);
  const machine = { ...fresh, lease };
  host.change(id, machine, 'launch', 'created', 'user');
  const answer = { ...view(machine, deps), ...(lease !== null && { nonce: lease.nonce }) };
  if (!wanted.skip_launch) host.launch(machine);
  return { status: 200, body: answer };
}

/** Replaces the whole configuration and boots the machine anew. */
async function update(call: Call, deps: Deps): Promise<Answer> {
  const { host, store } = deps;
  const wanted = parse(UpdateBody, call.body);
  const before = find(call, deps);
  if (wanted.region !== undefined && wanted.region !== before.region)
    throw new HttpError(400, 'invalid_argument: a machine cannot change its region');
  const ran = before.state === 'started' || before.state === 'starting';
  if (ran) await host.stop(before.id);
  const machine: MachineRecord = {
    ...(store.get(before.id) ?? before),
    name: wanted.name ?? before.name,
    config: wanted.config,
    instance_id: newInstanceId(),
  };
  host.renewDisk(machine);
  host.change(machine.id, machine, 'update', 'updated', 'user');
  if (!wanted.skip_launch) host.launch(machine);
  return { status: 200, body: view(find(call, deps), deps) };
}

function start(call: Call, deps: Deps): Answer {
  const machine = find(call, deps);
  const { state } = machine;
  if (state === 'started' || state === 'starting')
    return { status: 200, body: { previous_state: state, migrated: false, new_host: '' } };
  if (state === 'suspended') {
    deps.host.wake(machine);
    return { status: 200, body: { previous_state: state, migrated: false, new_host: '' } };
  }
  if (state !== 'created' && state !== 'stopped' && state !== 'failed')
    throw new HttpError(412, `failed_precondition: machine is ${state} and cannot be started`);
  deps.host.launch(machine);
  return { status: 200, body: { previous_state: state, migrated: false, new_host: '' } };
}

/** Answers at once; `wait` tells when it is done. */
function stop(call: Call, deps: Deps): Answer {
  const { signal, timeout } = parse(StopBody, call.body);
  const machine = find(call, deps);
  if (['destroying', 'destroyed'].includes(machine.state))
    throw new HttpError(412, `failed_precondition: machine is ${machine.state}`);
  if (machine.state === 'started' || machine.state === 'starting')
    void deps.host.stop(machine.id, { signal, timeout });
  // What sleeps hears no signal.
  if (machine.state === 'suspended') void deps.host.lose(machine.id, 'stopped');
  return OK;
}

/** Everything in the machine stands still, with all its memory, until `start`. */
function suspend(call: Call, deps: Deps): Answer {
  const machine = find(call, deps);
  if (machine.state !== 'started')
    throw new HttpError(412, `failed_precondition: machine is ${machine.state}`);
  deps.host.suspend(machine);
  return OK;
}

async function wait(call: Call, deps: Deps): Promise<Answer> {
  const wanted = parse(WaitQuery, Object.fromEntries(call.query));
  const { id } = find(call, deps);
  if (wanted.state === 'stopped' && wanted.instance_id === undefined)
    throw new HttpError(400, 'invalid_argument: instance_id is required to wait for stopped');
  const there = await deps.host.until(() => {
    const machine = deps.store.get(id);
    const version = wanted.instance_id === undefined || machine?.instance_id === wanted.instance_id;
    return machine?.state === wanted.state && version;
  }, wanted.timeout * 1_000);
  if (!there) throw new HttpError(408, `deadline_exceeded: machine is not ${wanted.state}`);
  return OK;
}

async function remove(call: Call, deps: Deps): Promise<Answer> {
  const { host, store } = deps;
  const machine = find(call, deps);
  if (machine.state === 'destroyed') throw new HttpError(404, `machine not found: ${machine.id}`);
  const atRest = ['created', 'stopped', 'suspended', 'failed'].includes(machine.state);
  if (!atRest && call.query.get('force') !== 'true')
    throw new HttpError(
      412,
      'failed_precondition: unable to destroy machine, not currently stopped, suspended, or failed',
    );
  host.change(machine.id, { ...machine, state: 'destroying' }, 'destroy', 'destroying', 'user');
  await host.lose(machine.id, 'destroyed');
  const gone = store.get(machine.id);
  if (gone !== undefined) store.save({ ...gone, lease: null });
  return OK;
}

function setCordoned(cordoned: boolean): Route['handle'] {
  return (call, deps) => {
    const machine = find(call, deps);
    const type = cordoned ? 'cordon' : 'uncordon';
    deps.host.change(machine.id, { ...machine, cordoned }, type, machine.state, 'user');
    return OK;
  };
}

/** Metadata changes reboot nothing. */
function setMetadata(call: Call, deps: Deps, value: string | undefined): Answer {
  const machine = find(call, deps);
  const { [call.key]: _before, ...rest } = machine.config.metadata ?? {};
  const metadata = value === undefined ? rest : { ...rest, [call.key]: value };
  deps.store.save({ ...machine, config: { ...machine.config, metadata } });
  return { status: 204 };
}
