import { z } from 'zod';
import { ADA, KnownPerson } from '../person.ts';
import { event } from './row.ts';

export const CALL_EVENTS = {
  'call.received': event({
    when: 'Somebody calls the number.',
    data: {
      callId: z.string().describe('The call, for `POST /v1/calls/{id}/reject` while it rings.'),
      from: KnownPerson.describe('Who calls.'),
      isVideo: z.boolean().describe('It is a video call.'),
      isGroup: z.boolean().describe('It is a call to a group.'),
      rejected: z
        .boolean()
        .describe('It was rejected at once, as the session’s `rejectCalls` asks for.'),
    },
    example: {
      callId: '0D1F6C9A2B7E4853',
      from: ADA,
      isVideo: false,
      isGroup: false,
      rejected: false,
    },
  }),
};
