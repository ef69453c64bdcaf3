import { z } from '@hono/zod-openapi';
import { AppError } from '../../../shared/errors.ts';
import { ContactSchema } from '../../api/contacts/schemas.ts';
import { contacts } from '../../api/contacts.ts';
import type { Row } from '../../api/operation.ts';
import { profile } from '../../api/profile.ts';
import { ProfileSchema } from '../../api/profile/schemas.ts';
import { status } from '../../api/status.ts';
import { jidOf } from '../../values/evolution/jids.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { to } from '../send-fields.ts';
import { BASE, CALLED, Instance, refused } from './route.ts';

const getContact = operationOf(contacts, 'getContact');
const getProfile = operationOf(profile, 'getProfile');
const update = operationOf(profile, 'updateProfile');
const setPicture = operationOf(profile, 'setProfilePicture');
const removePicture = operationOf(profile, 'deleteProfilePicture');
const listStatus = operationOf(status, 'listStatus');

const JID = '15550100001@s.whatsapp.net';
const NUMBER = { schema: z.object({ number: to }), example: { number: '15550100001' } };

export const Updated = z
  .object({ update: z.literal('success') })
  .openapi('EvolutionUpdated', { example: { update: 'success' } });
export const UPDATED = { update: 'success' } as const;

const PictureUrl = z
  .object({ wuid: z.string(), profilePictureUrl: z.string().nullable() })
  .openapi('EvolutionPictureUrl', { example: { wuid: JID, profilePictureUrl: null } });

const Profile = z
  .object({
    wuid: z.string(),
    name: z.string().nullable(),
    numberExists: z.literal(true),
    picture: z.string().nullable(),
    status: z.object({ status: z.string().nullable() }),
    isBusiness: z.boolean(),
  })
  .openapi('EvolutionProfile', {
    example: {
      wuid: JID,
      name: 'Ada',
      numberExists: true,
      picture: null,
      status: { status: 'At the desk' },
      isBusiness: false,
    },
  });

const StatusPost = z
  .object({
    key: z.object({ remoteJid: z.string(), fromMe: z.literal(true), id: z.string() }),
    messageTimestamp: z.number().int(),
    message: z.object({ conversation: z.string().nullable() }),
  })
  .openapi('EvolutionStatusPost', {
    example: {
      key: { remoteJid: 'status@broadcast', fromMe: true, id: '3EB0C431C26A1916E07A5D' },
      messageTimestamp: 1_795_255_200,
      message: { conversation: 'Open on Sunday' },
    },
  });
const OurPost = z.object({ wireId: z.string(), text: z.string().nullable(), postedAt: z.string() });

/** A picture comes as base64. @throws AppError NOT_SUPPORTED for an address */
export function pictureOf(written: string): string {
  if (!/^https?:\/\//i.test(written)) return written;
  throw new AppError('NOT_SUPPORTED', 'Send the picture as base64: Waypost does not fetch one.');
}

export const evolutionProfile: readonly Row[] = [
  alias({
    id: 'evolutionFetchPicture',
    method: 'post',
    path: `${BASE}/chat/fetchProfilePictureUrl/{instance}`,
    summary: 'Get where WhatsApp keeps the picture of a person',
    calls: [getContact],
    params: Instance,
    body: NUMBER,
    responses: { 200: json('The address; null where it is hidden.', PictureUrl) },
    run: async ({ params: { instance: sessionId }, body: { number } }, c) => {
      const own = await getContact.call(c, {
        params: { id: String(number) },
        query: { sessionId },
      });
      const { data } = await answerOf(own, ContactSchema);
      return c.json({ wuid: jidOf(data.id), profilePictureUrl: data.pictureUrl });
    },
  }),
  alias({
    id: 'evolutionFetchProfile',
    method: 'post',
    path: `${BASE}/chat/fetchProfile/{instance}`,
    summary: 'Get the profile of a person, or of the instance itself',
    calls: [getContact, getProfile],
    params: Instance,
    body: { schema: z.object({ number: to.nullish() }), example: NUMBER.example, optional: true },
    responses: { 200: json('The profile.', Profile) },
    run: async ({ params: { instance: sessionId }, body: { number } }, c) => {
      const shown = (one: z.output<typeof ProfileSchema>, isBusiness: boolean) =>
        c.json({
          wuid: jidOf(one.id),
          name: one.name,
          numberExists: true,
          picture: one.pictureUrl,
          status: { status: one.about },
          isBusiness,
        });
      if (number == null) {
        const own = await getProfile.call(c, { query: { sessionId } });
        return shown((await answerOf(own, ProfileSchema)).data, false);
      }
      const own = await getContact.call(c, {
        params: { id: String(number) },
        query: { sessionId },
      });
      const { data } = await answerOf(own, ContactSchema);
      return shown(data, data.business);
    },
  }),
  ...(
    [
      ['updateProfileName', 'evolutionUpdateName', 'name', 'name'],
      ['updateProfileStatus', 'evolutionUpdateAbout', 'status', 'about'],
    ] as const
  ).map(([path, id, field, ours]) =>
    alias({
      id,
      method: 'post',
      path: `${BASE}/chat/${path}/{instance}`,
      summary: `Change the ${ours === 'name' ? 'name' : 'about text'} of the profile`,
      calls: [update],
      params: Instance,
      body: { schema: z.object({ [field]: z.string() }), example: { [field]: 'At the desk' } },
      responses: { 200: json('It is changed.', Updated) },
      run: async ({ params: { instance: sessionId }, body }, c) => {
        const said = z.string().parse(Object(body)[field]);
        const called = { ...CALLED, [ours]: field };
        await update.call(c, { body: { sessionId, [ours]: said }, called });
        return c.json(UPDATED);
      },
    }),
  ),
  alias({
    id: 'evolutionUpdatePicture',
    method: 'post',
    path: `${BASE}/chat/updateProfilePicture/{instance}`,
    summary: 'Set the picture of the profile',
    description: 'A JPEG or PNG of 1 MiB at most, as base64. An address is 501.',
    calls: [setPicture],
    errors: ['NOT_SUPPORTED'],
    params: Instance,
    body: {
      schema: z.object({ picture: z.string() }),
      example: { picture: 'data:image/png;base64,iVBORw0KGgo=' },
    },
    responses: { 200: json('It is set.', Updated) },
    run: async ({ params: { instance: sessionId }, body: { picture } }, c) => {
      const called = { ...CALLED, base64: 'picture' };
      await setPicture.call(c, { body: { sessionId, base64: pictureOf(picture) }, called });
      return c.json(UPDATED);
    },
  }),
  alias({
    id: 'evolutionRemovePicture',
    method: 'delete',
    path: `${BASE}/chat/removeProfilePicture/{instance}`,
    summary: 'Remove the picture of the profile',
    calls: [removePicture],
    params: Instance,
    responses: { 200: json('It is removed.', Updated) },
    run: async ({ params: { instance: sessionId } }, c) => {
      await removePicture.call(c, { query: { sessionId } });
      return c.json(UPDATED);
    },
  }),
  alias({
    id: 'evolutionFindStatus',
    method: 'post',
    path: `${BASE}/chat/findStatusMessage/{instance}`,
    summary: 'List the instance’s own status posts',
    calls: [listStatus],
    params: Instance,
    body: { schema: z.object({ where: z.looseObject({}).nullish() }), example: {}, optional: true },
    responses: { 200: json('Those of the last day.', z.array(StatusPost)) },
    run: async ({ params: { instance: sessionId } }, c) => {
      const own = await listStatus.call(c, { query: { sessionId } });
      const { data } = await answerOf(own, z.array(OurPost));
      return c.json(
        data.map(({ wireId: id, text: conversation, postedAt }) => ({
          key: { remoteJid: 'status@broadcast', fromMe: true as const, id },
          messageTimestamp: Math.floor(Date.parse(postedAt) / 1_000),
          message: { conversation },
        })),
      );
    },
  }),
  refused({
    id: 'evolutionFetchBusinessProfile',
    method: 'post',
    path: 'chat/fetchBusinessProfile',
    summary: 'Get the business profile of a number',
    reason: 'The engine has no way to read the business profile of a number.',
    calls: getContact,
  }),
  refused({
    id: 'evolutionFetchPrivacy',
    method: 'get',
    path: 'chat/fetchPrivacySettings',
    summary: 'Get the privacy settings',
    reason: 'The engine has no way to read the privacy settings of the account.',
    calls: getProfile,
  }),
  refused({
    id: 'evolutionUpdatePrivacy',
    method: 'post',
    path: 'chat/updatePrivacySettings',
    summary: 'Change the privacy settings',
    reason:
      'The engine has no way to change the privacy settings of the account: set them on the phone.',
    calls: update,
  }),
];
