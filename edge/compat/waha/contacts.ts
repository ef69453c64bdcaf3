import { z } from '@hono/zod-openapi';
import { contacts } from '../../api/contacts.ts';
import {
  ContactIdsSchema,
  ContactSchema,
  ContactSummarySchema,
} from '../../api/contacts/schemas.ts';
import type { Row } from '../../api/operation.ts';
import { alias, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { wholeList } from '../pages.ts';
import { OfChat, Part, partOf } from './chats.ts';
import { refused, relayed } from './relayed.ts';
import { session } from './send-fields.ts';
import { Nothing, Session } from './session-view.ts';

const list = operationOf(contacts, 'listContacts');
const get = operationOf(contacts, 'getContact');
const ids = operationOf(contacts, 'getContactIds');

const WahaContact = z
  .object({
    id: z.string(),
    number: z.string().nullable(),
    name: z.string().nullable(),
    pushname: z.string().nullable(),
    isGroup: z.literal(false),
    isMyContact: z.boolean(),
    isBusiness: z.boolean(),
    isBlocked: z.boolean(),
  })
  .openapi('WahaContact', {
    example: {
      id: '15550100001@c.us',
      number: '15550100001',
      name: 'Ada',
      pushname: 'Ada',
      isGroup: false,
      isMyContact: true,
      isBusiness: false,
      isBlocked: false,
    },
  });
type Summary = z.output<typeof ContactSummarySchema>;

const show = (contact: Summary): z.input<typeof WahaContact> => ({
  id: contact.id,
  number: contact.phone,
  name: contact.name,
  pushname: contact.name,
  isGroup: false,
  isMyContact: contact.saved,
  isBusiness: contact.business,
  isBlocked: contact.blocked,
});

const ContactQuery = z.object({
  contactId: z.string().max(200).openapi({ example: '15550100001@c.us' }),
  session,
  refresh: z.string().optional(),
});
const asked = ({ query }: { query: z.output<typeof ContactQuery> }) => ({
  params: { id: query.contactId },
  query: { sessionId: query.session },
  called: { id: 'contactId' },
});

const Lid = z
  .object({ lid: z.string().nullable(), pn: z.string().nullable() })
  .openapi('WahaLid', { example: { lid: '90000000001@lid', pn: '15550100001@c.us' } });
const shownLid = ({ lid, phone }: z.output<typeof ContactIdsSchema>) => ({
  lid,
  pn: phone === null ? null : `${phone}@c.us`,
});

const ContactBody = z.object({ contactId: z.string().max(200), session });

const blocks: readonly Row[] = (
  [
    ['block', 'wahaBlockContact', 'Block a contact', 'blockContact'],
    ['unblock', 'wahaUnblockContact', 'Unblock a contact', 'unblockContact'],
  ] as const
).map(([path, id, summary, name]) =>
  relayed({
    id,
    method: 'post',
    path: `/contacts/${path}`,
    summary,
    to: operationOf(contacts, name),
    body: { schema: ContactBody, example: { contactId: '15550100001@c.us', session: 'default' } },
    given: ({ body: { contactId: chat, session: sessionId } }) => ({
      params: { id: chat },
      body: { sessionId },
      called: { id: 'contactId' },
    }),
    reads: z.unknown(),
    answer: [201, 'It is done.', Nothing],
    show: () => ({}),
  }),
);

export const wahaContacts: readonly Row[] = [
  alias({
    id: 'wahaListContacts',
    method: 'get',
    path: '/compat/waha/api/contacts/all',
    summary: 'List the contacts',
    calls: [list],
    query: Part.extend({ session, sortBy: z.string().optional() }),
    responses: { 200: json('Up to 1,000 contacts.', z.array(WahaContact)) },
    run: async ({ query }, c) => {
      const { session: sessionId } = query;
      const given = sessionId === undefined ? {} : { sessionId };
      const all = await wholeList(c, list, ContactSummarySchema, given);
      return c.json(partOf(all, query).map((one) => show(one)));
    },
  }),
  relayed({
    id: 'wahaGetContact',
    method: 'get',
    path: '/contacts',
    summary: 'Get a contact',
    to: get,
    query: ContactQuery,
    given: asked,
    reads: ContactSchema,
    answer: [200, 'The contact.', WahaContact],
    show,
  }),
  relayed({
    id: 'wahaGetAbout',
    method: 'get',
    path: '/contacts/about',
    summary: 'Get what a person says of themselves',
    to: get,
    query: ContactQuery,
    given: asked,
    reads: ContactSchema,
    answer: [
      200,
      'The text; null if it is hidden.',
      z
        .object({ about: z.string().nullable() })
        .openapi('WahaAbout', { example: { about: 'At the desk' } }),
    ],
    show: ({ about }) => ({ about }),
  }),
  relayed({
    id: 'wahaGetContactPicture',
    method: 'get',
    path: '/contacts/profile-picture',
    summary: 'Get the picture of a person',
    to: get,
    query: ContactQuery,
    given: asked,
    reads: ContactSchema,
    answer: [
      200,
      'Where WhatsApp keeps it, for some days; null if it is hidden.',
      z.object({ profilePictureURL: z.string().nullable() }).openapi('WahaProfilePicture', {
        example: { profilePictureURL: 'https://pps.whatsapp.net/v/picture.jpg' },
      }),
    ],
    show: ({ pictureUrl: profilePictureURL }) => ({ profilePictureURL }),
  }),
  ...blocks,
  refused(
    {
      id: 'wahaUpdateContact',
      method: 'put',
      path: '/{session}/contacts/{chatId}',
      summary: 'Change a contact of the address book',
      reason: 'The engine does not write the phone’s address book.',
      params: OfChat,
    },
    operationOf(contacts, 'blockContact'),
  ),
  alias({
    id: 'wahaListLids',
    method: 'get',
    path: '/compat/waha/api/{session}/lids',
    summary: 'List the LIDs of the contacts',
    calls: [list],
    params: Session,
    query: Part,
    responses: { 200: json('Those of up to 1,000 contacts.', z.array(Lid)) },
    run: async ({ params: { session: sessionId }, query }, c) => {
      const all = await wholeList(c, list, ContactSummarySchema, { sessionId });
      return c.json(
        partOf(
          all.filter(({ lid }) => lid !== null),
          query,
        ).map(shownLid),
      );
    },
  }),
  alias({
    id: 'wahaCountLids',
    method: 'get',
    path: '/compat/waha/api/{session}/lids/count',
    summary: 'Count the LIDs of the contacts',
    calls: [list],
    params: Session,
    responses: {
      200: json(
        'As many as the list has.',
        z.object({ count: z.number().int() }).openapi('WahaCount', { example: { count: 1 } }),
      ),
    },
    run: async ({ params: { session: sessionId } }, c) => {
      const all = await wholeList(c, list, ContactSummarySchema, { sessionId });
      return c.json({ count: all.filter(({ lid }) => lid !== null).length });
    },
  }),
  ...(
    [
      ['wahaGetLid', '/{session}/lids/{lid}', 'lid', 'Get the phone number of a LID'],
      ['wahaGetLidOfPhone', '/{session}/lids/pn/{phone}', 'phone', 'Get the LID of a phone number'],
    ] as const
  ).map(([id, path, name, summary]) =>
    relayed({
      id,
      method: 'get',
      path,
      summary,
      to: ids,
      params: Session.extend({
        [name]: z
          .string()
          .max(200)
          .openapi({ param: { name, in: 'path' }, example: '15550100001@c.us' }),
      }),
      given: ({ params: { session: sessionId, ...rest } }) => ({
        params: { id: fullLid(String(Object.values(rest)[0]), name) },
        query: { sessionId },
        called: { id: name },
      }),
      reads: ContactIdsSchema,
      answer: [200, 'Both; what WhatsApp hides is null.', Lid],
      show: shownLid,
    }),
  ),
];

/** WAHA takes a LID with or without its `@lid`. */
const fullLid = (written: string, name: 'lid' | 'phone'): string =>
  name === 'lid' && !written.includes('@') ? `${written}@lid` : written;
