import type { Core } from '../core.ts';
import type { ChatModel } from '../models/chat.ts';
import { changeLabels } from './labels.ts';

/** WAWebCollections, under the names the library knows. */
export function collectionModules(core: Core): Record<string, object> {
  const { collections } = core;
  const Label = Object.assign(collections.Label, {
    addOrRemoveLabels: (actions: { id: string; type: 'add' | 'remove' }[], chats: ChatModel[]) =>
      changeLabels(core, actions, chats),
  });
  const Status = Object.assign(collections.Status, {
    getMyStatus: () => (core.me.pn === undefined ? undefined : collections.Status.get(core.me.pn)),
  });
  const features = {
    F: {},
    supportsFeature: () => true,
    setFeature: () => undefined,
  };
  return {
    WAWebCollections: {
      Msg: collections.Msg,
      Chat: collections.Chat,
      Contact: collections.Contact,
      Label,
      Blocklist: collections.Blocklist,
      BusinessProfile: collections.BusinessProfile,
      ProfilePicThumb: collections.ProfilePicThumb,
      Status,
      Reactions: collections.Reactions,
      GroupMetadata: collections.GroupMetadata,
      WAWebGroupMetadataCollection: collections.GroupMetadata,
      WAWebNewsletterCollection: collections.Newsletter,
      NewsletterMetadataCollection: collections.NewsletterMetadata,
      WAWebNewsletterMetadataCollection: collections.NewsletterMetadata,
      Features: features,
    },
  };
}
