import { z } from 'zod';
import { CHAT_SORTS, isVisible, kind, LimitedText, Line, ShortText, TEXT_LIMIT } from './kind.ts';
import { Mentions, PhoneText } from './written.ts';

const MAX_OPTIONS = 12;
const MAX_CARDS = 50;

const Card = z
  .strictObject({
    name: ShortText(200).meta({ description: 'The full name.' }),
    phones: z.array(PhoneText).min(1).max(5),
    emails: z.array(z.email().max(200)).max(5).optional(),
    organization: ShortText(200).optional(),
    title: ShortText(200).optional().meta({ description: 'The job title.' }),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .optional(),
  })
  .meta({ id: 'ContactCard' });
export type ContactCard = z.output<typeof Card>;

/** The kinds without a file. */
export const PLAIN_KINDS = {
  text: kind({
    summary: 'Send a text',
    description: `Queues a text of up to ${TEXT_LIMIT} characters. A session sends its messages in order.`,
    fields: {
      text: LimitedText.refine(isVisible, 'must not be empty'),
      linkPreview: z.boolean().default(true),
      mentions: Mentions,
    },
    media: null,
    chats: CHAT_SORTS,
    example: { text: 'Hello from Waypost' },
  }),
  location: kind({
    summary: 'Send a location',
    description: 'Queues a place on the map, with its name and address if you give them.',
    fields: {
      latitude: z.number().min(-90).max(90).meta({ description: 'In degrees, north is positive.' }),
      longitude: z
        .number()
        .min(-180)
        .max(180)
        .meta({ description: 'In degrees, east is positive.' }),
      name: Line(1_000).optional().meta({ description: 'The name of the place.' }),
      address: ShortText(1_000).optional().meta({ description: 'Shown below the name.' }),
    },
    media: null,
    chats: ['person', 'group'],
    example: {
      latitude: 52.5163,
      longitude: 13.3777,
      name: 'Brandenburg Gate',
      address: 'Pariser Platz, 10117 Berlin',
    },
  }),
  contact: kind({
    summary: 'Send contact cards',
    description: `Queues one message with up to ${MAX_CARDS} contact cards. A phone number on WhatsApp can be written to from its card.`,
    fields: { contacts: z.array(Card).min(1).max(MAX_CARDS) },
    media: null,
    chats: ['person', 'group'],
    example: {
      contacts: [
        { name: 'Ada Lovelace', phones: ['+15550100002'], organization: 'Analytical Engines' },
      ],
    },
  }),
  poll: kind({
    summary: 'Send a poll',
    description: `Queues a poll with 2 to ${MAX_OPTIONS} different options. Each vote is a \`message.poll_vote\` event.`,
    fields: {
      name: ShortText(255).meta({ description: 'The question.' }),
      options: z
        .array(Line(100))
        .min(2)
        .max(MAX_OPTIONS)
        .refine((options) => new Set(options).size === options.length, 'must differ')
        .meta({ uniqueItems: true }),
      allowMultiple: z
        .boolean()
        .default(false)
        .meta({ description: 'Whether one person can vote for several options.' }),
    },
    media: null,
    chats: CHAT_SORTS,
    example: { name: 'Lunch?', options: ['Pizza', 'Salad'], allowMultiple: true },
  }),
};
