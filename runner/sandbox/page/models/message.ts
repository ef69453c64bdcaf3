import { Model } from '../model.ts';
import type { Attributes } from '../model.ts';
import type { MsgKey } from '../msg-key.ts';
import { maybeWid, toWid } from '../wid.ts';
import type { Wid } from '../wid.ts';

type MediaStage = 'INIT' | 'RESOLVED' | 'REUPLOADING' | 'FETCHING' | 'ERROR_MISSING';
type MediaState = { type: string; mediaStage: MediaStage; mimetype: unknown };

const notifications = new Set(['gp2', 'notification', 'e2e_notification', 'notification_template']);
/** What a spread of media data brings along and a message must not keep. */
const leftovers = ['mediaBlob', 'renderableUrl', '__x_id'];

export class MsgModel extends Model {
  declare id: MsgKey;
  declare type: string;
  declare t: number;
  declare ack: number;
  declare from: Wid;
  declare to: Wid;
  declare author?: Wid;
  declare body?: string;
  declare caption?: string;
  declare directPath?: string;
  declare mimetype?: string;
  declare filehash?: string;
  declare isNewMsg: boolean;
  declare isForwarded: boolean;
  declare forwardingScore?: number;
  declare hasReaction: boolean;
  declare pollOptions?: { name: string; localId: number }[];
  declare quotedMsg?: Attributes;
  declare quotedStanzaID?: string;
  declare quotedParticipant?: Wid;
  /** Place among its chat's messages, given when it is added; not an attribute. */
  declare readonly order: number;
  declare readonly mediaData: MediaState | undefined;
  declare readonly mediaObject: { filehash: string | undefined } | undefined;

  constructor(attributes: Attributes) {
    if ('__x_id' in attributes && attributes['__x_id'] === undefined) {
      throw new Error(
        "Data passed to getter must include an id property (it's how we memoize) but got undefined",
      );
    }
    const kept = Object.fromEntries(
      Object.entries(attributes).filter(([name]) => !leftovers.includes(name)),
    );
    super({
      ack: 0,
      star: false,
      isNewMsg: false,
      isForwarded: false,
      hasReaction: false,
      ...kept,
      from: maybeWid(attributes['from']),
      to: maybeWid(attributes['to']),
    });
    const { author, mentionedJidList } = attributes;
    if (author !== undefined && author !== null) this.author = toWid(author);
    if (Array.isArray(mentionedJidList))
      Object.assign(this, { mentionedJidList: mentionedJidList.map(toWid) });
    this.#hidden('order', 0);
    this.#hidden('mediaData', undefined);
    this.#hidden('mediaObject', undefined);
    if (this.directPath !== undefined) this.#giveMedia();
  }

  get isEphemeral(): boolean {
    return false;
  }
  get isStatusV3(): boolean {
    return this.id.remote.isStatus();
  }
  get isNotification(): boolean {
    return notifications.has(this.type);
  }
  canReply(): boolean {
    return !this.isNotification;
  }

  /** What a reply carries of this message. */
  msgContextInfo(): Attributes {
    return {
      quotedMsg: { type: this.type, body: this.body, caption: this.caption },
      quotedStanzaID: this.id.id,
      quotedParticipant: this.author ?? this.from,
    };
  }

  downloadMedia(): Promise<void> {
    if (this.mediaData !== undefined) this.mediaData.mediaStage = 'RESOLVED';
    return Promise.resolve();
  }

  avParams(): Attributes {
    return {};
  }

  updateAck(ack: number): void {
    if (this.ack < ack || ack < 0) this.set('ack', ack);
  }

  place(order: number): void {
    this.#hidden('order', order);
  }

  #giveMedia(): void {
    const mediaStage = this.id.fromMe ? 'RESOLVED' : 'INIT';
    this.#hidden('mediaData', { type: this.type, mediaStage, mimetype: this.mimetype });
    this.#hidden('mediaObject', { filehash: this.filehash });
  }

  #hidden(name: string, value: unknown): void {
    Object.defineProperty(this, name, { value, enumerable: false, configurable: true });
  }
}
