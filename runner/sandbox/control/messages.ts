import { editOf, revokedAt, storeReaction, storeVote, unseal } from '../traffic/changes.ts';
import { giveReceipt } from '../traffic/receipts.ts';
import { needAccount } from '../world/accounts.ts';
import { SandboxError } from '../world/errors.ts';
import { newPhoneWireId, phoneJid } from '../world/jids.ts';
import { changeChat, changeMessage } from '../world/messages.ts';
import { canonicalJid } from '../world/people.ts';
import { queueStanza } from '../world/stanzas.ts';
import { seconds } from '../world/world.ts';
import type { Act } from './act.ts';
import { needMessage, refOf } from './known-message.ts';

export const read: Act<'read'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    needAccount(tx.sql, ref);
    const chat = canonicalJid(tx.sql, ref.world, input.chat);
    changeChat(tx, ref, chat, seconds(world.now()), () => ({ unread: 0 }));
    queueStanza(tx, world.hub, ref, { kind: 'read', chat });
    return {};
  });
};

export const reaction: Act<'reaction'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    needMessage(tx, ref, input.wireId);
    const from = phoneJid(input.from);
    const t = world.now();
    storeReaction(tx, ref, input.wireId, from, input.text, t);
    queueStanza(tx, world.hub, ref, {
      kind: 'reaction',
      target: input.wireId,
      wireId: newPhoneWireId(),
      from,
      text: input.text,
      t,
    });
    return {};
  });
};

export const edit: Act<'edit'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    const t = world.now();
    const before = needMessage(tx, ref, input.wireId);
    changeMessage(tx, ref, input.wireId, editOf(before, input.body, t));
    queueStanza(tx, world.hub, ref, { kind: 'edit', target: input.wireId, body: input.body, t });
    return {};
  });
};

export const revoke: Act<'revoke'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    const before = needMessage(tx, ref, input.wireId);
    const t = seconds(world.now());
    changeMessage(tx, ref, input.wireId, revokedAt(t));
    const from = before.author ?? before.from;
    queueStanza(tx, world.hub, ref, { kind: 'revoke', target: input.wireId, from, t });
    return {};
  });
};

export const vote: Act<'vote'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    const poll = needMessage(tx, ref, input.wireId);
    const options = Array.isArray(poll['pollOptions']) ? poll['pollOptions'] : [];
    const names = options.map((option: unknown) =>
      typeof option === 'object' && option !== null && 'name' in option ? option.name : option,
    );
    const chosen = input.options.map((name) => names.indexOf(name));
    if (chosen.includes(-1)) {
      throw new SandboxError(400, 'BAD_REQUEST', `this poll offers: ${names.join(', ')}`);
    }
    const from = phoneJid(input.from);
    const t = world.now();
    storeVote(tx, ref, input.wireId, from, chosen, t);
    queueStanza(tx, world.hub, ref, {
      kind: 'vote',
      target: input.wireId,
      wireId: newPhoneWireId(),
      from,
      options: chosen,
      t,
    });
    return {};
  });
};

export const decrypt: Act<'decrypt'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    needMessage(tx, ref, input.wireId);
    unseal(tx, world, ref, input.wireId, input.body);
    return {};
  });
};

export const ack: Act<'ack'> = async (world, input) => {
  const ref = refOf(input);
  return world.ledger.run((tx) => {
    needMessage(tx, ref, input.wireId);
    return { changed: giveReceipt(tx, world, ref, input.wireId, input.ack) };
  });
};
