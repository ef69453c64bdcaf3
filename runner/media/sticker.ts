import { readFile, stat } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import { type Ffmpeg, type MediaSource, words } from './ffmpeg.ts';

const SIDE = 512;
const WEBP = 'image/webp';
/** What WhatsApp takes of a still sticker and of an animated one. */
const LIMITS = { still: 100 * 1024, animated: 500 * 1024 };
const QUALITIES = [80, 50, 20];
/** The picture whole, in the middle of a transparent ground. */
const FRAME = `scale=${SIDE}:${SIDE}:force_original_aspect_ratio=decrease:flags=lanczos,format=rgba,pad=${SIDE}:${SIDE}:-1:-1:color=0x00000000`;

/**
 * Makes a sticker: a WebP of 512×512, the picture whole and centred on a transparent ground; a GIF stays animated, for 10 s at
 * most. A WebP that is a sticker already stays as it is.
 * @param target path for a new file
 * @throws AppError MEDIA_REJECTED for a picture that makes too large a sticker, or as `ffmpeg` does
 */
export async function makeSticker(
  ffmpeg: Ffmpeg,
  source: MediaSource,
  target: string,
): Promise<MediaSource> {
  const webp = source.mimetype === WEBP ? readWebp(await readFile(source.path)) : null;
  const isAnimated = webp?.isAnimated ?? source.mimetype === 'image/gif';
  const limit = isAnimated ? LIMITS.animated : LIMITS.still;
  if (webp?.width === SIDE && webp.height === SIDE && (await stat(source.path)).size <= limit)
    return source;
  if (webp?.isAnimated === true)
    throw new AppError(
      'MEDIA_REJECTED',
      `An animated WebP must have ${SIDE}×${SIDE} pixels and at most ${limit} bytes; a GIF is converted.`,
    );
  const [filter, coder] = isAnimated
    ? [`-vf fps=12,${FRAME} -t 10`, 'libwebp_anim']
    : [`-vf ${FRAME} -frames:v 1`, 'libwebp'];
  for (const quality of QUALITIES) {
    const options = words(`${filter} -c:v ${coder} -quality ${quality} -loop 0 -an -f webp`);
    await ffmpeg(source, [...options, `file:${target}`]);
    if ((await stat(target)).size <= limit) return { path: target, mimetype: WEBP };
  }
  throw new AppError('MEDIA_REJECTED', `The sticker would have more than ${limit} bytes.`);
}

/** @see https://www.rfc-editor.org/rfc/rfc9649#section-2.7 */
function readWebp(bytes: Buffer): { isAnimated: boolean; width: number; height: number } | null {
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8X':
      return {
        isAnimated: ((bytes[20] ?? 0) & 2) !== 0,
        width: bytes.readUIntLE(24, 3) + 1,
        height: bytes.readUIntLE(27, 3) + 1,
      };
    case 'VP8L': {
      const packed = bytes.readUInt32LE(21);
      return {
        isAnimated: false,
        width: (packed & 0x3fff) + 1,
        height: ((packed >> 14) & 0x3fff) + 1,
      };
    }
    case 'VP8 ':
      return {
        isAnimated: false,
        width: bytes.readUInt16LE(26) & 0x3fff,
        height: bytes.readUInt16LE(28) & 0x3fff,
      };
    default:
      return null;
  }
}
