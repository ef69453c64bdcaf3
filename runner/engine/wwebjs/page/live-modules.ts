import type { PageChat, PageContact, PageKey, PageMessage, PageWid } from './types.ts';

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
  msgs: { getModelsArray(): PageMessage[] };
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

export type PagePresence = {
  hasData?: boolean;
  isOnline?: boolean;
  /** `t`: Unix seconds. */
  chatstate: { type?: string; t?: number };
};

/** A file that was prepared and uploaded. `preview` is its thumbnail. */
export type PageMedia = { preview?: string; toJSON(): object };

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
    sendStatusMediaMsgAction: (
      post: PageMessage,
      update: (data: unknown) => unknown,
    ) => Promise<unknown>;
  };
  WAWebMediaUpdateMsg: (data: unknown, media: PageMedia) => unknown;
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
      find: (wid: PageWid) => Promise<PagePresence>;
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
  mediaInfoToFile: (info: { data: string; mimetype: string; filename: string }) => File;
  processMediaData: (
    file: { data: string; mimetype: string; filename: string },
    options: { sendToStatus: true },
  ) => Promise<PageMedia>;
  /** ARGB as one number. */
  assertColor: (color: string) => number;
  rejectCall: (from: string, callId: string) => Promise<unknown>;
  setPicture: (chatId: string, media: { mimetype: string; data: string }) => Promise<boolean>;
  deletePicture: (chatId: string) => Promise<boolean | undefined>;
  /** @param action 1 pins, 2 unpins */
  pinUnpinMsgAction: (key: string, action: 1 | 2, seconds: number) => Promise<boolean>;
};
