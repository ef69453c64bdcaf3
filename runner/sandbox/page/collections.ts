import { Collection } from './collection.ts';
import { ServerStatusCodeError } from './errors.ts';
import { ChatModel } from './models/chat.ts';
import { ContactModel } from './models/contact.ts';
import { GroupMetadataModel } from './models/group.ts';
import { MsgModel } from './models/message.ts';
import { Model, type Attributes } from './model.ts';
import { idText } from './serialize.ts';
import { toWid, type Wid } from './wid.ts';

/** How the collections get what they do not hold: from disk, or from the world. */
type Finders = {
  message: (key: string) => Promise<MsgModel | undefined>;
  messageByWireId: (wireId: string) => Promise<MsgModel | undefined>;
  chat: (id: unknown) => Promise<ChatModel | null>;
  contact: (id: unknown) => Promise<ContactModel>;
  refreshGroup: (id: unknown) => Promise<GroupMetadataModel | undefined>;
  picture: (id: unknown) => string | undefined;
  address: (id: unknown) => Wid;
};

/** Messages, also by the wire id alone, as receipts and reactions name them. */
class MsgCollection extends Collection<MsgModel> {
  readonly #finders: Finders;
  readonly #byWireId = new Map<string, MsgModel>();

  constructor(finders: Finders) {
    super(MsgModel);
    this.#finders = finders;
  }

  async findByWireId(wireId: string): Promise<MsgModel | undefined> {
    return this.#byWireId.get(wireId) ?? (await this.#finders.messageByWireId(wireId));
  }

  async getMessagesById(ids: unknown[]): Promise<{ messages: MsgModel[] }> {
    const found: MsgModel[] = [];
    for (const id of ids) {
      const text = idText(id);
      if (text === undefined) continue;
      const message = this.get(text) ?? (await this.#finders.message(text));
      if (message !== undefined) found.push(message);
    }
    return { messages: found };
  }

  search(
    query: string,
    page = 1,
    count = 50,
    remote?: unknown,
  ): Promise<{ messages: MsgModel[]; eof: boolean }> {
    const chat =
      remote === undefined || remote === null ? undefined : this.#finders.address(remote);
    const wanted = query.toLowerCase();
    const hits = this.filter(
      (message) =>
        `${message.body ?? ''} ${message.caption ?? ''}`.toLowerCase().includes(wanted) &&
        (chat === undefined || message.id.remote.equals(chat)),
    );
    const start = (page - 1) * count;
    const messages = hits.slice(start, start + count);
    return Promise.resolve({ messages, eof: start + count >= hits.length });
  }

  protected override added(message: MsgModel): void {
    this.#byWireId.set(message.id.id, message);
  }
  protected override removed(message: MsgModel): void {
    this.#byWireId.delete(message.id.id);
  }
}

class LabelModel extends Model {
  declare id: string;
  declare name: string;
  declare hexColor: string;
  declare readonly labelItemCollection: Collection;

  constructor(attributes: Attributes) {
    super(attributes);
    Object.defineProperty(this, 'labelItemCollection', {
      value: new Collection(Model),
      enumerable: false,
    });
  }
}

class GroupMetadataCollection extends Collection<GroupMetadataModel> {
  readonly #finders: Finders;

  constructor(finders: Finders) {
    super(GroupMetadataModel);
    this.#finders = finders;
  }

  /** Asks the world, as the real one does. */
  override update(id: unknown): Promise<GroupMetadataModel | undefined> {
    return this.#finders.refreshGroup(id);
  }
}

class PictureModel extends Model {
  canSet(): boolean {
    return true;
  }
  canDelete(): boolean {
    return true;
  }
}

export type Collections = {
  Msg: MsgCollection;
  Chat: Collection<ChatModel>;
  Contact: Collection<ContactModel>;
  GroupMetadata: GroupMetadataCollection;
  Newsletter: Collection<ChatModel>;
  NewsletterMetadata: Collection;
  Label: Collection<LabelModel>;
  Blocklist: Collection;
  BusinessProfile: Collection;
  ProfilePicThumb: Collection<PictureModel>;
  Status: Collection;
  Reactions: Collection;
};

export function createCollections(finders: Finders): Collections {
  const BusinessProfile: Collection = new Collection<Model>(Model, (id) =>
    Promise.resolve(BusinessProfile.add({ id: toWid(id) })),
  );
  const ProfilePicThumb: Collection<PictureModel> = new Collection<PictureModel>(
    PictureModel,
    (id) => Promise.resolve(ProfilePicThumb.add({ id: toWid(id), img: finders.picture(id) })),
  );
  return {
    Msg: new MsgCollection(finders),
    Chat: new Collection(ChatModel, finders.chat),
    Contact: new Collection(ContactModel, finders.contact),
    GroupMetadata: new GroupMetadataCollection(finders),
    Newsletter: new Collection(ChatModel),
    NewsletterMetadata: new Collection(Model),
    Label: new Collection(LabelModel),
    Blocklist: new Collection(Model),
    BusinessProfile,
    ProfilePicThumb,
    Status: new Collection<Model>(Model, () => {
      throw new ServerStatusCodeError(404, 'no status');
    }),
    Reactions: new Collection(Model),
  };
}
