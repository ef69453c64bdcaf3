import { createHash, randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { incomingSchema } from '../control-fields.ts';
import { SandboxError } from '../world/errors.ts';
import { storeMedia } from '../world/media.ts';
import { seconds } from '../world/world.ts';
import type { World } from '../world/world.ts';

export type Incoming = z.output<typeof incomingSchema>;

const mediaKinds: Record<string, { type: string; mimetype: string }> = {
  image: { type: 'image', mimetype: 'image/jpeg' },
  video: { type: 'video', mimetype: 'video/mp4' },
  audio: { type: 'audio', mimetype: 'audio/mpeg' },
  voice: { type: 'ptt', mimetype: 'audio/ogg; codecs=opus' },
  document: { type: 'document', mimetype: 'application/octet-stream' },
  sticker: { type: 'sticker', mimetype: 'image/webp' },
};

/** Of a message with a file; null for the other types. */
export async function mediaContent(
  world: World,
  input: Incoming,
): Promise<Record<string, unknown> | null> {
  const kind = mediaKinds[input.type];
  if (kind === undefined) return null;
  if (input.mediaBase64 === undefined) {
    throw new SandboxError(400, 'BAD_REQUEST', `a ${input.type} needs mediaBase64`);
  }
  const data = Buffer.from(input.mediaBase64, 'base64');
  const stored = await storeMedia(world, data, input.mimetype ?? kind.mimetype);
  return {
    type: kind.type,
    directPath: stored.path,
    mimetype: stored.mimetype,
    filename: input.filename,
    caption: input.caption ?? (kind.type === 'document' ? input.filename : undefined),
    size: stored.size,
    filehash: stored.sha256,
    encFilehash: createHash('sha256').update(stored.sha256).digest('base64'),
    mediaKey: randomBytes(32).toString('base64'),
    mediaKeyTimestamp: seconds(world.now()),
  };
}

/** Of a message without a file. */
export function plainContent(input: Incoming): Record<string, unknown> {
  switch (input.type) {
    case 'location':
      return {
        type: 'location',
        lat: input.latitude ?? 0,
        lng: input.longitude ?? 0,
        loc: input.body,
      };
    case 'contact':
      return { type: 'vcard', body: input.vcard ?? input.body };
    case 'poll':
      return {
        type: 'poll_creation',
        pollName: input.body ?? 'Poll',
        pollOptions: (input.pollOptions ?? []).map((name, localId) => ({ name, localId })),
        pollSelectableOptionsCount: input.pollMultiple ? 0 : 1,
      };
    case 'ciphertext':
      return { type: 'ciphertext', ...(input.body === undefined ? {} : { sealed: input.body }) };
    case 'text':
      return { type: 'chat', body: input.body ?? '' };
    case 'image':
    case 'video':
    case 'audio':
    case 'voice':
    case 'document':
    case 'sticker':
      throw new Error(`mediaContent answers for a ${input.type}`);
  }
}
