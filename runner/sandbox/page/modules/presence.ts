import type { Push } from '../../protocol/frames.ts';
import { Collection } from '../collection.ts';
import type { Core } from '../core.ts';
import { Model } from '../model.ts';
import { toWid } from '../wid.ts';

class ChatstateModel extends Model {
  declare type: string | undefined;
  declare t: number | undefined;
}

class PresenceModel extends Model {
  declare hasData: boolean;
  declare isSubscribed: boolean;
  declare isOnline: boolean | undefined;
  declare chatstate: ChatstateModel;

  constructor(attributes: object) {
    super({ hasData: false, isSubscribed: false, isOnline: undefined, ...attributes });
    this.chatstate = new ChatstateModel();
  }
}

/** Who is online, by LID. Everything known of it is void when the line breaks, and when this device is no longer online. */
export function presenceModules(core: Core): Record<string, object> {
  const keyOf = (id: unknown) => core.directory.lidOf(id) ?? toWid(id);
  const PresenceCollection: Collection<PresenceModel> = new Collection(
    PresenceModel,
    async (id) => {
      const presence = PresenceCollection.add({ id: keyOf(id) });
      await subscribe(presence);
      return presence;
    },
  );
  const subscribe = async (presence: PresenceModel): Promise<void> => {
    const jid = core.directory.canonical(presence.get('id'));
    await core.transport.ask('presenceSubscribe', { jid });
  };
  const clear = (): void => PresenceCollection.reset();
  core.stream.on('change:available', clear);
  core.socket.on('change:state', clear);
  core.cmd.on('sandbox_presence', ({ of, type, t }: Extract<Push, { push: 'presence' }>) => {
    const presence = PresenceCollection.get(keyOf(of));
    presence?.chatstate.set({
      type,
      t: t ?? undefined,
      deny: t === null && type === 'unavailable',
    });
    presence?.set({ hasData: true, isSubscribed: true, isOnline: type !== 'unavailable' });
  });
  return { WAWebPresenceCollection: { PresenceCollection } };
}
