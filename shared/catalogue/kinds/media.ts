import { EXAMPLE_FILES } from './example-files.ts';
import { z } from 'zod';
import { CHAT_SORTS, kind, LimitedText } from './kind.ts';
import { Mentions } from './written.ts';

const MEBIBYTE = 1024 * 1024;

const Caption = LimitedText.optional();
const ViewOnce = z.boolean().optional().meta({ description: 'The recipient can open it once.' });

/** Types that a voice message can be made of. */
const SOUNDS = [
  'audio/mpeg',
  'audio/mp4',
  'audio/x-m4a',
  'audio/aac',
  'audio/amr',
  'audio/ogg',
  'audio/ogg; codecs=opus',
];

/** The kinds with a file. */
export const MEDIA_KINDS = {
  image: kind({
    summary: 'Send an image by URL',
    description:
      'Fetches the image first, then queues it. Only a whole image is sent: as long as its server announced, with a header and an end. The file keeps the name in `Content-Disposition`, or else the last part of the path.',
    fields: { caption: Caption, mentions: Mentions, viewOnce: ViewOnce },
    media: {
      mimetypes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
      limitBytes: 16 * MEBIBYTE,
      isNamed: false,
      called: 'JPEG, PNG, GIF or WebP image',
      mismatch: 'not_an_image',
    },
    chats: CHAT_SORTS,
    example: { base64: EXAMPLE_FILES.picture, caption: 'Look' },
  }),
  document: kind({
    summary: 'Send a document by URL',
    description:
      'Fetches a file of any type first, then queues it. Its type is found by its content, or else by the ending of its name. A file that is not what its name says is refused: a page with an error message, for example, instead of a PDF.',
    fields: { caption: Caption, mentions: Mentions },
    media: {
      mimetypes: null,
      limitBytes: 64 * MEBIBYTE,
      isNamed: true,
      called: 'file of any type',
      mismatch: 'type_mismatch',
    },
    chats: ['person', 'group'],
    example: { base64: EXAMPLE_FILES.text, filename: 'Hello.txt' },
  }),
  video: kind({
    summary: 'Send a video by URL',
    description:
      'Fetches the video first, then queues it. WhatsApp plays H.264 with AAC; a browser without H.264 cannot send one, and the message then fails as `MEDIA_REJECTED`. With `asDocument` no browser has to play it.',
    fields: {
      caption: Caption,
      mentions: Mentions,
      asGif: z.boolean().default(false).meta({ description: 'It plays by itself, without sound.' }),
      asNote: z.boolean().optional().meta({
        description: 'It is a round video note. An engine that has none answers `NOT_SUPPORTED`.',
      }),
      asDocument: z.boolean().default(false).meta({ description: 'It is sent as a file.' }),
      viewOnce: ViewOnce,
    },
    media: {
      mimetypes: ['video/mp4', 'video/3gpp', 'video/quicktime'],
      limitBytes: 64 * MEBIBYTE,
      isNamed: true,
      called: 'MP4, 3GP or MOV video',
      mismatch: 'not_a_video',
    },
    chats: CHAT_SORTS,
    example: { base64: EXAMPLE_FILES.clip, caption: 'Look' },
  }),
  audio: kind({
    summary: 'Send an audio file by URL',
    description:
      'Fetches the file first, then queues it. It is shown as a piece of music is; `voice` is a voice message.',
    fields: {},
    media: {
      mimetypes: SOUNDS,
      limitBytes: 16 * MEBIBYTE,
      isNamed: true,
      called: 'MP3, M4A, AAC, AMR or Ogg file',
      mismatch: 'not_an_audio',
    },
    chats: ['person', 'group'],
    example: { base64: EXAMPLE_FILES.song, filename: 'song.mp3' },
  }),
  voice: kind({
    summary: 'Send a voice message by URL',
    description:
      'Fetches the recording first, then queues it. It is sent as Ogg with Opus, mono, with its duration and waveform; anything else is converted. A file without sound fails as `MEDIA_REJECTED`.',
    fields: { viewOnce: ViewOnce },
    media: {
      mimetypes: [...SOUNDS, 'audio/wav', 'audio/flac', 'video/webm', 'video/mp4'],
      limitBytes: 16 * MEBIBYTE,
      isNamed: false,
      called: 'recording (MP3, M4A, AAC, AMR, Ogg, WAV, FLAC, WebM or MP4)',
      mismatch: 'not_an_audio',
    },
    chats: ['person', 'group'],
    example: { base64: EXAMPLE_FILES.speech },
  }),
  sticker: kind({
    summary: 'Send a sticker by URL',
    description:
      'Fetches a picture first, then queues it. It becomes a WebP of 512×512 pixels, with a transparent ground around it; a GIF stays animated. An animated WebP must be such a sticker already.',
    fields: {},
    media: {
      mimetypes: ['image/png', 'image/jpeg', 'image/webp', 'image/gif'],
      limitBytes: 16 * MEBIBYTE,
      isNamed: false,
      called: 'PNG, JPEG, WebP or GIF image',
      mismatch: 'not_an_image',
    },
    chats: ['person', 'group'],
    example: { base64: EXAMPLE_FILES.picture },
  }),
};
