import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { messages } from '../../api/messages.ts';
import type { Row } from '../../api/operation.ts';
import type { AppEnv } from '../../context.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { InGroup, ours, PEOPLE, people, shownAs } from './group-fields.ts';
import { GROUP_JID } from './group-view.ts';
import { BASE, CALLED, Instance } from './route.ts';

const sendText = operationOf(messages, 'sendText');

const Invite = shownAs(
  'EvolutionInvite',
  { inviteUrl: z.string(), inviteCode: z.string() },
  {
    inviteUrl: 'https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv',
    inviteCode: 'AbCdEfGhIjKlMnOpQrStUv',
  },
);
const OurInvite = z.object({ code: z.string(), link: z.string() });
const inviteOf = async (c: Context<AppEnv>, sessionId: string, id: string) => {
  const own = await ours('getGroupInvite').call(c, { params: { id }, query: { sessionId } });
  c.header('cache-control', 'no-store');
  return (await answerOf(own, OurInvite)).data;
};

const CodeQuery = z.object({
  inviteCode: z.string().max(200).openapi({ example: 'AbCdEfGhIjKlMnOpQrStUv' }),
});

/** Invite links of groups. */
export const groupInvites: readonly Row[] = [
  alias({
    id: 'evolutionInviteCode',
    method: 'get',
    path: `${BASE}/group/inviteCode/{instance}`,
    summary: 'Get the invite link of a group',
    calls: [ours('getGroupInvite')],
    params: Instance,
    query: InGroup,
    responses: { 200: json('The link.', Invite) },
    run: async ({ params: { instance }, query: { groupJid } }, c) => {
      const { code: inviteCode, link: inviteUrl } = await inviteOf(c, instance, groupJid);
      return c.json({ inviteUrl, inviteCode });
    },
  }),
  alias({
    id: 'evolutionRevokeInvite',
    method: 'post',
    path: `${BASE}/group/revokeInviteCode/{instance}`,
    summary: 'Replace the invite link of a group',
    calls: [ours('revokeGroupInvite')],
    params: Instance,
    query: InGroup,
    responses: {
      201: json(
        'The new link.',
        shownAs(
          'EvolutionRevoked',
          { revoked: z.literal(true), inviteCode: z.string() },
          { revoked: true, inviteCode: 'AbCdEfGhIjKlMnOpQrStUv' },
        ),
      ),
    },
    run: async ({ params: { instance: sessionId }, query: { groupJid: id } }, c) => {
      const own = await ours('revokeGroupInvite').call(c, { params: { id }, query: { sessionId } });
      c.header('cache-control', 'no-store');
      return c.json({ revoked: true, inviteCode: (await answerOf(own, OurInvite)).data.code }, 201);
    },
  }),
  alias({
    id: 'evolutionInviteInfo',
    method: 'get',
    path: `${BASE}/group/inviteInfo/{instance}`,
    summary: 'Get the group that an invite link leads to',
    calls: [ours('previewGroup')],
    params: Instance,
    query: CodeQuery,
    responses: {
      200: json(
        'The group.',
        shownAs(
          'EvolutionInvitedTo',
          {
            id: z.string(),
            subject: z.string(),
            desc: z.string().nullable(),
            size: z.number().int().nullable(),
          },
          { id: GROUP_JID, subject: 'Book club', desc: null, size: 1 },
        ),
      ),
    },
    run: async ({ params: { instance: sessionId }, query: { inviteCode: invite } }, c) => {
      const given = { body: { sessionId, invite }, called: { ...CALLED, invite: 'inviteCode' } };
      const own = await ours('previewGroup').call(c, given);
      const { data } = await answerOf(
        own,
        z.object({
          id: z.string(),
          subject: z.string(),
          description: z.string().nullable(),
          memberCount: z.number().nullable(),
        }),
      );
      const { id, subject, description: desc, memberCount: size } = data;
      return c.json({ id, subject, desc, size });
    },
  }),
  alias({
    id: 'evolutionAcceptInvite',
    method: 'get',
    path: `${BASE}/group/acceptInviteCode/{instance}`,
    summary: 'Join a group by its invite link',
    calls: [ours('joinGroup')],
    params: Instance,
    query: CodeQuery,
    responses: {
      200: json(
        'The group.',
        shownAs(
          'EvolutionJoined',
          {
            accepted: z.boolean().describe('False until an admin approves.'),
            groupJid: z.string(),
          },
          { accepted: true, groupJid: GROUP_JID },
        ),
      ),
    },
    run: async ({ params: { instance: sessionId }, query: { inviteCode: invite } }, c) => {
      const given = { body: { sessionId, invite }, called: { ...CALLED, invite: 'inviteCode' } };
      const own = await ours('joinGroup').call(c, given);
      const { data } = await answerOf(own, z.object({ id: z.string(), status: z.string() }));
      return c.json({ accepted: data.status !== 'requested', groupJid: data.id });
    },
  }),
  alias({
    id: 'evolutionSendInvite',
    method: 'post',
    path: `${BASE}/group/sendInvite/{instance}`,
    summary: 'Send the invite link of a group to people',
    description: 'Each gets a text with the link.',
    calls: [ours('getGroupInvite'), sendText],
    params: Instance,
    body: {
      schema: z.object({
        groupJid: InGroup.shape.groupJid,
        description: z.string().max(1_000).nullish(),
        numbers: people,
      }),
      example: { groupJid: GROUP_JID, description: 'Join us', numbers: PEOPLE },
    },
    responses: {
      200: json(
        'The texts are queued.',
        shownAs(
          'EvolutionSentInvite',
          { send: z.literal(true), inviteUrl: z.string() },
          { send: true, inviteUrl: 'https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv' },
        ),
      ),
    },
    run: async ({ params: { instance: sessionId }, body }, c) => {
      const { link: inviteUrl } = await inviteOf(c, sessionId, body.groupJid);
      const text = [body.description ?? '', inviteUrl].filter((line) => line !== '').join('\n\n');
      const called = { ...CALLED, to: 'numbers' };
      for (const to of body.numbers)
        await sendText.call(c, { body: { sessionId, to, text }, called });
      return c.json({ send: true, inviteUrl });
    },
  }),
];
