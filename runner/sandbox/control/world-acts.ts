import { randomBytes } from 'node:crypto';
import { changeFaults, ensureAccount, faultsOf, needAccount } from '../world/accounts.ts';
import { SandboxError } from '../world/errors.ts';
import { faultsSchema } from '../world/faults.ts';
import type { Faults } from '../world/faults.ts';
import { phoneJid } from '../world/jids.ts';
import { changeChat } from '../world/messages.ts';
import { ensurePerson, publicPerson, seedWorld } from '../world/people.ts';
import { queueStanza } from '../world/stanzas.ts';
import { seconds } from '../world/world.ts';
import type { Act } from './act.ts';
import { refOf } from './known-message.ts';
import { needPage } from './page-acts.ts';

export const call: Act<'call'> = async (world, input) => {
  const ref = refOf(input);
  const callId = randomBytes(8).toString('hex').toUpperCase();
  needPage(world, ref);
  world.hub.pushToAccount(ref, {
    push: 'call',
    callId,
    from: phoneJid(input.from),
    video: input.video,
    group: input.group,
  });
  return { callId };
};

export const typing: Act<'typing'> = async (world, input) => {
  const from = phoneJid(input.from);
  world.hub.pushToAccount(refOf(input), { push: 'typing', chat: from, from, state: input.state });
  return {};
};

export const presence: Act<'presence'> = async (world, input) => {
  const ref = { world: input.world, pn: phoneJid(input.from) };
  world.presences.show(ref, { type: input.state, t: input.lastSeenAt });
  return {};
};

export const faults: Act<'faults'> = async (world, input) => {
  const { world: name, account, ...fields } = input;
  const change = faultsSchema
    .partial()
    .parse(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
  // exactOptionalPropertyTypes: the filter above has removed every undefined.
  const defined = change as Partial<Faults>;
  if ((name === undefined) !== (account === undefined)) {
    throw new SandboxError(
      400,
      'BAD_REQUEST',
      'name both world and account, or neither (defaults)',
    );
  }
  if (name === undefined || account === undefined) {
    const merged = { ...world.defaults.faults, ...defined };
    await world.ledger.run((tx) => {
      tx.sql.run(
        `insert into setting (name, doc) values ('faults', ?) on conflict (name) do update set doc = excluded.doc`,
        JSON.stringify(merged),
      );
    });
    world.defaults.faults = merged;
    return merged;
  }
  const ref = refOf({ world: name, account });
  await world.ledger.run((tx) => {
    needAccount(tx.sql, ref);
    changeFaults(tx, ref, defined);
  });
  return faultsOf(world, ref);
};

export const contact: Act<'contact'> = async (world, input) => {
  const { world: name, phone, ...fields } = input;
  const change = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  );
  return world.ledger.run((tx) => {
    seedWorld(tx, name);
    const person = publicPerson(ensurePerson(tx, name, phoneJid(phone), change));
    for (const { pn } of tx.sql.all<{ pn: string }>(
      'select pn from account where world = ?',
      name,
    )) {
      queueStanza(tx, world.hub, { world: name, pn }, { kind: 'people', people: [person] });
    }
    return { pn: person.pn, lid: person.lid };
  });
};

/** Made before the first device is linked, which then takes these chats over as history. */
export const crowd: Act<'crowd'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    ensureAccount(tx, ref, undefined, world.now());
    for (let n = 1; n <= input.chats; n += 1) {
      const name = `Person ${String(n)}`;
      const pn = phoneJid(`1555${String(3_000_000 + n)}`);
      ensurePerson(tx, ref.world, pn, { pushname: name, name: n % 2 === 0 ? name : null });
      changeChat(tx, ref, pn, seconds(world.now()) - n * 60, () => ({}));
    }
    return {};
  });
};

/** Gives the account labels, which makes it a business account. */
export const labels: Act<'labels'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    needAccount(tx.sql, ref);
    tx.sql.run(
      `update account set platform = 'smba', labels = ? where world = ? and pn = ?`,
      JSON.stringify(input.labels),
      ref.world,
      ref.pn,
    );
    queueStanza(tx, world.hub, ref, { kind: 'labels', labels: input.labels });
    return {};
  });
};

const worldTables = [
  'person',
  'account',
  'chat',
  'message',
  'wire',
  'violation',
  'grp',
  'channel',
  'reaction',
  'vote',
  'note',
];

/** Erases a world; its pages find themselves logged out. Media files stay until the data directory goes. */
export const forgetWorld: Act<'forgetWorld'> = async (world, input) =>
  world.ledger.run((tx) => {
    const devices = tx.sql.all<{ id: number }>(
      'select id from device where world = ?',
      input.world,
    );
    for (const { id } of devices) {
      tx.sql.run('delete from stanza where device = ?', id);
      tx.after(() => {
        for (const page of world.hub.ofDevice(id)) page.send({ push: 'unlinked', mode: 'logout' });
      });
    }
    tx.sql.run('delete from device where world = ?', input.world);
    for (const table of worldTables)
      tx.sql.run(`delete from ${table} where world = ?`, input.world);
    tx.sql.run('delete from setting where name = ?', `seeded:${input.world}`);
    return {};
  });
