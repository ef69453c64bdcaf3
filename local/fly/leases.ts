import { randomBytes } from 'node:crypto';
import { HttpError } from '../http.ts';
import { type Answer, type Call, type Deps, find, parse } from './call.ts';
import { LeaseBody } from './schemas.ts';
import type { Lease, MachineRecord } from './store.ts';

const LEASE_OWNER = 'waypost@localhost';

/** @throws HttpError 409 when somebody else holds the machine's lease */
export function checkLease(machine: MachineRecord, nonce: string | undefined, deps: Deps): void {
  const lease = liveLease(machine, deps);
  if (lease !== null && lease.nonce !== nonce)
    throw new HttpError(
      409,
      `machine ID ${machine.id} lease currently held by ${lease.owner}, expires at ${new Date(lease.expires_at * 1_000).toISOString()}`,
    );
}

const liveLease = ({ lease }: MachineRecord, { now }: Deps): Lease | null =>
  lease !== null && lease.expires_at * 1_000 > now() ? lease : null;

export const newLease = (
  machine: MachineRecord,
  ttl: number,
  description: string,
  deps: Deps,
): Lease => ({
  nonce: randomBytes(6).toString('hex'),
  expires_at: Math.ceil(deps.now() / 1_000) + ttl,
  owner: LEASE_OWNER,
  description,
  version: machine.instance_id,
});

export function getLease(call: Call, deps: Deps): Answer {
  const lease = liveLease(find(call, deps), deps);
  if (lease === null) throw new HttpError(404, 'lease not found');
  return { status: 200, body: { status: 'success', data: lease } };
}

/** With the nonce of a lease that is held, it is that lease for longer. */
export function takeLease(call: Call, deps: Deps): Answer {
  const { ttl, description } = parse(LeaseBody, call.body);
  const machine = find(call, deps);
  const fresh = newLease(machine, ttl, description, deps);
  const held = liveLease(machine, deps);
  const lease = held === null ? fresh : { ...held, expires_at: fresh.expires_at };
  deps.store.save({ ...machine, lease });
  return { status: 201, body: { status: 'success', data: lease } };
}

export function releaseLease(call: Call, deps: Deps): Answer {
  const machine = find(call, deps);
  if (call.nonce === undefined) throw new HttpError(400, 'fly-machine-lease-nonce is required');
  deps.store.save({ ...machine, lease: null });
  return { status: 200, body: { status: 'success', data: { ok: true } } };
}
