import { z } from 'zod';
import { row } from '../row.ts';

export const Channel = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  link: z.string().nullable().describe('Where people can follow it.'),
  role: z
    .enum(['owner', 'admin', 'subscriber', 'guest'])
    .describe('What the number is in the channel; a guest does not follow it.'),
  followerCount: z.number().int().nullable().describe('Null if WhatsApp does not say.'),
});
export type Channel = z.output<typeof Channel>;

const channelId = z.string();
const CHANNEL: Channel = {
  id: '120363099999999999@newsletter',
  name: 'City news',
  description: 'What happens in town',
  link: 'https://whatsapp.com/channel/0029VaAbCdEfGhIjKlMnOp',
  role: 'subscriber',
  followerCount: 1_200,
};
const one = { channelId: CHANNEL.id };

/** Operations on channels; one that WhatsApp does not show is NOT_FOUND. */
export const CHANNEL_OPERATIONS = {
  /** Those that the number follows or runs. */
  listChannels: row({
    input: z.object({}),
    output: z.object({ channels: z.array(Channel) }),
    patienceMs: 10_000,
    needs: 'online',
    repeatable: true,
    example: { input: {}, output: { channels: [CHANNEL] } },
  }),
  getChannel: row({
    input: z.object({ channelId }),
    output: Channel,
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: one, output: CHANNEL },
  }),
  /** By the code at the end of its link. */
  previewChannel: row({
    input: z.object({ code: z.string() }),
    output: Channel,
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: { code: '0029VaAbCdEfGhIjKlMnOp' }, output: CHANNEL },
  }),
  followChannel: row({
    input: z.object({ channelId, follow: z.boolean() }),
    output: Channel,
    patienceMs: 20_000,
    needs: 'online',
    repeatable: true,
    example: { input: { ...one, follow: true }, output: CHANNEL },
  }),
};
