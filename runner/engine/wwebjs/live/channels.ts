import type { CHANNEL_OPERATIONS } from '../../../../shared/catalogue/live/channels.ts';
import type { EngineInput, EngineOutput, Implementers } from '../../operations.ts';
import type { LiveWindow, PageRefusal } from '../page/live-types.ts';
import { type LivePage, onPage } from './live-page.ts';

type Names = keyof typeof CHANNEL_OPERATIONS;
type Answer<Name extends Names> = Promise<EngineOutput<Name> | PageRefusal>;

export const CHANNELS: Implementers<LivePage, Names> = {
  listChannels: onPage(listChannels),
  getChannel: onPage(getChannel),
  previewChannel: onPage(previewChannel),
  followChannel: onPage(followChannel),
};

/** Runs on the page. */
async function listChannels(
  _input: EngineInput<'listChannels'>,
): Promise<EngineOutput<'listChannels'>> {
  const page = globalThis as unknown as LiveWindow;
  const { channels } = page.__waypost;
  const { WAWebNewsletterCollection } = page.require('WAWebCollections');
  const known = WAWebNewsletterCollection.getModelsArray().map((one) => channels.view(one));
  // Those that were only looked at are there as well.
  return { channels: known.filter(({ role }) => role !== 'guest') };
}

/** Runs on the page. */
function getChannel({ channelId }: EngineInput<'getChannel'>): Answer<'getChannel'> {
  const { live, channels } = (globalThis as unknown as LiveWindow).__waypost;
  return live.attempt(async () => channels.view(await channels.open(channelId)));
}

/** Runs on the page. */
function previewChannel({ code }: EngineInput<'previewChannel'>): Answer<'previewChannel'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, channels } = page.__waypost;
  return live.attempt(async () => {
    const { id } = await page.WWebJS.getChannelMetadata(code);
    return channels.view(await channels.open(id));
  });
}

/** Runs on the page. */
function followChannel({
  channelId,
  follow,
}: EngineInput<'followChannel'>): Answer<'followChannel'> {
  const page = globalThis as unknown as LiveWindow;
  const { live, channels } = page.__waypost;
  return live.attempt(async () => {
    const channel = await channels.open(channelId);
    const { role } = channels.view(channel);
    const follows = role !== 'guest';
    if (follows === follow) return channels.view(channel);
    if (role === 'owner')
      return live.refuse('CONFLICT', 'The owner of a channel cannot stop following it.');
    const options = { eventSurface: 3, deleteLocalModels: true };
    if (follow) {
      const { subscribeToNewsletterAction } = page.require('WAWebNewsletterSubscribeAction');
      await subscribeToNewsletterAction(channel, options);
    } else {
      const { unsubscribeFromNewsletterAction } = page.require('WAWebNewsletterUnsubscribeAction');
      await unsubscribeFromNewsletterAction(channel, options);
    }
    const after = channels.view(await channels.open(channelId));
    if ((after.role !== 'guest') !== follow)
      return live.refuse('CONFLICT', 'WhatsApp did not make the change.');
    return after;
  });
}
