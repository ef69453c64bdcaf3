import type { Core } from '../core.ts';
import { needMe, nowSeconds } from '../core.ts';
import type { ChatModel } from '../models/chat.ts';
import type { ContactModel } from '../models/contact.ts';
import { MsgModel } from '../models/message.ts';
import type { Attributes } from '../model.ts';
import { newWireId } from '../msg-key.ts';
import type { MsgKey } from '../msg-key.ts';
import type { SendResult } from '../session/outbox.ts';

const linkPattern = /\bhttps?:\/\/[^\s]+/gi;

type Link = { href: string; url: string; value: string; suspiciousCharacters: Set<string> };

const findLinks = (text: unknown): Link[] =>
  typeof text === 'string'
    ? [...text.matchAll(linkPattern)].map(([href]) => ({
        href,
        url: href,
        value: href,
        suspiciousCharacters: new Set<string>(),
      }))
    : [];

/** Of all pages WhatsApp finds a preview for one host alone. */
const preview = ({ href }: Link): { url: string; data: object } | null =>
  new URL(href).hostname === 'preview.example.com'
    ? { url: href, data: { title: 'A page', description: 'What it is about', matchedText: href } }
    : null;

/** How long WhatsApp lets a message be edited, and be deleted for everyone by its sender. */
const EDIT_SECONDS = 15 * 60;
const REVOKE_SECONDS = 60 * 3_600;
const isYoung = (message: MsgModel, seconds: number): boolean => nowSeconds() - message.t < seconds;

/** The message quoted by another: the one on this device, or as much of it as the quote carries. */
function quotedMessage(core: Core, message: MsgModel): MsgModel {
  const id = message.quotedStanzaID ?? '';
  const known = core.collections.Msg.findWhere((one) => one.id.id === id);
  if (known !== undefined) return known;
  const from = message.quotedParticipant ?? message.from;
  return new MsgModel({
    type: 'chat',
    ...message.quotedMsg,
    t: message.t,
    from,
    to: message.id.remote,
    id: new core.MsgKey({ fromMe: false, remote: message.id.remote, id }),
  });
}

function vcard(contact: ContactModel): { displayName: string; vcard: string } {
  const { user } = contact.phoneNumber ?? contact.id;
  const name = contact.formattedName;
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `FN:${name}`,
    `TEL;type=CELL;waid=${user}:+${user}`,
    'END:VCARD',
  ];
  return { displayName: name, vcard: lines.join('\n') };
}

/** Sending, forwarding, quoting, and what the library asks about messages. */
export function messageModules(core: Core): Record<string, object> {
  const action = {
    /** The one door every message of a chat goes out by; the runner wraps it to choose the wire id. */
    addAndSendMsgToChat: (
      chat: ChatModel,
      message: Attributes,
    ): [Promise<MsgModel>, Promise<SendResult>] => core.outbox.send(chat, message),
  };
  /** The frame of a message the page itself composes. */
  const compose = (chat: ChatModel, content: Attributes): Attributes => {
    const from = needMe(core);
    return {
      ...content,
      id: new core.MsgKey({
        from,
        to: chat.id,
        id: newWireId(),
        participant: chat.id.isGroup() ? from : undefined,
        selfDir: 'out',
      }),
      from,
      to: chat.id,
      self: 'out',
      t: nowSeconds(),
      ack: 0,
      local: true,
      isNewMsg: true,
    };
  };
  const forward = async (chat: ChatModel, source: MsgModel): Promise<void> => {
    const {
      quotedMsg: _quote,
      quotedStanzaID: _id,
      author: _author,
      ...content
    } = source.serialize();
    const [added] = action.addAndSendMsgToChat(
      chat,
      compose(chat, {
        ...content,
        isForwarded: true,
        forwardingScore: (source.forwardingScore ?? 0) + 1,
      }),
    );
    await added;
  };
  return {
    WAWebSendMsgChatAction: action,
    WAWebChatForwardMessage: {
      forwardMessages: async ({ chat, msgs }: { chat: ChatModel; msgs: MsgModel[] }) => {
        for (const message of msgs) await forward(chat, message);
      },
    },
    WAWebChatSendMessages: {
      sendGroupInviteMessage: async (
        chat: ChatModel,
        groupId: string,
        name: string,
        code: string,
        expiry: string | number,
        comment: string,
      ) => {
        const [, sent] = action.addAndSendMsgToChat(
          chat,
          compose(chat, {
            type: 'groups_v4_invite',
            inviteGrp: groupId,
            inviteGrpName: name,
            inviteCode: code,
            inviteCodeExp: Number(expiry),
            comment,
          }),
        );
        return sent;
      },
    },
    WAWebGetEphemeralFieldsMsgActionsUtils: { getEphemeralFields: () => ({}) },
    WAWebMsgReply: { canReplyMsg: (message: MsgModel) => message.canReply() },
    WAWebQuotedMsgModelUtils: {
      getQuotedMsgObj: (message: MsgModel) => quotedMessage(core, message),
    },
    WAWebMsgActionCapability: {
      canSenderRevokeMsg: (message: MsgModel) =>
        message.id.fromMe && message.type !== 'revoked' && isYoung(message, REVOKE_SECONDS),
      canAdminRevokeMsg: (message: MsgModel) =>
        core.collections.Chat.get(message.id.remote)?.iAmAdmin() ?? false,
      canStarMsg: (message: MsgModel) => !message.isNotification && message.type !== 'revoked',
      canEditText: (message: MsgModel) =>
        message.id.fromMe && message.type === 'chat' && isYoung(message, EDIT_SECONDS),
      canEditCaption: (message: MsgModel) =>
        message.id.fromMe && message.caption !== undefined && isYoung(message, EDIT_SECONDS),
    },
    WAWebApiMessageInfoStore: {
      queryMsgInfo: (key: MsgKey) => {
        const message = core.collections.Msg.get(key);
        const at = [{ id: key.remote, t: nowSeconds() }];
        const ack = message?.ack ?? 0;
        return Promise.resolve({
          delivery: ack >= 2 ? at : [],
          deliveryRemaining: 0,
          read: ack >= 3 ? at : [],
          readRemaining: 0,
          played: [],
          playedRemaining: 0,
        });
      },
    },
    WALinkify: { findLinks, findLink: (text: unknown) => findLinks(text)[0] },
    WAWebLinkPreviewChatAction: { getLinkPreview: (link: Link) => Promise.resolve(preview(link)) },
    WAWebFrontendVcardUtils: { vcardFromContactModel: vcard },
    WAWebVcardParsingUtils: {
      parseVcard: (text: string) => ({ fn: /^FN:(.*)$/m.exec(text)?.[1] ?? '' }),
    },
    WAWebVcardGetNameFromParsed: { vcardGetNameFromParsed: (parsed: { fn: string }) => parsed.fn },
    WAWebMsgDataFromModel: { msgDataFromMsgModel: (message: MsgModel) => message.serialize() },
    WAWebBackendJobsCommon: { mediaTypeFromProtobuf: () => null },
    WAWebE2EProtoUtils: { typeAttributeFromProtobuf: () => 'text' },
    WAWebSyncGatingUtils: { isPlaceholderMessageResendEnabled: () => false },
    WAWebNonMessageDataRequestPlaceholderMessageResendUtils: {
      handlePlaceholderMsgsSeen: async (messages: MsgModel[]) => {
        await core.transport.ask('resend', { wireIds: messages.map(({ id }) => id.id) });
      },
    },
    WAWebGenerateEventCallLink: {
      createEventCallLink: (_start: number, kind: string) =>
        Promise.resolve(`https://call.whatsapp.com/${kind}/${newWireId()}`),
    },
    WAWebSendEventResponseMsgAction: {
      sendEventResponseMsg: async (response: number, event: MsgModel) => {
        await core.transport.ask('note', {
          what: 'event_response',
          data: { response, event: event.id.id },
        });
      },
    },
    WAWebSendEventEditMsgAction: {
      sendEventEditMessage: (change: { name: string }, event: MsgModel) => {
        event.set('eventName', change.name);
        return Promise.resolve();
      },
    },
  };
}
