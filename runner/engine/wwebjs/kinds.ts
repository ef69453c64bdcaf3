import type { MessageKind, OutboundContent } from '../../../shared/catalogue/message-kinds.ts';
import type { LibraryClient, MessageMedia } from './library.ts';

/** What the library is asked to send: its body, and the options that go by kind. */
export type LibrarySend = {
  body: Parameters<LibraryClient['sendMessage']>[1];
  caption?: string | undefined;
  linkPreview?: boolean;
};

type Sender<Kind extends MessageKind> = (
  content: OutboundContent<Kind>,
  /** Reads the message's file into memory. @throws FileRefused */
  file: () => Promise<InstanceType<typeof MessageMedia>>,
) => LibrarySend | Promise<LibrarySend>;

/** How each kind of message is sent by whatsapp-web.js. A kind without a line here does not compile. */
const SENDERS: { readonly [Kind in MessageKind]: Sender<Kind> } = {
  text: ({ text, linkPreview }) => ({ body: text, linkPreview }),
  image: async ({ caption }, file) => ({ body: await file(), caption }),
};

export function librarySend<Kind extends MessageKind>(
  content: OutboundContent<Kind>,
  file: () => Promise<InstanceType<typeof MessageMedia>>,
): LibrarySend | Promise<LibrarySend> {
  const send: Sender<Kind> = SENDERS[content.type];
  return send(content, file);
}
