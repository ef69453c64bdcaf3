import type { AccountView, MessageView } from '../control-views.ts';
import type { WireMessage } from '../protocol/records.ts';
import { linkedDevices, needAccount, type AccountRef } from '../world/accounts.ts';
import { findGroup, listGroups } from '../world/groups.ts';
import { isGroupJid, phoneJid } from '../world/jids.ts';
import { listChats, recentMessages } from '../world/messages.ts';
import { findPerson } from '../world/people.ts';
import { listViolations, listWire } from '../world/records.ts';
import { readDoc } from '../world/sql.ts';
import type { World } from '../world/world.ts';
import type { Read } from './act.ts';

const messagesShown = 100;
const notesShown = 100;

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function viewMessage(world: World, ref: AccountRef, message: WireMessage): MessageView {
  const { sql } = world.ledger;
  const { id, type, t, from, to, author, body, ack, ...content } = message;
  const reactions = sql.all<{ from: string; text: string; t: number }>(
    'select sender as "from", text, t from reaction where world = ? and account = ? and target = ? order by t',
    ref.world,
    ref.pn,
    id.id,
  );
  const votes = sql.all<{ from: string; options: string }>(
    'select sender as "from", options from vote where world = ? and account = ? and target = ? order by t',
    ref.world,
    ref.pn,
    id.id,
  );
  return {
    wireId: id.id,
    chat: id.remote,
    fromMe: id.fromMe,
    author: author ?? (id.fromMe ? ref.pn : from),
    type,
    body: body ?? null,
    caption: text(content['caption']),
    mediaPath: text(content['directPath']),
    mimetype: text(content['mimetype']),
    filename: text(content['filename']),
    size: typeof content['size'] === 'number' ? content['size'] : null,
    quotedWireId: text(content['quotedStanzaID']),
    ack,
    t,
    reactions,
    votes: votes.map((vote) => ({ from: vote.from, options: readDoc<number[]>(vote.options) })),
    content: { ...content, to },
  };
}

function viewDevices(world: World, ref: AccountRef): AccountView['devices'] {
  const { sql } = world.ledger;
  const waiting = (id: number): number =>
    sql.one<{ n: number }>('select count(*) as n from stanza where device = ?', id)?.n ?? 0;
  return linkedDevices(sql, ref).map((device) => ({
    id: device.id,
    profile: device.profile,
    online: world.hub.ofDevice(device.id).length > 0,
    counter: device.counter,
    linkedAt: device.linkedAt,
    unlinkedAt: device.unlinkedAt,
    mostAtOnce: world.hub.mostAtOnce(device.id),
    waiting: waiting(device.id),
  }));
}

/** The account as its phone shows it, with what the checkers need besides. */
export const account: Read<'account'> = async (world, input) => {
  const { sql } = world.ledger;
  const ref = { world: input.world, pn: phoneJid(input.account) };
  const { online } = needAccount(sql, ref);
  const me = findPerson(sql, ref.world, ref.pn);
  const chatName = (id: string): string => {
    if (isGroupJid(id)) return findGroup(sql, ref.world, id)?.subject ?? id;
    const person = findPerson(sql, ref.world, id);
    return person?.name ?? person?.pushname ?? id;
  };
  return {
    world: ref.world,
    account: ref.pn,
    lid: me?.lid ?? '',
    pushname: me?.pushname ?? '',
    online: world.hub.ofAccount(ref).length > 0,
    network: online,
    devices: viewDevices(world, ref),
    chats: listChats(sql, ref).map((chat) => ({
      id: chat.id,
      lid: findPerson(sql, ref.world, chat.id)?.lid ?? null,
      name: chatName(chat.id),
      group: isGroupJid(chat.id),
      unread: chat.unread,
      archived: chat.archived,
      pinned: chat.pinned > 0,
      muted: chat.muted !== 0,
      t: chat.t,
    })),
    messages: recentMessages(sql, ref, input.limit ?? messagesShown).map((message) =>
      viewMessage(world, ref, message),
    ),
    notes: sql
      .all<{ what: string; doc: string; t: number }>(
        'select what, doc, t from note where world = ? and account = ? order by seq desc limit ?',
        ref.world,
        ref.pn,
        notesShown,
      )
      .map((row) => ({ what: row.what, data: readDoc<unknown>(row.doc), t: row.t })),
  };
};

export const accounts: Read<'accounts'> = async (world, input) => ({
  accounts: world.ledger.sql
    .all<{ pn: string }>('select pn from account where world = ? order by t', input.world)
    .map(({ pn }) => {
      const person = findPerson(world.ledger.sql, input.world, pn);
      return {
        account: pn,
        lid: person?.lid ?? '',
        pushname: person?.pushname ?? '',
        online: world.hub.ofAccount({ world: input.world, pn }).length > 0,
      };
    }),
});

export const wire: Read<'wire'> = async (world, input) => ({
  records: listWire(world.ledger.sql, {
    world: input.world,
    account: input.account === undefined ? null : phoneJid(input.account),
    after: input.after ?? 0,
    limit: input.limit ?? 10_000,
  }),
});

export const violations: Read<'violations'> = async (world, input) => ({
  violations: listViolations(world.ledger.sql, {
    world: input.world ?? null,
    account: input.account === undefined ? null : phoneJid(input.account),
  }),
});

export const connections: Read<'connections'> = async (world, input) => ({
  connections: world.hub
    .spellsOf({ world: input.world, pn: phoneJid(input.account) })
    .map(({ device, from, to }) => ({ deviceId: device, from, to })),
});

export const groups: Read<'groups'> = async (world, input) => ({
  groups: listGroups(world.ledger.sql, input.world),
});
