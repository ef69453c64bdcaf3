import { z } from '@hono/zod-openapi';
import { writeListEnd } from '../http/live-cursor.ts';
import { subscribePresence } from '../services/live/subscribe-presence.ts';
import { readPeople } from '../services/workspace/local-numbers.ts';
import { askLive, LIVE_ERRORS, relay } from './ask-live.ts';
import {
  CheckContacts,
  ContactIdsSchema,
  ContactListQuery,
  ContactRef,
  ContactSchema,
  ContactSummarySchema,
  NumberCheckSchema,
  PresenceSchema,
  PresenceSubscriptionSchema,
} from './contacts/schemas.ts';
import { area, operation, withMeta } from './operation.ts';
import { OnlySession, SessionChoice } from './session-choice.ts';
import { scope } from './takes.ts';

export const contacts = area('Contacts', [
  operation({
    id: 'listContacts',
    method: 'get',
    path: '/v1/contacts',
    takes: scope('contacts:read'),
    summary: 'List contacts',
    description: 'The people whom the session knows, ordered by id.',
    query: ContactListQuery,
    answer: [200, 'A page of contacts.', z.array(ContactSummarySchema)],
    errors: LIVE_ERRORS,
    run: async ({ ctx, query: { sessionId, saved, blocked, cursor, limit } }) => {
      const { output, meta } = await askLive(ctx, sessionId, 'listContacts', {
        after: cursor === undefined ? null : { t: cursor.t, id: cursor.id },
        limit,
        saved: saved === undefined ? null : saved === 'true',
        blocked: blocked === undefined ? null : blocked === 'true',
      });
      return withMeta(output.contacts, { ...meta, nextCursor: writeListEnd(output.next) });
    },
  }),
  operation({
    id: 'checkContacts',
    method: 'post',
    path: '/v1/contacts/check',
    takes: scope('contacts:read'),
    summary: 'Check which numbers are on WhatsApp',
    description:
      'One result for each number, in their order; one that is named twice counts once. `exists` is `unknown` where WhatsApp could not be asked. Brazilian numbers are found with and without their ninth digit.',
    body: { schema: CheckContacts, example: { numbers: ['+15550100001', '+15550100002'] } },
    answer: [200, 'What became of each number.', z.array(NumberCheckSchema)],
    errors: LIVE_ERRORS,
    run: async ({ ctx, body: { sessionId, numbers } }) => {
      const ids = await readPeople(ctx, 'numbers', numbers);
      const { output, meta } = await askLive(ctx, sessionId, 'checkContacts', { ids });
      return withMeta(output.results, meta);
    },
  }),
  operation({
    id: 'getContact',
    method: 'get',
    path: '/v1/contacts/{id}',
    takes: scope('contacts:read'),
    summary: 'Get a contact, with picture and about text',
    params: ContactRef,
    query: SessionChoice,
    answer: [200, 'The contact.', ContactSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, params, query: { sessionId } }) =>
      relay(ctx, sessionId, 'getContact', { chatId: params.id }),
  }),
  operation({
    id: 'getContactIds',
    method: 'get',
    path: '/v1/contacts/{id}/ids',
    takes: scope('contacts:read'),
    summary: 'Get a person’s LID and phone number',
    description: 'Takes either of the two. What WhatsApp hides is null.',
    params: ContactRef,
    query: SessionChoice,
    answer: [200, 'The ids.', ContactIdsSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, params, query: { sessionId } }) =>
      relay(ctx, sessionId, 'getContactIds', { chatId: params.id }),
  }),
  operation({
    id: 'getPresence',
    method: 'get',
    path: '/v1/presence/{id}',
    takes: scope('contacts:read'),
    summary: 'Get whether a person is online',
    description:
      'WhatsApp shows this only to numbers that are online themselves, so the session needs `alwaysOnline`; otherwise the answer is `CONFLICT`. People can hide it.',
    params: ContactRef,
    query: SessionChoice,
    answer: [200, 'What the person shows.', PresenceSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, params, query: { sessionId } }) =>
      relay(ctx, sessionId, 'getPresence', { chatId: params.id }),
  }),
  ...(
    [
      [true, 'subscribe', 'Subscribe to whether a person is online'],
      [false, 'unsubscribe', 'End a subscription to a presence'],
    ] as const
  ).map(([subscribed, path, summary]) =>
    operation({
      id: `${path}Presence`,
      method: 'post',
      path: `/v1/presence/{id}/${path}`,
      takes: scope('contacts:write'),
      summary,
      description: subscribed
        ? 'The session then reports each change as `presence.update`, until you unsubscribe. It needs `alwaysOnline`; otherwise the answer is `CONFLICT`.'
        : 'Ending one that does not exist changes nothing.',
      params: ContactRef,
      body: { schema: OnlySession, example: {}, optional: true },
      answer: [200, 'The subscription.', PresenceSubscriptionSchema],
      errors: [...LIVE_ERRORS, 'LIMIT_EXCEEDED'],
      run: async ({ ctx, params, body: { sessionId } }) => {
        const input = { session: sessionId ?? null, chatId: params.id, subscribed };
        const { subscription, meta } = await subscribePresence({ ctx, input });
        return withMeta(subscription, meta);
      },
    }),
  ),
  ...(
    [
      ['blockContact', 'block', true, 'Block a contact'],
      ['unblockContact', 'unblock', false, 'Unblock a contact'],
    ] as const
  ).map(([id, path, blocked, summary]) =>
    operation({
      id,
      method: 'post',
      path: `/v1/contacts/{id}/${path}`,
      takes: scope('contacts:write'),
      summary,
      params: ContactRef,
      body: { schema: OnlySession, example: {}, optional: true },
      answer: [200, 'The contact.', ContactSummarySchema],
      errors: LIVE_ERRORS,
      run: ({ ctx, params, body: { sessionId } }) =>
        relay(ctx, sessionId, 'blockContact', { chatId: params.id, blocked }),
    }),
  ),
]);
