import type { OpArgs, OpName } from '../protocol/operations.ts';
import type { OpResults } from '../protocol/results.ts';
import { faultsOf } from '../world/accounts.ts';
import type { AccountRef } from '../world/accounts.ts';
import { SandboxError } from '../world/errors.ts';
import type { Connection } from '../world/hub.ts';
import type { World } from '../world/world.ts';

/** An operation returns this when its answer gets lost on the way. */
export const noAnswer = Symbol('no answer');

export type Handler<K extends OpName> = (
  world: World,
  connection: Connection,
  args: OpArgs<K>,
) => Promise<OpResults[K] | typeof noAnswer>;

/** @throws SandboxError UNPAIRED when this page has not said hello as a device. */
export function needLink(connection: Connection): AccountRef & { device: number } {
  if (connection.link === null) {
    throw new SandboxError(401, 'UNPAIRED', 'this page speaks for no linked device');
  }
  return connection.link;
}

/** The way to the world: everything a page puts on the wire takes equally long, so that it arrives in order. */
export async function travel(world: World, link: AccountRef): Promise<void> {
  const { sendLatencyMs } = faultsOf(world, link);
  if (sendLatencyMs > 0) await new Promise<void>((resolve) => world.later(sendLatencyMs, resolve));
}
