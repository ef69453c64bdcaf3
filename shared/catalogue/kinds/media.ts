import { CHAT_SORTS, kind, LimitedText } from './kind.ts';
import { Mentions } from './written.ts';

/** The kinds with a file. */
export const MEDIA_KINDS = {
  image: kind({
    summary: 'Send an image by URL',
    description:
      'Fetches the image first, then queues it. Only a whole image is sent: as long as its server announced, with a header and an end. The file keeps the name in `Content-Disposition`, or else the last part of the path.',
    fields: { caption: LimitedText.optional(), mentions: Mentions },
    media: {
      mimetypes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
      limitBytes: 16 * 1024 * 1024,
      called: 'JPEG, PNG, GIF or WebP image',
      mismatch: 'not_an_image',
    },
    chats: CHAT_SORTS,
    example: { url: 'https://example.com/picture.jpg', caption: 'Look' },
  }),
};
