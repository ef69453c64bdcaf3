import { noLimits } from '../protocol/limits.ts';
import { changeChat } from '../world/messages.ts';
import { faultsOf, unlinkDevice, useUp, type AccountRef } from '../world/accounts.ts';
import { SandboxError } from '../world/errors.ts';
import { isAdmin, isMember, needGroup, saveGroup } from '../world/groups.ts';
import { otherForm, isGroupJid, isUserJid, phoneJid } from '../world/jids.ts';
import { canonicalJid, ensurePerson, findPerson, publicPerson } from '../world/people.ts';
import { storeMedia } from '../world/media.ts';
import { queueStanza } from '../world/stanzas.ts';
import { seconds, type World } from '../world/world.ts';
import { announce } from './group-members.ts';
import { needLink } from './operation.ts';
import type { Handler } from './operation.ts';

export const logout: Handler<'logout'> = async (world, connection) => {
  const link = needLink(connection);
  return world.ledger.run((tx) => {
    unlinkDevice(tx, link.device, world.now());
    return {};
  });
};

/** Whom a jid names. An unknown phone joins the world here, unless its number is not on WhatsApp. */
export const exists: Handler<'exists'> = async (world, connection, args) => {
  const link = needLink(connection);
  const jid = args.jid.replace('@s.whatsapp.net', '@c.us');
  if (!isUserJid(jid)) return { person: null };
  if (faultsOf(world, link).limitChecks > 0) {
    const isLimited = await world.ledger.run((tx) => useUp(tx, world, link, 'limitChecks'));
    if (isLimited) throw new SandboxError(429, 'RATE_LIMITED', 'too many numbers were asked about');
  }
  const other = otherForm(jid);
  const known =
    findPerson(world.ledger.sql, link.world, jid) ??
    (other === null ? null : findPerson(world.ledger.sql, link.world, other));
  if (known !== null) return { person: known.registered ? publicPerson(known) : null };
  if (!jid.endsWith('@c.us')) return { person: null };
  return world.ledger.run((tx) => {
    const person = ensurePerson(tx, link.world, phoneJid(jid));
    return { person: person.registered ? publicPerson(person) : null };
  });
};

export const seen: Handler<'seen'> = async (world, connection, args) => {
  const link = needLink(connection);
  return world.ledger.run((tx) => {
    const chat = canonicalJid(tx.sql, link.world, args.chat);
    changeChat(tx, link, chat, seconds(world.now()), () => ({ unread: 0 }));
    return {};
  });
};

export const chatModify: Handler<'chatModify'> = async (world, connection, args) => {
  const link = needLink(connection);
  return world.ledger.run((tx) => {
    const chat = canonicalJid(tx.sql, link.world, args.chat);
    const patch = Object.fromEntries(
      Object.entries(args.patch).filter(([, value]) => value !== undefined),
    );
    changeChat(tx, link, chat, seconds(world.now()), () => patch);
    return {};
  });
};

export const chatState: Handler<'chatState'> = async (world, connection, args) => {
  const link = needLink(connection);
  const chat = canonicalJid(world.ledger.sql, link.world, args.chat);
  world.hub.pushToAccount(
    { world: link.world, pn: chat },
    { push: 'typing', chat: link.pn, from: link.pn, state: args.state },
  );
  return {};
};

export const setAbout: Handler<'setAbout'> = async (world, connection, args) => {
  const link = needLink(connection);
  return world.ledger.run((tx) => {
    ensurePerson(tx, link.world, link.pn, { about: args.about });
    return {};
  });
};

export const setPushname: Handler<'setPushname'> = async (world, connection, args) => {
  const link = needLink(connection);
  return world.ledger.run((tx) => {
    ensurePerson(tx, link.world, link.pn, { pushname: args.pushname });
    return {};
  });
};

export const saveContact: Handler<'saveContact'> = async (world, connection, args) => {
  const link = needLink(connection);
  return world.ledger.run((tx) => {
    const pn = canonicalJid(tx.sql, link.world, args.pn);
    const person = publicPerson(ensurePerson(tx, link.world, pn, { name: args.name }));
    queueStanza(tx, world.hub, link, { kind: 'people', people: [person] }, link.device);
    return { person };
  });
};

export const setPicture: Handler<'setPicture'> = async (world, connection, args) => {
  const link = needLink(connection);
  const image =
    args.dataUrl === null ? null : Buffer.from(args.dataUrl.split(',')[1] ?? '', 'base64');
  const picture = image === null ? null : (await storeMedia(world, image, 'image/jpeg')).path;
  return world.ledger.run((tx) => {
    if (isGroupJid(args.target)) {
      const group = needGroup(tx.sql, link.world, args.target);
      const may = group.restrict ? isAdmin(group, link.pn) : isMember(group, link.pn);
      if (!may) throw new SandboxError(403, 'NOT_ADMIN', `${link.pn} may not picture ${group.id}`);
      const after = { ...group, picture };
      saveGroup(tx, link.world, after);
      announce(tx, world, link.world, after, { subtype: 'picture', author: link.pn });
    } else {
      ensurePerson(tx, link.world, link.pn, { picture });
    }
    return { picture };
  });
};

function record(
  world: World,
  ref: AccountRef,
  what: string,
  data: unknown,
): Promise<Record<string, never>> {
  return world.ledger.run((tx) => {
    tx.sql.run(
      'insert into note (world, account, what, doc, t) values (?, ?, ?, ?, ?)',
      ref.world,
      ref.pn,
      what,
      JSON.stringify(data ?? null),
      world.now(),
    );
    return {};
  });
}

/** Anything a page sends that is only recorded: call rejections, status posts. */
export const note: Handler<'note'> = (world, connection, args) =>
  record(world, needLink(connection), args.what, args.data);

export const presence: Handler<'presence'> = (world, connection, args) => {
  world.presences.say(connection, args.available);
  return record(world, needLink(connection), 'presence', args);
};

export const presenceSubscribe: Handler<'presenceSubscribe'> = async (world, connection, args) => {
  const link = needLink(connection);
  world.presences.ask(connection, canonicalJid(world.ledger.sql, link.world, args.jid));
  return {};
};

export const limits: Handler<'limits'> = async (world, connection) => {
  const link = needLink(connection);
  return world.limits.get(`${link.world}\n${link.pn}`) ?? noLimits;
};
