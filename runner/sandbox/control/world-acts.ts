import { randomBytes } from 'node:crypto';
import { announce, changeGroup, createGroup } from '../traffic/group-ops.ts';
import { changeFaults, faultsOf, needAccount } from '../world/accounts.ts';
import type { AccountRef } from '../world/accounts.ts';
import { SandboxError } from '../world/errors.ts';
import { faultsSchema } from '../world/faults.ts';
import type { Faults } from '../world/faults.ts';
import { needGroup, saveGroup } from '../world/groups.ts';
import { phoneJid } from '../world/jids.ts';
import { ensurePerson, publicPerson, seedWorld } from '../world/people.ts';
import { queueStanza } from '../world/stanzas.ts';
import { seconds } from '../world/world.ts';
import type { World } from '../world/world.ts';
import type { Act } from './act.ts';

const refOf = (input: { world: string; account: string }): AccountRef => ({
  world: input.world,
  pn: phoneJid(input.account),
});

/** @throws SandboxError NO_PAGE when no page of this account is online. */
function needPage(world: World, ref: AccountRef): ReturnType<World['hub']['ofAccount']> {
  const pages = world.hub.ofAccount(ref);
  if (pages.length === 0)
    throw new SandboxError(409, 'NO_PAGE', `no page of ${ref.pn} is online now`);
  return pages;
}

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

async function setNetwork(world: World, ref: AccountRef, online: boolean): Promise<void> {
  await world.ledger.run((tx) => {
    needAccount(tx.sql, ref);
    tx.sql.run(
      'update account set online = ? where world = ? and pn = ?',
      online ? 1 : 0,
      ref.world,
      ref.pn,
    );
    if (online) return;
    // A line that is cut waits for no goodbye: who stands still would not say it.
    tx.after(() => {
      for (const connection of world.hub.ofAccount(ref)) connection.terminate();
    });
  });
}

/** Cuts or restores the account's connection; `forMs` restores it by itself. */
export const network: Act<'network'> = async (world, input) => {
  const ref = refOf(input);
  await setNetwork(world, ref, input.online);
  if (!input.online && input.forMs !== undefined) {
    world.later(input.forMs, () => setNetwork(world, ref, true));
  }
  return {};
};

/** Somebody opened WhatsApp Web elsewhere: the page is told so and its connection ends. */
export const conflict: Act<'conflict'> = async (world, input) => {
  const pages = needPage(world, refOf(input));
  for (const page of pages) {
    page.send({ push: 'conflict' });
    page.close();
  }
  return { pages: pages.length };
};

export const deafen: Act<'deafen'> = async (world, input) => {
  const pages = needPage(world, refOf(input));
  for (const page of pages) page.deaf = true;
  return { pages: pages.length };
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

export const modal: Act<'modal'> = async (world, input) => {
  const pages = world.hub.pushToAccount(refOf(input), { push: 'modal', show: input.show });
  return { pages };
};

export const pageEval: Act<'pageEval'> = async (world, input) => {
  const [page] = needPage(world, refOf(input));
  if (page === undefined) throw new SandboxError(409, 'NO_PAGE', 'no page is online now');
  return { value: await world.hub.evaluate(page, input.js) };
};

export const pageReload: Act<'pageReload'> = async (world, input) => {
  const pages = world.hub.pushToAccount(refOf(input), { push: 'reload' });
  return { pages };
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

export const group: Act<'group'> = async (world, input) =>
  world.ledger.run((tx) => {
    seedWorld(tx, input.world);
    return createGroup(tx, world, input.world, phoneJid(input.owner), {
      subject: input.subject,
      members: input.members.map(phoneJid),
      announce: false,
      restrict: false,
      memberAddMode: false,
      approval: input.approval,
    }).group;
  });

export const groupChange: Act<'groupChange'> = async (world, input) =>
  world.ledger.run(
    (tx) =>
      changeGroup(tx, world, input.world, input.group, phoneJid(input.actor), input.action).group,
  );

/** Somebody asks to join a group that approves its members. */
export const groupRequest: Act<'groupRequest'> = async (world, input) =>
  world.ledger.run((tx) => {
    const group = needGroup(tx.sql, input.world, input.group);
    const person = ensurePerson(tx, input.world, phoneJid(input.from));
    group.requests.push({ pn: person.pn, lid: person.lid, t: seconds(world.now()) });
    saveGroup(tx, input.world, group);
    announce(tx, world, input.world, group, {
      subtype: 'membership_approval_request',
      author: person.pn,
      about: [],
    });
    return {};
  });

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
