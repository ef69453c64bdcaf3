import type { ByteSource } from './byte-source.ts';

/** The file is of its type by its first bytes, but not one that a viewer can open. */
export class DamagedError extends Error {
  override name = 'DamagedError';
}

/** Whoever shows it needs four bytes for each pixel, however small the file is. */
export const MOST_PIXELS = 64_000_000;
export class TooManyPixelsError extends Error {
  override name = 'TooManyPixelsError';
}

const view = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

function require(condition: boolean, what: string): asserts condition {
  if (!condition) throw new DamagedError(what);
}

function checkSize(width: number, height: number): void {
  require(width > 0 && height > 0, 'it has no width or height');
  if (width * height > MOST_PIXELS) throw new TooManyPixelsError(`${width}×${height} pixels`);
}

/** More than any picture of 16 MB has: a file of tiny parts would cost a processor far more than its bytes. */
const MOST_PARTS = 200_000;

/** @returns what a format calls for each of its chunks, segments or blocks */
function partCounter(): () => void {
  let parts = 0;
  return () => {
    parts += 1;
    require(parts <= MOST_PARTS, 'it has too many parts');
  };
}

/** @see https://www.w3.org/TR/png-3/#5DataRep */
async function png(source: ByteSource): Promise<void> {
  await source.skip(8);
  const header = await source.take(8 + 13 + 4);
  require(text(header.subarray(4, 8)) === 'IHDR', 'its first chunk is not IHDR');
  checkSize(view(header).getUint32(8), view(header).getUint32(12));
  const countPart = partCounter();
  for (;;) {
    countPart();
    const chunk = await source.take(8);
    const type = text(chunk.subarray(4));
    require(/^[a-z]{4}$/i.test(type), 'a chunk has no valid type');
    await source.skip(view(chunk).getUint32(0) + 4);
    if (type === 'IEND') return;
  }
}

/** Markers without a segment: TEM, the restarts, and a stuffed zero inside compressed data. */
const isBare = (marker: number): boolean => marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd7);

/** Finds the code of the next marker with a segment. Compressed data is full of bare ones, and `ff` may be repeated as fill. */
function atMarker(): (bytes: Uint8Array) => number {
  let isAfterFf = false;
  return (bytes) => {
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === 0xff) isAfterFf = true;
      else if (isAfterFf && !isBare(byte)) return at;
      else isAfterFf = false;
    }
    return -1;
  };
}

const isFrame = (marker = 0): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf Annex B */
async function jpeg(source: ByteSource): Promise<void> {
  await source.skip(2);
  const countPart = partCounter();
  let [hasFrame, hasScan] = [false, false];
  for (;;) {
    await source.skipUntil(atMarker());
    const [marker] = await source.take(1);
    if (marker === 0xd9) break;
    countPart();
    const length = view(await source.take(2)).getUint16(0) - 2;
    require(length >= 0, 'a segment has no valid length');
    if (isFrame(marker)) {
      require(length >= 6, 'its frame header is too short');
      const frame = view(await source.take(length));
      checkSize(frame.getUint16(3), frame.getUint16(1));
      hasFrame = true;
    } else await source.skip(length);
    hasScan ||= marker === 0xda;
  }
  require(hasFrame && hasScan, 'it has no picture in it');
}

/** @see https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
async function gif(source: ByteSource): Promise<void> {
  const colours = (flags = 0): number => ((flags & 0x80) === 0 ? 0 : 3 << ((flags & 7) + 1));
  const countPart = partCounter();
  const skipBlocks = async (): Promise<void> => {
    for (let [size = 0] = await source.take(1); size > 0; [size = 0] = await source.take(1)) {
      countPart();
      await source.skip(size);
    }
  };
  const screen = await source.take(13);
  checkSize(view(screen).getUint16(6, true) || 1, view(screen).getUint16(8, true) || 1);
  await source.skip(colours(screen[10]));
  let frames = 0;
  for (;;) {
    const [block] = await source.take(1);
    if (block === 0x3b) break;
    countPart();
    require(block === 0x21 || block === 0x2c, 'a block has no valid type');
    if (block === 0x21) await source.skip(1);
    else {
      const frame = await source.take(9);
      checkSize(view(frame).getUint16(4, true), view(frame).getUint16(6, true));
      await source.skip(colours(frame[8]) + 1);
      frames += 1;
    }
    await skipBlocks();
  }
  require(frames > 0, 'it has no picture in it');
}

/** @see https://www.rfc-editor.org/rfc/rfc9649 */
async function webp(source: ByteSource): Promise<void> {
  const header = await source.take(21);
  const type = text(header.subarray(12, 16));
  let left = view(header).getUint32(4, true) + 8 - header.length;
  if (type === 'VP8 ') {
    const frame = await source.take(9);
    require(text(frame.subarray(2, 5)) === '\x9d\x01*', 'its first frame is no key frame');
    checkSize(view(frame).getUint16(5, true) & 0x3fff, view(frame).getUint16(7, true) & 0x3fff);
    left -= frame.length;
  } else if (type === 'VP8L') {
    require(header[20] === 0x2f, 'its lossless signature is missing');
    const packed = view(await source.take(4)).getUint32(0, true);
    checkSize((packed & 0x3fff) + 1, ((packed >> 14) & 0x3fff) + 1);
    left -= 4;
  } else {
    require(type === 'VP8X', 'its first chunk is none of VP8, VP8L and VP8X');
    const canvas = await source.take(9);
    const [width, height] = [view(canvas).getUint32(3, true), view(canvas).getUint32(5, true)];
    checkSize((width & 0xffffff) + 1, (height >>> 8) + 1);
    left -= canvas.length;
  }
  require(left >= 0, 'its length is too short for a picture');
  await source.skip(left);
}

/**
 * Reads a file of this type from its first byte to its end, whatever follows it.
 * @throws DamagedError for a header that no viewer can read; CutOffError when the end is missing
 */
export const WHOLE_IMAGE: Readonly<Record<string, (source: ByteSource) => Promise<void>>> = {
  'image/png': png,
  'image/jpeg': jpeg,
  'image/gif': gif,
  'image/webp': webp,
};
