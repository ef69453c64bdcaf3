import type { WireKey } from '../protocol/records.ts';
import { findDevice } from '../world/accounts.ts';
import type { AccountRef } from '../world/accounts.ts';
import { SandboxError } from '../world/errors.ts';
import type { Tx } from '../world/ledger.ts';
import { changeMessage, findMessage } from '../world/messages.ts';
import { canonicalJid } from '../world/people.ts';
import { advanceRatchet, recordWire } from '../world/records.ts';
import { queueStanza } from '../world/stanzas.ts';
import { seconds, type World } from '../world/world.ts';
import { recipients } from './deliver.ts';
import { needLink, travel } from './operation.ts';
import type { Handler } from './operation.ts';

type Sent = { target: WireKey; wireId: string; counter: number };

/** Reactions, edits, revokes and votes are messages too: on the wire record, with their own ratchet step. */
function onTheWire(
  tx: Tx,
  world: World,
  link: AccountRef & { device: number },
  sent: Sent,
  type: string,
  body: string,
): void {
  const device = findDevice(tx.sql, link.device);
  if (device === null || device.unlinkedAt !== null) {
    throw new SandboxError(401, 'UNLINKED', 'this device is not linked any more');
  }
  const at = { ...link, t: world.now() };
  advanceRatchet(tx, at, sent.counter, device, 'send');
  const to = canonicalJid(tx.sql, link.world, sent.target.remote);
  recordWire(tx, at, { wireId: sent.wireId, to, type, body, counter: sent.counter, resend: false });
}

/** Everybody who holds the target message: the sender's other devices, and the other accounts of its chat. */
function holders(tx: Tx, link: AccountRef, target: WireKey): AccountRef[] {
  const chat = canonicalJid(tx.sql, link.world, target.remote);
  return recipients(tx, link, chat).filter((ref) => findMessage(tx.sql, ref, target.id) !== null);
}

/** Keeps (or, with empty text, removes) one sender's reaction in one account. */
export function storeReaction(
  tx: Tx,
  ref: AccountRef,
  target: string,
  sender: string,
  text: string,
  t: number,
): void {
  if (text === '') {
    tx.sql.run(
      'delete from reaction where world = ? and account = ? and target = ? and sender = ?',
      ref.world,
      ref.pn,
      target,
      sender,
    );
    return;
  }
  tx.sql.run(
    `insert into reaction (world, account, target, sender, text, t) values (?, ?, ?, ?, ?, ?)
     on conflict do update set text = excluded.text, t = excluded.t`,
    ref.world,
    ref.pn,
    target,
    sender,
    text,
    t,
  );
}

export function storeVote(
  tx: Tx,
  ref: AccountRef,
  target: string,
  sender: string,
  options: number[],
  t: number,
): void {
  tx.sql.run(
    `insert into vote (world, account, target, sender, options, t) values (?, ?, ?, ?, ?, ?)
     on conflict do update set options = excluded.options, t = excluded.t`,
    ref.world,
    ref.pn,
    target,
    sender,
    JSON.stringify(options),
    t,
  );
}

export const react: Handler<'react'> = async (world, connection, args) => {
  const link = needLink(connection);
  await travel(world, link);
  return world.ledger.run((tx) => {
    const t = world.now();
    onTheWire(tx, world, link, args, 'reaction', args.text);
    const stanza = {
      kind: 'reaction',
      target: args.target.id,
      wireId: args.wireId,
      from: link.pn,
      text: args.text,
      t,
    } as const;
    storeReaction(tx, link, args.target.id, link.pn, args.text, t);
    queueStanza(tx, world.hub, link, stanza, link.device);
    for (const ref of holders(tx, link, args.target)) {
      storeReaction(tx, ref, args.target.id, link.pn, args.text, t);
      queueStanza(tx, world.hub, ref, stanza);
    }
    return { t };
  });
};

/** The change an edit makes: a caption where there is media, the body where there is text. */
export const editOf = (
  message: Record<string, unknown> | null,
  body: string,
  t: number,
): Record<string, unknown> => ({
  [message?.['directPath'] === undefined ? 'body' : 'caption']: body,
  latestEditSenderTimestampMs: t,
});

export const edit: Handler<'edit'> = async (world, connection, args) => {
  const link = needLink(connection);
  await travel(world, link);
  return world.ledger.run((tx) => {
    const t = world.now();
    onTheWire(tx, world, link, args, 'edit', args.body);
    const stanza = { kind: 'edit', target: args.target.id, body: args.body, t } as const;
    changeMessage(
      tx,
      link,
      args.target.id,
      editOf(findMessage(tx.sql, link, args.target.id), args.body, t),
    );
    queueStanza(tx, world.hub, link, stanza, link.device);
    for (const ref of holders(tx, link, args.target)) {
      changeMessage(
        tx,
        ref,
        args.target.id,
        editOf(findMessage(tx.sql, ref, args.target.id), args.body, t),
      );
      queueStanza(tx, world.hub, ref, stanza);
    }
    return { t };
  });
};

/** The change that a deletion for everyone makes. @param t Unix seconds */
export const revokedAt = (t: number): Record<string, unknown> => ({
  type: 'revoked',
  body: undefined,
  revokeTimestamp: t,
});

export const revoke: Handler<'revoke'> = async (world, connection, args) => {
  const link = needLink(connection);
  await travel(world, link);
  return world.ledger.run((tx) => {
    const t = world.now();
    onTheWire(tx, world, link, args, 'revoke', args.target.id);
    const at = seconds(t);
    const stanza = { kind: 'revoke', target: args.target.id, from: link.pn, t: at } as const;
    changeMessage(tx, link, args.target.id, revokedAt(at));
    queueStanza(tx, world.hub, link, stanza, link.device);
    for (const ref of holders(tx, link, args.target)) {
      changeMessage(tx, ref, args.target.id, revokedAt(at));
      queueStanza(tx, world.hub, ref, stanza);
    }
    return { t };
  });
};

export const vote: Handler<'vote'> = async (world, connection, args) => {
  const link = needLink(connection);
  await travel(world, link);
  return world.ledger.run((tx) => {
    const t = world.now();
    onTheWire(tx, world, link, args, 'vote', JSON.stringify(args.options));
    const stanza = {
      kind: 'vote',
      target: args.target.id,
      wireId: args.wireId,
      from: link.pn,
      options: args.options,
      t,
    } as const;
    storeVote(tx, link, args.target.id, link.pn, args.options, t);
    queueStanza(tx, world.hub, link, stanza, link.device);
    for (const ref of holders(tx, link, args.target)) {
      storeVote(tx, ref, args.target.id, link.pn, args.options, t);
      queueStanza(tx, world.hub, ref, stanza);
    }
    return { t };
  });
};

/** The device cannot read these, and asks the phone to send them again. */
export const resend: Handler<'resend'> = async (world, connection, args) => {
  const link = needLink(connection);
  await travel(world, link);
  return world.ledger.run((tx) => {
    for (const wireId of args.wireIds) {
      const message = findMessage(tx.sql, link, wireId);
      if (message?.type === 'ciphertext' && typeof message['sealed'] === 'string')
        unseal(tx, world, link, wireId, message['sealed']);
    }
    return {};
  });
};

/** A message that was ciphertext can be read from now on. */
export function unseal(tx: Tx, world: World, ref: AccountRef, wireId: string, body: string): void {
  changeMessage(tx, ref, wireId, { type: 'chat', body });
  queueStanza(tx, world.hub, ref, { kind: 'decrypted', target: wireId, body });
}
