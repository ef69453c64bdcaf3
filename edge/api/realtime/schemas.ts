import { z } from '@hono/zod-openapi';
import { EventCursor } from '../events/cursor.ts';
import { SubscribedSessions, SubscribedTypes } from '../../realtime/frames.ts';

export const RealtimeToken = z
  .object({
    token: z.string().openapi({ description: 'Good for one connection.' }),
    expiresAt: z.iso.datetime(),
    webSocketUrl: z.url({ protocol: /^wss?$/ }).openapi({
      description: 'Where to connect, with the token in it.',
    }),
  })
  .openapi('RealtimeToken', {
    example: {
      token: 'eyJhbGciOiJIUzI1NiJ9.eyJ1c2UiOiJjb25uZWN0In0.Yw9Zc0J5kT3mQ8',
      expiresAt: '2026-11-21T10:01:00.000Z',
      webSocketUrl:
        'wss://waypost.example.com/v1/realtime?token=eyJhbGciOiJIUzI1NiJ9.eyJ1c2UiOiJjb25uZWN0In0.Yw9Zc0J5kT3mQ8',
    },
  });

const listed = (text: string): string[] => text.split(',').map((name) => name.trim());

export const RealtimeQuery = z.object({
  types: z.string().transform(listed).pipe(SubscribedTypes).optional().openapi({
    type: 'string',
    description: 'Types, wildcards or aliases, separated by commas; all without it.',
    example: 'message.*',
  }),
  sessionIds: z.string().transform(listed).pipe(SubscribedSessions).optional().openapi({
    type: 'string',
    description:
      'Ids or names of sessions, separated by commas; without it all that the caller reaches.',
  }),
  after: EventCursor.openapi({
    description:
      '`seq` of the last event that you have: you receive what came after it, then what comes. Without it you receive new events only.',
  }),
  token: z.string().max(4_096).optional().openapi({
    description:
      'A one-time token of `POST /v1/realtime/token`, for clients that cannot send headers. Never an API key.',
  }),
});

export const RealtimeHeaders = z.object({
  'last-event-id': EventCursor.openapi({
    description: 'As `after`, and in its place: an EventSource sends it when it connects again.',
  }),
});
