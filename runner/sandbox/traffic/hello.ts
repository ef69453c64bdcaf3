import type { HelloResult } from '../protocol/results.ts';
import type { PageSettings } from '../protocol/profile.ts';
import { faultsOf, findAccount, findDevice } from '../world/accounts.ts';
import type { AccountRef, Device } from '../world/accounts.ts';
import { SandboxError } from '../world/errors.ts';
import type { Faults } from '../world/faults.ts';
import type { Connection } from '../world/hub.ts';
import { listChannels } from '../world/channels.ts';
import { isMember, listGroups } from '../world/groups.ts';
import type { Tx } from '../world/ledger.ts';
import { listChats, recentMessages } from '../world/messages.ts';
import { ensurePerson, listPeople, publicPerson } from '../world/people.ts';
import { addViolation, advanceRatchet } from '../world/records.ts';
import { lastWaiting } from '../world/stanzas.ts';
import type { World } from '../world/world.ts';
import { showRef } from './link-codes.ts';
import { needLink } from './operation.ts';
import type { Handler } from './operation.ts';

const historySize = 500;

const settingsFrom = (faults: Faults): PageSettings => ({
  syncMs: faults.syncMs,
  hasSynced: faults.hasSynced,
  connects: faults.connects,
  offlineDelivery: faults.offlineDelivery,
  modal: faults.modal,
  modalLanguage: faults.modalLanguage,
  modalLogoutMs: faults.modalLogoutMs,
});

function accept(
  tx: Tx,
  world: World,
  connection: Connection,
  device: Device,
  counter: number,
): HelloResult {
  const ref: AccountRef = { world: device.world, pn: device.account };
  const account = findAccount(tx.sql, ref);
  if (account === null) throw new SandboxError(500, 'NO_ACCOUNT', 'a device without its account');
  if (!account.online) throw new SandboxError(503, 'OFFLINE', 'this account has no network');
  const link = { ...ref, device: device.id };
  const at = { ...link, t: world.now() };
  const others = world.hub.bind(connection, link);
  if (others.length > 0) {
    addViolation(tx, at, 'two_connections', `${String(others.length + 1)} at once`);
    tx.after(() => {
      for (const other of others) {
        other.send({ push: 'conflict' });
        other.close();
      }
    });
  }
  advanceRatchet(tx, at, counter, device, 'hello');
  return {
    status: 'ok',
    me: publicPerson(ensurePerson(tx, ref.world, ref.pn)),
    platform: account.platform,
    history: !device.historyTaken,
    settings: settingsFrom(faultsOf(world, ref)),
  };
}

export const hello: Handler<'hello'> = async (world, connection, args) => {
  connection.browser = args.browser;
  return world.ledger.run((tx): HelloResult => {
    const settings = settingsFrom(world.defaults.faults);
    if (args.creds === null) {
      return { status: 'unpaired', ref: showRef(world, connection), settings };
    }
    const device = findDevice(tx.sql, args.creds.deviceId);
    if (device === null || device.token !== args.creds.token || device.unlinkedAt !== null) {
      return { status: 'unauthorized', ref: showRef(world, connection), settings };
    }
    return accept(tx, world, connection, device, args.counter);
  });
};

/** The address book and what else the phone keeps in step with its devices. */
export const roster: Handler<'roster'> = async (world, connection) => {
  const link = needLink(connection);
  const { sql } = world.ledger;
  return {
    people: listPeople(sql, link.world)
      .filter((person) => person.registered)
      .map(publicPerson),
    groups: listGroups(sql, link.world).filter((group) => isMember(group, link.pn)),
    labels: findAccount(sql, link)?.labels ?? [],
    channels: listChannels(sql, link.world).filter(
      (channel) => channel.owner === link.pn || channel.subscribers.includes(link.pn),
    ),
  };
};

/** What the phone hands a device right after pairing. Given once: what a device has lost later stays lost. */
export const history: Handler<'history'> = async (world, connection) => {
  const link = needLink(connection);
  return world.ledger.run((tx) => {
    const device = findDevice(tx.sql, link.device);
    if (device === null || device.historyTaken) return { chats: [], messages: [], people: [] };
    tx.sql.run('update device set history_taken = 1 where id = ?', link.device);
    // Waiting stanzas are part of the history just taken, or they would arrive twice.
    tx.sql.run('delete from stanza where device = ?', link.device);
    return {
      chats: listChats(tx.sql, link),
      messages: recentMessages(tx.sql, link, historySize),
      people: [],
    };
  });
};

/** Opens the tap: from now on waiting and new stanzas flow. `upTo` is the last one that had waited. */
export const resume: Handler<'resume'> = async (world, connection) => {
  const link = needLink(connection);
  const upTo = lastWaiting(world.ledger.sql, link.device);
  connection.flowing = true;
  setImmediate(() => world.hub.poke(link.device));
  return { upTo };
};
