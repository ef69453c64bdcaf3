import type { z } from 'zod';
import type { Group, GroupRole, GroupSettings } from '../../../../shared/catalogue/live/groups.ts';
import type { Channel } from '../../../../shared/catalogue/live/channels.ts';
import type { Chat } from '../../../../shared/catalogue/live/chats.ts';
import type { ContactSummary, NumberCheck } from '../../../../shared/catalogue/live/contacts.ts';
import type { Profile as ProfileSchema } from '../../../../shared/catalogue/live/profile.ts';
import type { Label } from '../../../../shared/catalogue/live/labels.ts';
import type { StatusPost } from '../../../../shared/catalogue/live/status.ts';
import type { KnownPerson, ListEnd, Picture } from '../../../../shared/catalogue/live/fields.ts';
import type { ErrorCode } from '../../../../shared/errors.ts';
import type {
  PageAgent,
  PageChat,
  PageContact,
  PageKey,
  PageMessage,
  PageWid,
  WhatsAppPage,
} from './types.ts';

type Profile = z.output<typeof ProfileSchema>;

/** What WhatsApp did not do, and why: a page function answers it in place of its output, `onPage` throws it. */
export type PageRefusal = {
  refused: ErrorCode;
  message: string;
  details?: Record<string, unknown>;
};

export type PageParticipant = { id: PageWid; isAdmin?: boolean; isSuperAdmin?: boolean };

export type PageGroupMetadata = {
  id: PageWid;
  subject?: string;
  desc?: string;
  descId?: string;
  owner?: PageWid;
  /** Unix seconds. */
  creation?: number;
  announce?: boolean;
  restrict?: boolean;
  memberAddMode?: string;
  membershipApprovalMode?: boolean;
  participants: { getModelsArray(): PageParticipant[] };
};

export type PageGroupChat = PageChat & { groupMetadata: PageGroupMetadata };

/** Somebody's status posts. */
export type PageStatus = { msgs: { getModelsArray(): PageMessage[] } };

export type PageChannel = {
  id: PageWid;
  name?: string;
  formattedTitle?: string;
  newsletterMetadata?: {
    name?: string;
    description?: string | null;
    inviteCode?: string | null;
    membershipType?: string;
    size?: number;
  };
};

type InviteInfo = {
  id: PageWid;
  subject: string;
  desc?: string;
  size?: number;
  membershipApprovalMode?: boolean;
};

/** As WhatsApp Web keeps somebody's reaction; an empty text is none any more. */
export type PageReaction = {
  reactionParentKey: PageKey;
  reactionText: string;
  /** Unix ms. */
  reactionTimestamp: number;
  author?: PageWid;
  from: PageWid;
};

/** Modules of WhatsApp Web that live operations use. */
export type LiveModules = {
  WAWebAddonReactionTableMode: {
    reactionTableMode: { bulkUpsert: (rows: PageReaction[]) => Promise<unknown> };
  };
  WAWebSendReactionMsgAction: {
    sendReactionToMsg: (message: PageMessage, emoji: string) => Promise<unknown>;
  };
  WAWebSendMessageEditAction: {
    sendMessageEdit: (message: PageMessage, text: string, options: object) => Promise<unknown>;
  };
  WAWebMsgActionCapability: Record<
    'canEditText' | 'canEditCaption' | 'canSenderRevokeMsg' | 'canAdminRevokeMsg' | 'canStarMsg',
    (message: PageMessage) => boolean
  >;
  WAWebPinInChatSchema: {
    getTable: () => {
      equals(
        columns: string[],
        chatId: string,
      ): Promise<{ parentMsgKey: PageKey | string; pinType: number }[]>;
    };
  };
  WAWebGroupQueryJob: {
    queryAndUpdateGroupMetadataById: (of: { id: string }) => Promise<unknown>;
    queryGroupInvite: (code: string) => Promise<InviteInfo | null>;
    resetGroupInviteCode: (wid: PageWid) => Promise<{ code: string }>;
  };
  WAWebGroupCreateJob: {
    createGroup(
      options: Record<string, unknown>,
      people: { phoneNumber: PageWid }[],
    ): Promise<{
      wid: PageWid;
      participants: {
        wid: PageWid;
        error?: number | string;
        invite_code?: string;
        invite_code_exp?: number | string;
      }[];
    }>;
  };
  WAWebChatSendMessages: {
    sendGroupInviteMessage: (
      chat: PageChat,
      groupId: string,
      name: string,
      code: string,
      expires: string,
      comment: string,
      thumbnail: string | undefined,
    ) => Promise<{ messageSendResult?: string } | undefined>;
  };
  WAWebModifyParticipantsGroupAction: Record<
    'removeParticipants' | 'promoteParticipants' | 'demoteParticipants',
    (chat: PageGroupChat, participants: PageParticipant[]) => Promise<unknown>
  >;
  WAWebGroupModifyInfoJob: {
    setGroupSubject: (wid: PageWid, subject: string) => Promise<unknown>;
    /** Builds since 2026 take one object in place of the four. */
    setGroupDescription: (...args: unknown[]) => Promise<unknown>;
  };
  WAWebSetPropertyGroupAction: {
    setGroupProperty: (chat: PageGroupChat, property: string, value: 0 | 1) => Promise<unknown>;
  };
  WAWebMexFetchGroupInviteCodeJob: {
    fetchMexGroupInviteCode: (groupId: string) => Promise<{ code?: string } | string | undefined>;
  };
  WAWebGroupInviteJob: { joinGroupViaInvite: (code: string) => Promise<{ gid?: PageWid }> };
  WAWebExitGroupAction: { sendExitGroup: (chat: PageGroupChat) => Promise<unknown> };
  WAWebApiMembershipApprovalRequestStore: {
    getMembershipApprovalRequests(wid: PageWid): Promise<{ id: PageWid; t?: number }[] | undefined>;
  };
  WAWebContactStatusBridge: {
    setMyStatus: (about: string) => Promise<unknown>;
    getStatus: (of: { token: string; wid: PageWid }) => Promise<{ status?: unknown } | undefined>;
  };
  WAWebConnModel: {
    Conn: { pushname?: string; platform?: string; canSetMyPushname: () => boolean };
  };
  WAWebSetPushnameConnAction: { setPushname: (name: string) => Promise<unknown> };
  WAWebBlockContactUtils: {
    getContactToBlockOnlyUseIfNoAssociatedChat: (contact: PageContact, from: string) => PageContact;
  };
  WAWebBlockContactAction: {
    blockContact: (of: { contact: PageContact }) => Promise<unknown>;
    unblockContact: (contact: PageContact) => Promise<unknown>;
  };
  WAWebNewsletterSubscribeAction: {
    subscribeToNewsletterAction: (channel: PageChannel, options: object) => Promise<unknown>;
  };
  WAWebNewsletterUnsubscribeAction: {
    unsubscribeFromNewsletterAction: (channel: PageChannel, options: object) => Promise<unknown>;
  };
  WAWebSendStatusMsgAction: {
    sendStatusTextMsgAction: (post: {
      text: string;
      color: number;
      font: number;
    }) => Promise<unknown>;
  };
  WAWebRevokeStatusAction: {
    sendStatusRevokeMsgAction: (status: PageStatus, post: PageMessage) => Promise<unknown>;
  };
  WAWebCallCollection: Record<string, unknown>;
  WAWebPresenceChatAction: Record<
    'sendPresenceAvailable' | 'sendPresenceUnavailable',
    () => Promise<unknown>
  >;
  WAWebPresenceCollection: {
    PresenceCollection: {
      /** Subscribes, unless it is subscribed already. */
      find: (wid: PageWid) => Promise<{
        hasData?: boolean;
        isOnline?: boolean;
        /** `t`: Unix seconds. */
        chatstate: { type?: string; t?: number };
      }>;
    };
  };
  WAWebStreamModel: {
    Stream: { available?: boolean; markAvailable: () => void; markUnavailable: () => void };
  };
  WAWebUpdateUnreadChatAction: {
    sendSeen: (of: { chat: PageChat; threadId: undefined }) => Promise<unknown>;
  };
  WAWebChatStateBridge: Record<
    'sendChatStateComposing' | 'sendChatStateRecording' | 'sendChatStatePaused',
    (wid: PageWid) => Promise<unknown>
  >;
  WAWebDeleteChatAction: { sendDelete: (chat: PageChat) => Promise<unknown> };
  WAWebContactProfilePicThumbBridge: {
    requestProfilePicFromServer: (of: { id: PageWid }) => Promise<{ eurl?: string } | undefined>;
  };
};

/** The library's helpers on the page that live operations use. */
export type LiveLibrary = {
  getAddParticipantsRpcResult(
    group: PageWid,
    person: PageWid,
  ): Promise<{ code: number; inviteV4Code?: string; inviteV4CodeExp?: string }>;
  membershipRequestAction: (
    groupId: string,
    action: 'Approve' | 'Reject',
    ids: string[],
    pauseMs: [number, number],
  ) => Promise<unknown>;
  getChat: (id: string, options: { getAsModel: false }) => Promise<PageChannel | null | undefined>;
  getChannelMetadata: (code: string) => Promise<{ id: string }>;
  /** ARGB as one number. */
  assertColor: (color: string) => number;
  rejectCall: (from: string, callId: string) => Promise<unknown>;
  setPicture: (chatId: string, media: { mimetype: string; data: string }) => Promise<boolean>;
  deletePicture: (chatId: string) => Promise<boolean | undefined>;
  /** @param action 1 pins, 2 unpins */
  pinUnpinMsgAction: (key: string, action: 1 | 2, seconds: number) => Promise<boolean>;
};

/** What all live operations share on the page. */
export type PageLive = {
  /** Runs an operation; what it or WhatsApp's server refuses is its answer. */
  attempt<Out>(work: () => Promise<Out>): Promise<Out | PageRefusal>;
  refuse(code: ErrorCode, message: string, details?: Record<string, unknown>): never;
  person(wid: PageWid): KnownPerson;
  /** The ids that mean the same person, as far as the page knows. */
  idsOf(wid: PageWid): string[];
  /** Asks WhatsApp where one of a person's two ids is unknown. Null when they are not on WhatsApp. */
  meet(id: string): Promise<PageWid | null>;
  isMe(wid: PageWid): boolean;
  /** The chat under either id of a person. Refuses with NOT_FOUND; makes none. */
  chat(chatId: string): PageChat;
  /**
   * A message by its serialized key or wire id. Refuses with NOT_FOUND if the page does not have it, and with CONFLICT if it
   * was deleted for everyone, unless `revoked`.
   */
  message(chatId: string, reference: string, options?: { revoked: true }): Promise<PageMessage>;
  /** The session's last reaction to each message, by the message's key, as the page notes them from the first call on. */
  ownReactions(): ReadonlyMap<string, { emoji: string; at: number; by: PageWid }>;
  contact(wid: PageWid): PageContact | undefined;
  summary(wid: PageWid): ContactSummary;
  /** Refuses with NOT_SUPPORTED for an account that can have none. */
  labels(): Label[];
  /** The session's own status posts, oldest first. */
  myPosts(): PageMessage[];
  post(message: PageMessage): StatusPost;
  /** Answers of `checkContacts`, each until it has to be asked again. */
  checked: Map<string, { until: number; check: NumberCheck }>;
  /** The session's own id. */
  me(): PageWid;
  profile(): Promise<Profile>;
  /** What somebody says of themselves; null if they hide it. */
  aboutOf(wid: PageWid): Promise<string | null>;
  /** WhatsApp's own address of a picture; null if there is none to see. */
  pictureOf(wid: PageWid): Promise<string | null>;
  /** Refuses with MEDIA_REJECTED for what is no image. */
  setPicture(of: PageWid, picture: Picture | null): Promise<void>;
  /** A page of what has a time in Unix seconds, newest first. */
  pageOf<Item extends ListEnd>(
    items: Item[],
    after: ListEnd | null,
    limit: number,
  ): { rows: Item[]; next: ListEnd | null };
  /** RFC 3339 of Unix seconds. */
  timeOf(seconds: number | undefined): string | null;
  pause(ms: number): Promise<void>;
  /** Waits for what WhatsApp Web shows a moment after a command. Refuses with CONFLICT if it does not come. */
  until(isDone: () => boolean | Promise<boolean>): Promise<void>;
};

/** What operations on chats share. */
export type PageChats = { view(chat: PageChat): Chat };

/** What operations on channels share. */
export type PageChannels = {
  /** A channel as WhatsApp shows it. Refuses with NOT_FOUND. */
  open(channelId: string): Promise<PageChannel>;
  view(channel: PageChannel): Channel;
};

/** What operations on groups share. */
export type PageGroups = {
  /**
   * A group as WhatsApp has it now. Refuses with NOT_FOUND if the number is not in it, and with FORBIDDEN if `needs` is `admin`
   * and the number is none.
   */
  open(groupId: string, needs: 'admin' | 'member'): Promise<PageGroupChat>;
  /** Refuses unless the number is an admin. */
  requireAdmin(chat: PageGroupChat): void;
  roleIn(metadata: PageGroupMetadata): GroupRole | null;
  settingsOf(metadata: PageGroupMetadata): GroupSettings;
  /** The participant that this id means; undefined if there is none. */
  find(metadata: PageGroupMetadata, wid: PageWid): PageParticipant | undefined;
  view(chat: PageGroupChat): Group;
  /** Sends somebody an invitation that only they can use. @returns whether it was sent */
  invite(to: PageWid, chat: PageGroupChat, code: string, expires: string): Promise<boolean>;
};

/** The page of a live operation: our half is there, or there is no such operation. */
export type LiveWindow = Omit<WhatsAppPage, '__waypost' | 'WWebJS'> & {
  __waypost: PageAgent & {
    live: PageLive;
    channels: PageChannels;
    chats: PageChats;
    groups: PageGroups;
  };
  WWebJS: LiveLibrary;
};
