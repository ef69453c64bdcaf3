import type { z } from 'zod';
import type { Group, GroupRole, GroupSettings } from '../../../../shared/catalogue/live/groups.ts';
import type { Channel } from '../../../../shared/catalogue/live/channels.ts';
import type { Chat } from '../../../../shared/catalogue/live/chats.ts';
import type { ContactSummary, NumberCheck } from '../../../../shared/catalogue/live/contacts.ts';
import type { Profile as ProfileSchema } from '../../../../shared/catalogue/live/profile.ts';
import type { Label } from '../../../../shared/catalogue/live/labels.ts';
import type { StatusPost } from '../../../../shared/catalogue/live/status.ts';
import type { ListEnd, Picture } from '../../../../shared/catalogue/live/fields.ts';
import type { Presence } from '../../../../shared/catalogue/live/presence.ts';
import type { KnownPerson } from '../../../../shared/catalogue/person.ts';
import type { ErrorCode } from '../../../../shared/errors.ts';
import type {
  PageParticipant,
  PageGroupMetadata,
  PageGroupChat,
  PageChannel,
  LiveLibrary,
  PagePresence,
} from './live-modules.ts';
import type {
  PageAgent,
  PageChat,
  PageContact,
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
  /** Refuses with CONFLICT while the number is not online itself: WhatsApp then shows it nobody's presence. */
  requireOnline(): void;
  /** The presence of a person, of which WhatsApp is asked to report, once for each connection. Needs the number online. */
  findPresence(wid: PageWid): Promise<PagePresence>;
  shownBy(presence: PagePresence): Omit<z.output<typeof Presence>, 'id'>;
  contact(wid: PageWid): PageContact | undefined;
  summary(wid: PageWid): ContactSummary;
  /** Refuses with NOT_SUPPORTED for an account that can have none. */
  labels(): Label[];
  /** The session's own status posts, oldest first. */
  myPosts(): PageMessage[];
  post(message: PageMessage): StatusPost;
  /** The post that was just made, which WhatsApp Web shows a moment later. Refuses with CONFLICT if it does not come. */
  shownPost(isIt: (message: PageMessage) => boolean): Promise<StatusPost>;
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
