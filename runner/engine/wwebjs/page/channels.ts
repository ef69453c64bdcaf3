import type { Channel } from '../../../../shared/catalogue/live/channels.ts';
import type { LiveWindow, PageChannels } from './live-types.ts';

/** Runs in each new document, after `installLive`. Adds to the agent what operations on channels share. */
export function installChannels(): void {
  const page = globalThis as unknown as LiveWindow;
  const agent = (globalThis as { __waypost?: LiveWindow['__waypost'] }).__waypost;
  if (agent?.live === undefined) return;
  const { live } = agent;

  const roles: readonly Channel['role'][] = ['owner', 'admin', 'subscriber', 'guest'];
  const channels: PageChannels = {
    open: async (channelId) => {
      // The library asks WhatsApp for a channel that the page does not know, and answers null if there is none.
      const channel = await page.WWebJS.getChat(channelId, { getAsModel: false });
      if (channel?.newsletterMetadata !== undefined) return channel;
      return live.refuse('NOT_FOUND', 'There is no such channel.');
    },
    view: ({ id, name, formattedTitle, newsletterMetadata: metadata }) => {
      const { description, inviteCode, membershipType, size } = metadata ?? {};
      return {
        id: id._serialized,
        name: metadata?.name ?? name ?? formattedTitle ?? '',
        description: description == null || description === '' ? null : description,
        link: inviteCode == null ? null : `https://whatsapp.com/channel/${inviteCode}`,
        role: roles.find((role) => role === membershipType) ?? 'guest',
        followerCount: size ?? null,
      };
    },
  };
  agent.channels = channels;
}
