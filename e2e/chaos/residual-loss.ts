import type { History, Inbound } from './history.ts';

/** From the moment in which a message is written until its event is on a disk, however busy the machine is. */
const UNDER_WAY_MS = 1_000;

/**
 * True for a message that may be lost (docs/reliability.md): it came in the last moment of a connection that ended because its
 * runner died, and another runner took the session over, which has an older profile. WhatsApp does not send again what
 * that page had acknowledged.
 */
export function wentWithItsRunner(
  { owners, connections }: Pick<History, 'owners' | 'connections'>,
  { sessionId, at }: Inbound,
): boolean {
  const own = owners.filter((owner) => owner.sessionId === sessionId);
  return connections.some((connection) => {
    const { from, to } = connection;
    if (connection.sessionId !== sessionId || to === null) return false;
    const owner = own.findLast((one) => one.from <= from);
    const next = own.find((one) => one.epoch > (owner?.epoch ?? Infinity));
    const taken = next?.cause === 'takeover' && next.runnerId !== owner?.runnerId;
    return taken && from <= at && at <= to && to - at <= UNDER_WAY_MS && next.from >= to;
  });
}
