import type { MEDIA_KINDS } from '../../shared/catalogue/kinds/media.ts';
import type { MessageKind } from '../../shared/catalogue/message-kinds.ts';
import type { Harness } from './harness.ts';

const FILES: Readonly<Record<keyof typeof MEDIA_KINDS, string>> = {
  image: '/pixel.png',
  video: '/clip.mp4',
  audio: '/song.mp3',
  voice: '/song.mp3',
  document: '/plan.pdf',
  sticker: '/pixel.png',
};

/** The `url` of a file of the kind, on the site that the harness has; nothing for a kind without a file. */
export const fileOf = (harness: Harness, kind: MessageKind): { url?: string } =>
  kind in FILES ? { url: `${harness.filesUrl}${FILES[kind as keyof typeof FILES]}` } : {};
