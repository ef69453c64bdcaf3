import type { OpArgs } from '../protocol/operations.ts';
import type { OpResults } from '../protocol/results.ts';
import type { WireMessage } from '../protocol/records.ts';
import { faultsOf, findDevice, useUp } from '../world/accounts.ts';
import type { AccountRef } from '../world/accounts.ts';
import { SandboxError } from '../world/errors.ts';
import { newPhoneWireId } from '../world/jids.ts';
import { findChannel } from '../world/channels.ts';
import { findGroup, isAdmin, isMember } from '../world/groups.ts';
import type { Tx } from '../world/ledger.ts';
import { raiseAck } from '../world/messages.ts';
import { canonicalJid, echoPhone, ensurePerson } from '../world/people.ts';
import { advanceRatchet, recordWire } from '../world/records.ts';
import { seconds } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { deliver, fanOut } from './deliver.ts';
import { needLink, noAnswer, travel } from './operation.ts';
import type { Handler } from './operation.ts';
import { scheduleReceipts } from './receipts.ts';

const wait = (world: World, ms: number): Promise<void> =>
  new Promise((resolve) => world.later(ms, resolve));

/** A message with every address in its phone form. */
function canonical(tx: Tx, world: string, message: WireMessage): WireMessage {
  const jid = (value: string): string => canonicalJid(tx.sql, world, value);
  return {
    ...message,
    id: {
      ...message.id,
      remote: jid(message.id.remote),
      ...(message.id.participant === undefined ? {} : { participant: jid(message.id.participant) }),
    },
    from: jid(message.from),
    to: jid(message.to),
    ...(message.author === undefined ? {} : { author: jid(message.author) }),
    ack: 0,
  };
}

/** What stands in the wire record: the text, else the caption, else what kind of thing it was. */
const wireBody = (message: WireMessage): string => {
  if (message.type === 'chat') return message.body ?? '';
  const said = message['caption'] ?? message['pollName'] ?? message['loc'] ?? message['filehash'];
  return typeof said === 'string' ? said : (message.body ?? '');
};

function echo(world: World, ref: AccountRef, message: WireMessage): void {
  const from = `${echoPhone}@c.us`;
  if (message.id.remote !== from || message.type !== 'chat') return;
  world.later(faultsOf(world, ref).echoDelayMs, async () => {
    await world.ledger.run((tx) => {
      const person = ensurePerson(tx, ref.world, from);
      deliver(tx, world, ref, {
        id: { fromMe: false, remote: from, id: newPhoneWireId() },
        type: 'chat',
        body: `You said: ${message.body ?? ''}`,
        t: seconds(world.now()),
        from,
        to: ref.pn,
        ack: 1,
        notifyName: person.pushname,
        quotedStanzaID: message.id.id,
        quotedParticipant: ref.pn,
        quotedMsg: { type: 'chat', body: message.body },
      });
    });
  });
}

type Recorded = { answer: boolean; chat: string; message: WireMessage; fresh: boolean };

/** Record first, then everything else, all in one transaction; the answer comes after it is on disk. */
function record(
  tx: Tx,
  world: World,
  link: AccountRef & { device: number },
  args: OpArgs<'send'>,
): Recorded {
  const device = findDevice(tx.sql, link.device);
  if (device === null || device.unlinkedAt !== null) {
    throw new SandboxError(401, 'UNLINKED', 'this device is not linked any more');
  }
  const message = canonical(tx, link.world, args.message);
  const group = findGroup(tx.sql, link.world, message.id.remote);
  if (group !== null && !(group.announce ? isAdmin : isMember)(group, link.pn))
    throw new SandboxError(403, 'FORBIDDEN', `${link.pn} may not write in ${group.id}`);
  const channel = findChannel(tx.sql, link.world, { id: message.id.remote });
  if (channel !== null && !channel.admins.includes(link.pn))
    throw new SandboxError(403, 'FORBIDDEN', `${link.pn} may not post in ${channel.id}`);
  const at = { ...link, t: world.now() };
  advanceRatchet(tx, at, args.counter, device, 'send');
  const fresh = recordWire(tx, at, {
    wireId: message.id.id,
    to: message.id.remote,
    type: message.type,
    body: wireBody(message),
    counter: args.counter,
    resend: args.resend,
  });
  if (fresh) fanOut(tx, world, link, message, link.device);
  const lost = !args.resend && useUp(tx, world, link, 'loseAck');
  const never = faultsOf(world, link).ackDelaysMs[0] < 0;
  return { answer: !lost && !never, chat: message.id.remote, message, fresh };
}

/** Counted down in a transaction of its own: the refusal of a send rolls back whatever that send had written. */
async function refuseByFault(world: World, link: AccountRef): Promise<void> {
  if (faultsOf(world, link).failSends === 0) return;
  const refused = await world.ledger.run((tx) => useUp(tx, world, link, 'failSends'));
  if (refused) {
    throw new SandboxError(500, 'SEND_FAILED', 'the server refused this message (fault failSends)');
  }
}

export const send: Handler<'send'> = async (world, connection, args) => {
  const link = needLink(connection);
  await travel(world, link);
  await refuseByFault(world, link);
  const { answer, chat, message, fresh } = await world.ledger.run((tx) =>
    record(tx, world, link, args),
  );
  if (fresh) echo(world, link, message);
  if (!answer) return noAnswer;
  const delay = faultsOf(world, link).ackDelaysMs[0];
  if (delay > 0) await wait(world, delay);
  const result: OpResults['send'] = await world.ledger.run((tx) => {
    raiseAck(tx, link, message.id.id, 1);
    return { t: seconds(world.now()) };
  });
  scheduleReceipts(world, link, chat, message.id.id, 1);
  return result;
};
