import type { LiveModules, PageChannel, PageGroupMetadata, PageStatus } from './live-modules.ts';
import type { PageChats, PageGroups, PageLive } from './live-types.ts';

/** A user, group or channel id on the page. `_serialized` is its text form; Wid keeps that name in every known build. */
export type PageWid = {
  _serialized: string;
  server: string;
  user: string;
};

/** A message key on the page. Builds since July 2026 have `$1` in place of `_serialized`; `String(key)` works on all. */
export type PageKey = {
  id: string;
  fromMe: boolean;
  remote: PageWid;
  participant?: PageWid;
  toString(): string;
};

export type PageMessage = {
  id: PageKey;
  type: string;
  ack: number;
  t: number;
  size?: number;
  mimetype?: string;
  filename?: string;
  directPath?: string;
  encFilehash?: string;
  filehash?: string;
  mediaKey?: string;
  mediaKeyTimestamp?: number;
  mediaData?: { mediaStage: string };
  isNotification?: boolean;
  body?: string;
  caption?: string;
  star?: boolean;
  latestEditSenderTimestampMs?: number;
  /** Unix seconds. */
  revokeTimestamp?: number;
  pollOptions?: { name: string; localId: number }[];
  quotedStanzaID?: string;
  author?: PageWid;
  downloadMedia(options: { downloadEvenIfExpensive: boolean; rmrReason: number }): Promise<void>;
};

export type PageEmitter = {
  on(event: string, listener: (...args: never[]) => void): void;
  off(event: string, listener: (...args: never[]) => void): void;
};

export type PageChat = {
  id: PageWid;
  /** Of its last message, in Unix seconds. */
  t?: number;
  archive?: boolean;
  groupMetadata?: PageGroupMetadata;
  formattedTitle?: string;
  /** Ids of a business account's labels. */
  labels?: string[];
  /** −1: marked as unread. */
  unreadCount?: number;
  /** When it was pinned, in Unix seconds; 0 or nothing if it is not. */
  pin?: number;
  mute?: {
    /** Unix seconds; −1 for good, 0 for not at all. */
    expiration?: number;
    mute(options: { expiration: number; sendDevice: boolean }): Promise<unknown>;
    unmute(options: { sendDevice: boolean }): Promise<unknown>;
  };
  msgs: { getModelsArray(): PageMessage[] };
};

export type PageContact = {
  id: PageWid;
  /** In the address book; `pushname` is of the person's own profile. */
  name?: string;
  pushname?: string;
  username?: string;
  isBusiness?: boolean;
  isContactBlocked?: boolean;
};

export type PageCollections = {
  Msg: PageEmitter & {
    on(
      event: 'change:type',
      listener: (message: PageMessage, type: string, before: string) => void,
    ): void;
    get(key: string): PageMessage | undefined;
    getModelsArray(): PageMessage[];
    getMessagesById(keys: string[]): Promise<{ messages?: PageMessage[] } | undefined>;
    modelClass: new (fields: Record<string, unknown>) => PageMessage;
  };
  Chat: { get(wid: PageWid): PageChat | undefined; getModelsArray(): PageChat[] };
  GroupMetadata: {
    /** Asks the server anew. */
    update(wid: PageWid): Promise<unknown>;
    get(wid: PageWid): PageGroupMetadata | undefined;
  };
  Contact: {
    get(wid: PageWid): PageContact | undefined;
    find(wid: PageWid): Promise<PageContact>;
    getModelsArray(): PageContact[];
    gadd(wid: PageWid, options: { silent: boolean }): unknown;
  };
  Label: {
    getModelsArray(): { id: string; name: string; hexColor?: string }[];
    addOrRemoveLabels(
      actions: { id: string; type: 'add' | 'remove' }[],
      chats: PageChat[],
    ): Promise<unknown>;
  };
  Blocklist: { get(wid: PageWid): unknown; getModelsArray(): { id: PageWid }[] };
  WAWebNewsletterCollection: {
    get(wid: PageWid): PageChannel | undefined;
    getModelsArray(): PageChannel[];
  };
  Status: { getMyStatus(): PageStatus | null | undefined };
  ProfilePicThumb: { find(wid: PageWid): Promise<unknown> };
};

/** Somebody's reaction in the page's database; an empty text is none any more. `t`: Unix seconds, `timestamp`: ms. */
type PageReactionRow = {
  msgKey: string;
  parentMsgKey: string;
  senderUserJid: string;
  reactionText: string;
  timestamp: number;
  t?: number;
};

/** Somebody's vote in the page's database, as it stands. `t`: Unix seconds. */
type PageVoteRow = {
  parentMsgKey: string;
  sender: string;
  selectedOptionLocalIds: ArrayBuffer;
  senderTimestampMs: number;
  t?: number;
};

/** The modules of WhatsApp Web that our own page functions use; the library's own uses are in surface-check.ts. */
export type PageModules = LiveModules & {
  WAWebCollections: PageCollections;
  WAWebSocketModel: {
    Socket: PageEmitter & { state: string; hasSynced?: boolean; logout(): Promise<void> };
  };
  WAWebCmd: {
    Cmd: {
      refreshQR(): void;
      sendRevokeMsgs(
        chat: PageChat,
        messages: { list: PageMessage[]; type: string },
        options: { clearMedia: boolean },
      ): Promise<unknown>;
      sendDeleteMsgs(
        chat: PageChat,
        messages: { list: PageMessage[]; type: string },
        clearMedia: boolean,
      ): Promise<unknown>;
    } & Record<
      'archiveChat' | 'pinChat' | 'markChatUnread',
      (chat: PageChat, on: boolean) => Promise<unknown>
    > &
      Record<
        'sendStarMsgs' | 'sendUnstarMsgs',
        (chat: PageChat, messages: PageMessage[], noToast: boolean) => Promise<unknown>
      >;
  };
  WAWebWidFactory: {
    createWid: (id: string) => PageWid;
    asUserWidOrThrow: (id: PageWid) => PageWid;
  };
  WALinkify: { findLink: (text: string) => object | null | undefined };
  WAWebLinkPreviewChatAction: {
    getLinkPreview: (
      link: object,
      chat: PageChat | null | undefined,
    ) => Promise<{ data?: object } | null>;
  };
  WAWebMsgKey: (new (fields: Record<string, unknown>) => PageKey) & { newId(): Promise<string> };
  WAWebQueryExistsJob: {
    queryWidExists: (wid: PageWid) => Promise<{ wid?: PageWid; lid?: PageWid } | null>;
  };
  WAWebFindChatAction: {
    findOrCreateLatestChat(wid: PageWid): Promise<{ chat?: PageChat } | null>;
  };
  WAWebChatLoadMessages: {
    loadEarlierMsgs: (options: { chat: PageChat }) => Promise<PageMessage[] | undefined>;
  };
  WAWebNonMessageDataRequestPlaceholderMessageResendUtils: {
    handlePlaceholderMsgsSeen: (messages: PageMessage[], seen: boolean) => unknown;
  };
  WAWebSendMsgChatAction: {
    addAndSendMsgToChat: (chat: PageChat, message: Record<string, unknown>) => unknown;
  };
  WAWebNewsletterSendMessageJob: {
    sendNewsletterMessageJob: (request: {
      msg: PageMessage & { updateAck(ack: number, persist: boolean): void };
    }) => Promise<{ success: boolean }>;
  };
  WAWebUserPrefsMeUser: {
    getMaybeMePnUser: () => PageWid | undefined;
    getMaybeMeLidUser: () => PageWid | undefined;
  };
  WAWebApiContact: {
    getCurrentLid: (wid: PageWid) => PageWid | null | undefined;
    getPhoneNumber: (wid: PageWid) => PageWid | null | undefined;
  };
  WAWebSchemaReactions: { getReactionsTable: () => { all(): Promise<PageReactionRow[]> } };
  WAWebPollsVotesSchema: { getTable: () => { all(): Promise<PageVoteRow[]> } };
  WAWebMexFetchNewChatMessageCappingInfoJob: { mexFetchNewChatMessageCapping?: () => unknown };
  WAWebMexFetchReachoutTimelockJob: { mexFetchReachoutTimelock?: () => unknown };
  WAWebDownloadManager: {
    downloadManager: {
      downloadAndMaybeDecrypt(options: Record<string, unknown>): Promise<ArrayBuffer>;
    };
  };
};

/**
 * What a patch came to on this page; `not met`: the page has not done yet what it mends. Anything else than these is why it
 * could not be applied.
 */
export type PatchOutcome = 'applied' | 'not needed' | 'not met';

/**
 * Our own half of the page, set up in each new document before any of its scripts run.
 * Node and page meet only here, so that one name in the page's global scope is ours.
 */
export type PageAgent = {
  /** Differs after each reload: shows whether two calls met the same document. */
  documentId: string;
  /** `begun`: handed to WhatsApp's send function. `cancelled`: must not be handed over any more. */
  sends: Map<string, 'begun' | 'cancelled'>;
  /** Run on each message the library built, before it is handed over; throwing keeps it from leaving. */
  beforeSend: ((chat: PageChat, message: Record<string, unknown>) => void)[];
  /** Recipients that were found on WhatsApp while this document lived. */
  knownRecipients: Set<string>;
  /** Groups that WhatsApp was asked about because the page did not know who is in them. */
  askedGroups: Set<string>;
  files: Map<string, Uint8Array<ArrayBuffer>>;
  /** Drops the oldest of what is only remembered: a page may live for weeks. */
  keepSome(remembered: Map<string, unknown> | Set<string>): void;
  /** The message that we sent under this wire id, in whatever form its chat is keyed. */
  findSent(wireId: string, chatId: string): Promise<PageMessage | undefined>;
  /** Any message of the chat, by wire id or serialized key. */
  findQuoted(reference: string, chatId: string): Promise<PageMessage | undefined>;
  /** Brings more of a chat into memory; none at its beginning. Undefined when the page does not get them in time, by default in 5 s. */
  loadEarlier(chat: PageChat, withinMs?: number): Promise<PageMessage[] | undefined>;
  /** Installed with each document, by `installLive`, `installChats` and `installGroups`. */
  live?: PageLive;
  chats?: PageChats;
  groups?: PageGroups;
  /**
   * An error in one line: name, message, where it was thrown, and the build. WhatsApp Web's own are minified, and say `t: t`.
   */
  inFull(error: unknown): Error;
  /** Reports what nobody of ours had called. `where`: in what. */
  report(where: string, error: unknown): void;
  patches: Record<string, string>;
  /** Calls `apply` when the library puts its half on the page, and records what came of it. */
  onLibrary(name: string, apply: (library: Record<string, unknown>) => PatchOutcome): void;
  /** The same for what holds as long as the document: not again when the library puts another half there. */
  onFirstLibrary(name: string, apply: () => PatchOutcome): void;
};

export type WhatsAppPage = {
  require<Name extends keyof PageModules>(name: Name): PageModules[Name];
  document: { createElement(name: 'video'): { canPlayType(type: string): string } };
  __waypost?: PageAgent;
  /** The library's own half on the page. */
  WWebJS?: {
    getChat(chatId: string, options: { getAsModel: false }): Promise<PageChat | null | undefined>;
    sendMessage(chat: PageChat, body: string, options: object): Promise<unknown>;
    getMessageModel: (message: PageMessage) => unknown;
    mediaInfoToFile: (info: { data: string; mimetype: string; filename: string }) => File;
  };
  Debug?: { VERSION?: string };
};
