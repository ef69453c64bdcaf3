import { z } from 'zod';
import { Presence } from '../live/presence.ts';
import { ADA, KnownPerson } from '../person.ts';
import { event } from './row.ts';

export const PRESENCE_EVENTS = {
  'presence.update': event({
    when: 'Somebody whose presence the session is subscribed to came online or left, or began or stopped writing in the chat with the number.',
    data: {
      from: KnownPerson.describe('Whose presence it is.'),
      online: z.boolean().describe('The person is online.'),
      lastSeenAt: Presence.shape.lastSeenAt,
      doing: Presence.shape.doing,
    },
    example: { from: ADA, online: true, lastSeenAt: null, doing: 'typing' },
  }),
};
