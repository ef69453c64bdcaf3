import { Collection } from './collection.ts';
import { ServerStatusCodeError } from './errors.ts';
import { ChatModel } from './models/chat.ts';
import { ContactModel } from './models/contact.ts';
import { GroupMetadataModel } from './models/group.ts';
import type { MsgModel } from './models/message.ts';
import { MsgCollection } from './msg-collection.ts';
import { StatusModel } from './models/status.ts';
import { Model, type Attributes } from './model.ts';
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
  Status: Collection<StatusModel>;
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
    Status: new Collection<StatusModel>(StatusModel, () => {
      throw new ServerStatusCodeError(404, 'no status');
    }),
    Reactions: new Collection(Model),
  };
}
