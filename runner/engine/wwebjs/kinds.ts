import type { MessageKind, OutboundContent } from '../../../shared/catalogue/message-kinds.ts';
import { Location, Poll } from './library.ts';
import type { OutboundFile } from './outbound-file.ts';
import { vcardOf } from './vcard.ts';

/** What the library is asked to send, and the options that go by kind. */
export type LibrarySend = {
  body: string;
  file?: OutboundFile;
  /** A type of video that the browser has to play. */
  video?: string | null;
  linkPreview?: boolean;
  /** Options of the library's `sendMessage` on the page. */
  options?: Readonly<Record<string, unknown>>;
  /** Fields that the message itself gets in the end. */
  extra?: Readonly<Record<string, unknown>>;
};

/** WhatsApp plays no other. */
export const PLAYED_VIDEO = 'video/mp4; codecs="avc1.42E01E, mp4a.40.2"';

type Sender<Kind extends MessageKind> = (
  content: OutboundContent<Kind>,
  /** The message's file. @throws FileRefused */
  file: () => Promise<OutboundFile>,
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
  image: async ({ caption, viewOnce }, file) => ({
    body: '',
    file: await file(),
    options: { caption, isViewOnce: viewOnce },
  }),
  video: async ({ caption, asGif, asDocument, viewOnce }, file) => ({
    body: '',
    file: await file(),
    video: asDocument ? null : PLAYED_VIDEO,
    options: {
      caption,
      isViewOnce: viewOnce,
      sendVideoAsGif: asGif,
      sendMediaAsDocument: asDocument,
    },
  }),
  audio: async (_, file) => ({ body: '', file: await file() }),
  voice: async ({ viewOnce }, file) => ({
    body: '',
    file: await file(),
    options: { sendAudioAsVoice: true, isViewOnce: viewOnce },
  }),
  document: async ({ caption }, file) => ({
    body: '',
    file: await file(),
    options: { caption, sendMediaAsDocument: true },
  }),
  sticker: async (_, file) => ({
    body: '',
    file: await file(),
    options: { sendMediaAsSticker: true },
    // The library leaves the type out.
    extra: { mimetype: 'image/webp' },
  }),
};

export async function librarySend<Kind extends MessageKind>(
  content: OutboundContent<Kind>,
  file: () => Promise<OutboundFile>,
): Promise<LibrarySend> {
  const sender: Sender<Kind> = SENDERS[content.type];
  const send = await sender(content, file);
  if (content.forwarded !== true) return send;
  return { ...send, extra: { ...send.extra, isForwarded: true, forwardingScore: 1 } };
}
