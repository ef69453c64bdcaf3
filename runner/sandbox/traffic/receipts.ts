import { faultsOf } from '../world/accounts.ts';
import type { AccountRef } from '../world/accounts.ts';
import { isGroupJid, isUserJid } from '../world/jids.ts';
import type { Tx } from '../world/ledger.ts';
import { raiseAck } from '../world/messages.ts';
import { queueStanza } from '../world/stanzas.ts';
import type { World } from '../world/world.ts';

/** Marks a message delivered (2), read (3), played (4) or not sent after all (−1) and notifies the account's devices. */
export function giveReceipt(
  tx: Tx,
  world: World,
  ref: AccountRef,
  wireId: string,
  ack: number,
): boolean {
  if (!raiseAck(tx, ref, wireId, ack)) return false;
  queueStanza(tx, world.hub, ref, { kind: 'receipt', wireId, ack });
  return true;
}

/**
 * Lets the receivers' receipts follow a send that has been answered with ack `reached`.
 * Each is scheduled by the one before it: two timers of different length may fire in either order on a busy machine.
 */
export function scheduleReceipts(
  world: World,
  ref: AccountRef,
  chat: string,
  wireId: string,
  reached: number,
): void {
  if (!isUserJid(chat) && !isGroupJid(chat)) return;
  const [toServer, toDevice, toRead] = faultsOf(world, ref).ackDelaysMs;
  const afterServer = toDevice - Math.max(0, toServer);
  const steps = [
    { ack: 2, delay: toDevice < 0 ? -1 : Math.max(0, afterServer) },
    { ack: 3, delay: toDevice < 0 || toRead < 0 ? -1 : Math.max(0, toRead - toDevice) },
  ].filter(({ ack }) => ack > reached);
  const follow = (index: number): void => {
    const step = steps[index];
    if (step === undefined || step.delay < 0) return;
    world.later(step.delay, async () => {
      await world.ledger.run((tx) => giveReceipt(tx, world, ref, wireId, step.ack));
      follow(index + 1);
    });
  };
  follow(0);
}

/** After a restart: receipts that were still to come. */
export function resumeReceipts(world: World): void {
  const open = world.ledger.sql.all<{
    world: string;
    account: string;
    chat: string;
    wire_id: string;
    ack: number;
  }>(
    'select world, account, chat, wire_id, ack from message where from_me = 1 and ack between 1 and 2',
  );
  for (const row of open) {
    scheduleReceipts(world, { world: row.world, pn: row.account }, row.chat, row.wire_id, row.ack);
  }
}
