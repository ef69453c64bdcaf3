import { z } from '@hono/zod-openapi';
import { calls } from '../../api/calls.ts';
import { chats } from '../../api/chats.ts';
import { contacts } from '../../api/contacts.ts';
import { PresenceSchema } from '../../api/contacts/schemas.ts';
import type { Row } from '../../api/operation.ts';
import { profile } from '../../api/profile.ts';
import { ProfileSchema } from '../../api/profile/schemas.ts';
import { sessions } from '../../api/sessions.ts';
import { WhatsAppLimits } from '../../../shared/catalogue/whatsapp-limits.ts';
import { AppError } from '../../../shared/errors.ts';
import { alias, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { ONLINE } from '../refused.ts';
import { secondsOf } from '../../values/waha/ids.ts';
import { OfChat } from './chats.ts';
import { done, inQuery, nothing, PICTURE_BODY, PICTURE_CALLED, relayed } from './relayed.ts';
import { SHOWN_SECONDS } from './actions.ts';
import { Nothing, Session } from './session-view.ts';

const Presence = z
  .object({
    id: z.string(),
    presences: z.array(
      z.object({
        participant: z.string(),
        lastKnownPresence: z.string(),
        lastSeen: z.number().int().nullable(),
      }),
    ),
  })
  .openapi('WahaPresence', {
    example: {
      id: '15550100001@c.us',
      presences: [{ participant: '15550100001@c.us', lastKnownPresence: 'online', lastSeen: null }],
    },
  });

const shownPresence = ({ id, online, lastSeenAt, doing }: z.output<typeof PresenceSchema>) => ({
  id,
  presences: [
    {
      participant: id,
      lastKnownPresence: doing ?? (online === true ? 'online' : 'offline'),
      lastSeen: lastSeenAt === null ? null : secondsOf(lastSeenAt),
    },
  ],
});

const typing = operationOf(chats, 'showTyping');
const recording = operationOf(chats, 'showRecording');

const presence: readonly Row[] = [
  alias({
    id: 'wahaSetPresence',
    method: 'post',
    path: '/compat/waha/api/{session}/presence',
    summary: 'Show “typing…” or “recording…” in a chat',
    description: `\`typing\`, \`recording\` or \`paused\`. \`online\` and \`offline\` answer 501. ${ONLINE}`,
    calls: [typing, recording],
    errors: ['NOT_SUPPORTED'],
    params: Session,
    body: {
      schema: z.object({
        chatId: z.string().max(200).nullish(),
        presence: z.enum(['online', 'offline', 'typing', 'recording', 'paused']),
      }),
      example: { chatId: '15550100001@c.us', presence: 'typing' },
    },
    responses: { 201: json('It is shown.', Nothing) },
    run: async ({ params: { session: sessionId }, body: { chatId, presence: shown } }, c) => {
      if (shown === 'online' || shown === 'offline') throw new AppError('NOT_SUPPORTED', ONLINE);
      const doing = shown === 'recording' ? recording : typing;
      const body = { sessionId, seconds: shown === 'paused' ? 0 : SHOWN_SECONDS };
      await doing.call(c, {
        params: { id: chatId ?? '' },
        body,
        called: { sessionId: 'session', id: 'chatId' },
      });
      return c.json({}, 201);
    },
  }),
  relayed({
    id: 'wahaGetPresence',
    method: 'get',
    path: '/{session}/presence/{chatId}',
    summary: 'Get whether a person is online',
    to: operationOf(contacts, 'getPresence'),
    params: OfChat,
    given: ({ params: { session: sessionId, chatId: id } }) => ({
      params: { id },
      query: { sessionId },
    }),
    reads: PresenceSchema,
    answer: [200, 'What the person shows.', Presence],
    show: shownPresence,
  }),
  relayed({
    id: 'wahaSubscribePresence',
    method: 'post',
    path: '/{session}/presence/{chatId}/subscribe',
    summary: 'Subscribe to whether a person is online',
    to: operationOf(contacts, 'subscribePresence'),
    params: OfChat,
    given: ({ params: { session: sessionId, chatId: id } }) => ({
      params: { id },
      body: { sessionId },
    }),
    reads: z.unknown(),
    answer: [201, 'The subscription is there.', Nothing],
    show: nothing,
  }),
];

const WahaProfile = z
  .object({ id: z.string(), name: z.string().nullable(), picture: z.string().nullable() })
  .openapi('WahaProfile', {
    example: { id: '15550100009@c.us', name: 'Support', picture: null },
  });

const profileRows: readonly Row[] = [
  relayed({
    id: 'wahaGetProfile',
    method: 'get',
    path: '/{session}/profile',
    summary: 'Get the profile of the session’s number',
    to: operationOf(profile, 'getProfile'),
    params: Session,
    given: inQuery,
    reads: ProfileSchema,
    answer: [200, 'The profile.', WahaProfile],
    show: ({ id, name, pictureUrl: picture }) => ({ id, name, picture }),
  }),
  ...(
    [
      ['name', 'name', 'wahaSetProfileName', 'Change the name of the profile'],
      ['status', 'about', 'wahaSetProfileStatus', 'Change what the profile says'],
    ] as const
  ).map(([field, ours, id, summary]) =>
    relayed({
      id,
      method: 'put',
      path: `/{session}/profile/${field}`,
      summary,
      to: operationOf(profile, 'updateProfile'),
      params: Session,
      body: {
        schema: z.looseObject({ [field]: z.string() }),
        example: { [field]: 'At the desk' },
      },
      given: ({ params: { session: sessionId }, body }) => ({
        body: { sessionId, [ours]: body[field] },
        called: { [ours]: field },
      }),
      reads: z.unknown(),
      answer: done,
      show: nothing,
    }),
  ),
  relayed({
    id: 'wahaSetProfilePicture',
    method: 'put',
    path: '/{session}/profile/picture',
    summary: 'Set the picture of the profile',
    to: operationOf(profile, 'setProfilePicture'),
    params: Session,
    body: PICTURE_BODY,
    given: ({ params: { session: sessionId }, body: { file } }) => ({
      body: { sessionId, base64: file.data },
      called: PICTURE_CALLED,
    }),
    reads: z.unknown(),
    answer: done,
    show: nothing,
  }),
  relayed({
    id: 'wahaDeleteProfilePicture',
    method: 'delete',
    path: '/{session}/profile/picture',
    summary: 'Remove the picture of the profile',
    to: operationOf(profile, 'deleteProfilePicture'),
    params: Session,
    given: inQuery,
    reads: z.unknown(),
    answer: done,
    show: nothing,
  }),
];

const Capping = z
  .object({
    status: z.enum(['NONE', 'FIRST_WARNING', 'SECOND_WARNING', 'CAPPED']).nullable(),
    totalQuota: z.number().int().nullable(),
    usedQuota: z.number().int().nullable(),
    cycleStartsAt: z.string().nullable(),
    cycleEndsAt: z.string().nullable(),
  })
  .openapi('WahaCapping', {
    example: {
      status: 'FIRST_WARNING',
      totalQuota: 50,
      usedQuota: 40,
      cycleStartsAt: '2026-11-01T00:00:00.000Z',
      cycleEndsAt: '2026-12-01T00:00:00.000Z',
    },
  });
const CAPS = {
  none: 'NONE',
  first_warning: 'FIRST_WARNING',
  second_warning: 'SECOND_WARNING',
  capped: 'CAPPED',
} as const;

export const wahaAccount: readonly Row[] = [
  ...presence,
  ...profileRows,
  relayed({
    id: 'wahaGetCapping',
    method: 'get',
    path: '/sessions/{session}/capping',
    summary: 'Get WhatsApp’s cap on new chats',
    description: 'Null where WhatsApp Web does not report it.',
    to: operationOf(sessions, 'getSession'),
    params: Session,
    given: ({ params: { session: id } }) => ({ params: { id } }),
    reads: z.object({ limits: z.object({ whatsapp: z.union([WhatsAppLimits, z.null()]) }) }),
    answer: [200, 'The cap.', Capping],
    show: ({ limits: { whatsapp } }) => {
      const cap = whatsapp?.newChats ?? null;
      return {
        status: cap === null ? null : CAPS[cap.status],
        totalQuota: cap?.quota ?? null,
        usedQuota: cap?.used ?? null,
        cycleStartsAt: cap?.cycleStartsAt ?? null,
        cycleEndsAt: cap?.cycleEndsAt ?? null,
      };
    },
  }),
  relayed({
    id: 'wahaRejectCall',
    method: 'post',
    path: '/{session}/calls/reject',
    summary: 'Reject a call that rings',
    to: operationOf(calls, 'rejectCall'),
    params: Session,
    body: {
      schema: z.object({ id: z.string().max(200), from: z.string().max(200).nullish() }),
      example: { id: '0D1F6C9A2B7E4853', from: '15550100001@c.us' },
    },
    given: ({ params: { session: sessionId }, body: { id } }) => ({
      params: { id },
      body: { sessionId },
    }),
    reads: z.unknown(),
    answer: [201, 'WhatsApp was told.', Nothing],
    show: nothing,
  }),
];
