import type { ChatState } from '../../protocol/records.ts';
import { Collection } from '../collection.ts';
import { Model } from '../model.ts';
import type { Attributes } from '../model.ts';
import type { MsgKey } from '../msg-key.ts';
import type { Wid } from '../wid.ts';
import type { GroupMetadataModel } from './group.ts';
import { MsgModel } from './message.ts';

export type ChatPatch = Partial<
  Pick<ChatState, 'archived' | 'pinned' | 'muted' | 'unread' | 'labels'>
>;
/** What a chat asks of the rest of the page. */
export type ChatServices = {
  title: (chat: ChatModel) => string;
  isMe: (id: Wid) => boolean;
  /** Changes the chat at the world and here. */
  modify: (chat: ChatModel, patch: ChatPatch) => Promise<void>;
};

class MuteModel extends Model {
  declare expiration: number;
  readonly #modify: (muted: number) => Promise<void>;

  constructor(expiration: number, modify: (muted: number) => Promise<void>) {
    super({ expiration });
    this.#modify = modify;
  }

  get isMuted(): boolean {
    return this.expiration !== 0;
  }
  mute({ expiration }: { expiration: number }): Promise<void> {
    return this.#modify(expiration);
  }
  unmute(): Promise<void> {
    return this.#modify(0);
  }
}

export class ChatModel extends Model {
  declare id: Wid;
  declare t: number;
  declare unreadCount: number;
  declare archive: boolean;
  declare pin: number;
  declare labels: string[];
  declare muteExpiration: number;
  declare mute: MuteModel;
  declare msgs: Collection<MsgModel>;
  declare lastReceivedKey: MsgKey | null;
  declare groupMetadata?: GroupMetadataModel;
  declare newsletterMetadata?: Model;
  declare name?: string;
  readonly #services: ChatServices;

  constructor(state: ChatState, id: Wid, services: ChatServices) {
    super({
      id,
      t: state.t,
      unreadCount: state.unread,
      archive: state.archived,
      pin: state.pinned,
      labels: state.labels,
      muteExpiration: state.muted,
      isLocked: false,
      endOfHistoryTransferType: 0,
      lastReceivedKey: null,
      msgs: new Collection(MsgModel),
    });
    this.#services = services;
    this.mute = new MuteModel(state.muted, (muted) => services.modify(this, { muted }));
  }

  get formattedTitle(): string {
    return this.#services.title(this);
  }
  get isGroup(): boolean {
    return this.id.isGroup();
  }

  modify(patch: ChatPatch): Promise<void> {
    return this.#services.modify(this, patch);
  }

  iAmAdmin(): boolean {
    return (
      this.groupMetadata?.participants.some(
        (member) => member.isAdmin && this.#services.isMe(member.id),
      ) ?? false
    );
  }

  /** Without its messages: the library only asks whether there are any, and a chat is serialized on every message. */
  override serialize(): Attributes {
    const { msgs } = this;
    const last = msgs.models.at(-1);
    const own = Object.fromEntries(Object.entries(this).filter(([name]) => name !== 'msgs'));
    const shown = Model.prototype.serialize.call(Object.assign(new Model(), own));
    return { ...shown, msgs: last === undefined ? [] : [String(last.id)] };
  }

  /** What JSON.stringify shows: `change:unreadCount` hands the model itself to the library. */
  override toJSON(): Attributes {
    const { msgs: _msgs, ...slim } = this.serialize();
    return slim;
  }

  /** The part of the chat that is kept on disk. */
  state(canonicalId: string): ChatState {
    return {
      id: canonicalId,
      t: this.t,
      unread: this.unreadCount,
      archived: this.archive,
      pinned: this.pin,
      muted: this.mute.expiration,
      labels: this.labels,
    };
  }
}
