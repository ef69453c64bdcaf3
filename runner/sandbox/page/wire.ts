import type { WireMessage } from '../protocol/records.ts';
import type { Core } from './core.ts';
import { MsgModel } from './models/message.ts';
import type { Attributes } from './model.ts';
import { toWid } from './wid.ts';

/** Attributes that mean something in this page only. */
const local = new Set([
  'id',
  'isNewMsg',
  'local',
  'self',
  'latestEditMsgKey',
  'protocolMessageKey',
  'messageSecret',
]);

const isWireable = (value: unknown): boolean =>
  value !== undefined && !(value instanceof Uint8Array) && typeof value !== 'function';

/** A message as it travels and as it is stored: phone addresses, plain JSON. */
export function toWire(core: Core, message: MsgModel): WireMessage {
  const { directory } = core;
  const content: Attributes = {};
  for (const [name, value] of Object.entries(message.serialize())) {
    if (!local.has(name) && isWireable(value)) content[name] = value;
  }
  const { waveform } = message.serialize();
  if (waveform instanceof Uint8Array) content['waveform'] = [...waveform];
  const canonical = (id: unknown): string => directory.canonical(id);
  const mentions = content['mentionedJidList'];
  const wire: Attributes = {
    ...content,
    id: {
      fromMe: message.id.fromMe,
      remote: canonical(message.id.remote),
      id: message.id.id,
      ...(message.id.participant === undefined
        ? {}
        : { participant: canonical(message.id.participant) }),
    },
    from: canonical(message.from),
    to: canonical(message.to),
    author: message.author === undefined ? undefined : canonical(message.author),
    quotedParticipant:
      message.quotedParticipant === undefined ? undefined : canonical(message.quotedParticipant),
    mentionedJidList: Array.isArray(mentions) ? mentions.map(canonical) : undefined,
    body: message.body ?? undefined,
  };
  // JSON drops what is undefined and turns the ids left inside (group mentions, …) into text.
  return JSON.parse(JSON.stringify(wire)) as WireMessage;
}

/** The model of a message that came from the world or from disk. */
export function fromWire(core: Core, wire: WireMessage, isNewMsg: boolean): MsgModel {
  const { directory, MsgKey } = core;
  const address = (id: unknown): unknown =>
    typeof id === 'string' ? directory.address(id) : undefined;
  const { id, mentionedJidList, quotedParticipant, author, recipients, ...content } = wire;
  const key = new MsgKey({
    fromMe: id.fromMe,
    remote: directory.address(id.remote),
    id: id.id,
    participant: address(id.participant),
  });
  const message = new MsgModel({
    ...content,
    id: key,
    from: directory.address(wire.from),
    to: directory.address(wire.to),
    self: id.fromMe ? 'out' : 'in',
    isNewMsg,
    ...(author === undefined ? {} : { author: directory.address(author) }),
    ...(quotedParticipant === undefined ? {} : { quotedParticipant: address(quotedParticipant) }),
    ...(Array.isArray(mentionedJidList) ? { mentionedJidList: mentionedJidList.map(address) } : {}),
    ...(Array.isArray(recipients)
      ? { recipients: recipients.map((one) => directory.address(toWid(one))) }
      : {}),
  });
  if (content['latestEditSenderTimestampMs'] !== undefined)
    Object.assign(message, { latestEditMsgKey: key });
  return message;
}
