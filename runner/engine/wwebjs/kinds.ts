import type { MessageKind, OutboundContent } from '../../../shared/catalogue/message-kinds.ts';
import { Location, type MessageMedia, Poll } from './library.ts';
import { vcardOf } from './vcard.ts';

/** What the library is asked to send: a text or a file, and the options that go by kind. */
export type LibrarySend = {
  body: string | InstanceType<typeof MessageMedia>;
  caption?: string | undefined;
  linkPreview?: boolean;
  /** Options of the library's `sendMessage` on the page. */
  options?: Readonly<Record<string, unknown>>;
  /** Fields that the message itself gets in the end. */
  extra?: Readonly<Record<string, unknown>>;
};

type Sender<Kind extends MessageKind> = (
  content: OutboundContent<Kind>,
  /** Reads the message's file into memory. @throws FileRefused */
  file: () => Promise<InstanceType<typeof MessageMedia>>,
) => LibrarySend | Promise<LibrarySend>;

/** How each kind of message is sent by whatsapp-web.js. A kind without a line here does not compile. */
const SENDERS: { readonly [Kind in MessageKind]: Sender<Kind> } = {
  text: ({ text, linkPreview }) => ({ body: text, linkPreview }),
  location: ({ latitude, longitude, name = '', address = '' }) => ({
    body: '',
    options: { location: new Location(latitude, longitude, { name, address }) },
  }),
  // The library parses a card that it is given as a text, and sends the text itself if that fails.
  contact: ({ contacts }) => {
    const cards = contacts.map((card) => ({ displayName: card.name, vcard: vcardOf(card) }));
    const [only] = cards;
    if (only !== undefined && cards.length === 1)
      return { body: only.vcard, extra: { type: 'vcard', vcardFormattedName: only.displayName } };
    return { body: '', extra: { type: 'multi_vcard', vcardList: cards, body: null } };
  },
  poll: ({ name, options, allowMultiple }) => ({
    body: '',
    options: {
      poll: new Poll(name, options, {
        allowMultipleAnswers: allowMultiple,
        messageSecret: undefined,
      }),
    },
  }),
  image: async ({ caption }, file) => ({ body: await file(), caption }),
};

export async function librarySend<Kind extends MessageKind>(
  content: OutboundContent<Kind>,
  file: () => Promise<InstanceType<typeof MessageMedia>>,
): Promise<LibrarySend> {
  const sender: Sender<Kind> = SENDERS[content.type];
  const send = await sender(content, file);
  if (content.forwarded !== true) return send;
  return { ...send, extra: { ...send.extra, isForwarded: true, forwardingScore: 1 } };
}
