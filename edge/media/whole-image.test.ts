import { describe, expect, test } from 'vitest';
import { ByteSource, CutOffError } from './byte-source.ts';
import { sniffMimetype } from './sniff-mimetype.ts';
import { DamagedError, TooManyPixelsError, WHOLE_IMAGE } from './whole-image.ts';

/** Pictures of three by two pixels, as libvips writes them. */
const PICTURES = {
  PNG: 'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAMAAACqqpYoAAAAA1BMVEXMMzN0dFbYAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAC0lEQVQImWNggAAAAAgAAa9T6iIAAAAASUVORK5CYII=',
  JPEG: '/9j/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H////6/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/wAARCAACAAMDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAwT/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCIAlz/2Q==',
  'progressive JPEG':
    '/9j/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H////6/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/wgARCAACAAMDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAL/xAAVAQEBAAAAAAAAAAAAAAAAAAACA//aAAwDAQACEAMQAAABgC//xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAEFAn//xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oACAEDAQE/AX//xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oACAECAQE/AX//xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAY/An//xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAE/IX//2gAMAwEAAgADAAAAEAv/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oACAEDAQE/EH//xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oACAECAQE/EH//xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAE/EH//2Q==',
  GIF: 'R0lGODlhAwACAIAAAExpccwzMyH5BAUAAAAALAAAAAADAAIAAAICjF8AOw==',
  'lossy WebP': 'UklGRi4AAABXRUJQVlA4ICIAAABwAQCdASoDAAIADMDOJaACdAFAAAD+y7XJ+l71rz9yNLAA',
  'lossless WebP': 'UklGRh4AAABXRUJQVlA4TBEAAAAvAkAAAAfQmTJ3pv+BiOh/AAA=',
  'WebP with transparency':
    'UklGRkYAAABXRUJQVlA4WAoAAAAQAAAAAgAAAQAAQUxQSAcAAAAAZmZmZmZmAFZQOCAYAAAAMAEAnQEqAwACAAzAziWkAANwAP7sHYAA',
};

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

/** Reads it as it would come over the network, `size` bytes at a time; null when it is whole, or else why not. */
async function faultOf(bytes: Uint8Array, size: number): Promise<unknown> {
  let at = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += size)));
    },
  });
  let passed = 0;
  const source = new ByteSource(stream, AbortSignal.timeout(10_000), (chunk) => {
    passed += chunk.length;
    return Promise.resolve();
  });
  try {
    await WHOLE_IMAGE[sniffMimetype(bytes) ?? '']?.(source);
    await source.drain();
    expect(passed).toBe(bytes.length);
    return null;
  } catch (error) {
    return error;
  }
}

describe.each(Object.entries(PICTURES))('a %s', (_, base64) => {
  const whole = bytesOf(base64);

  test.each([1, 7, 4096])('is whole, in chunks of %s', async (size) => {
    expect(await faultOf(whole, size)).toBeNull();
  });

  test('is whole with something behind it', async () => {
    expect(await faultOf(Uint8Array.of(...whole, 0, 0, 0xff), 7)).toBeNull();
  });

  test('is cut off wherever it ends before its end', async () => {
    for (let length = 14; length < whole.length; length += 1) {
      const fault = await faultOf(whole.slice(0, length), 4096);
      expect(fault, `${length} of ${whole.length}`).toBeInstanceOf(CutOffError);
    }
  });
});

const changed = (name: keyof typeof PICTURES, at: number, ...values: number[]) => {
  const bytes = bytesOf(PICTURES[name]);
  bytes.set(values, at);
  return bytes;
};

const repeated = (part: number[], times: number): Uint8Array =>
  new Uint8Array(part.length * times).map((_, at) => part[at % part.length] ?? 0);
const joined = (...parts: Uint8Array[]): Uint8Array =>
  new Uint8Array(parts.flatMap((part) => [...part]));

test.each([
  [
    'PNG',
    joined(
      bytesOf(PICTURES.PNG).slice(0, 33),
      repeated([0, 0, 0, 0, 0x61, 0x61, 0x61, 0x61, 0, 0, 0, 0], 200_001),
    ),
  ],
  ['JPEG', joined(Uint8Array.of(0xff, 0xd8), repeated([0xff, 0xc4, 0, 2], 200_001))],
  [
    'GIF',
    joined(
      bytesOf(PICTURES.GIF).slice(0, 19),
      Uint8Array.of(0x21, 0xfe),
      repeated([1, 0], 200_001),
    ),
  ],
  [
    'GIF of extensions',
    joined(bytesOf(PICTURES.GIF).slice(0, 19), repeated([0x21, 0xfe, 0], 200_001)),
  ],
])('a %s of countless tiny parts is refused', async (_, bytes) => {
  expect(await faultOf(bytes, 65_536)).toMatchObject({ message: 'it has too many parts' });
});

test('a JPEG may be full of fill, stuffed zeros and restarts', async () => {
  const scan = Uint8Array.of(...bytesOf(PICTURES.JPEG).slice(0, -2));
  const many = joined(repeated([0xff], 1_000_000), repeated([0xff, 0, 0xff, 0xd0], 1_000_000));
  expect(await faultOf(joined(scan, many, Uint8Array.of(0xff, 0xd9)), 65_536)).toBeNull();
});

test.each([
  ['a PNG without IHDR', changed('PNG', 12, 0x49, 0x44, 0x41, 0x54)],
  ['a PNG without a width', changed('PNG', 16, 0, 0, 0, 0)],
  ['a PNG with noise for a chunk', changed('PNG', 33, 1, 2, 3, 4, 5, 6, 7, 8)],
  ['a JPEG that ends at once', Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)],
  ['a JPEG with a segment of no length', changed('JPEG', 4, 0, 1)],
  ['a GIF without a picture', Uint8Array.of(...bytesOf(PICTURES.GIF).slice(0, 19), 0x3b)],
  ['a GIF with noise for a block', changed('GIF', 19, 0x99)],
  ['a WebP of an unknown kind', changed('lossy WebP', 14, 0x39)],
  ['a WebP whose first frame is none', changed('lossy WebP', 23, 0)],
  ['a WebP that says it has no content', changed('lossy WebP', 4, 4, 0, 0, 0)],
])('%s is damaged', async (_, bytes) => {
  expect(await faultOf(bytes, 4096)).toBeInstanceOf(DamagedError);
});

// 20,000 × 20,000 pixels, which a few KB of a file can hold.
test.each([
  ['PNG', changed('PNG', 16, 0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20)],
  ['JPEG', changed('JPEG', 145, 0x4e, 0x20, 0x4e, 0x20)],
  ['GIF', changed('GIF', 6, 0x20, 0x4e, 0x20, 0x4e)],
  ['lossy WebP', changed('lossy WebP', 26, 0xff, 0x3f, 0xff, 0x3f)],
  ['lossless WebP', changed('lossless WebP', 21, 0xff, 0xff, 0xff, 0x0f)],
  ['WebP with transparency', changed('WebP with transparency', 24, 0x1f, 0x4e, 0, 0x1f, 0x4e, 0)],
])('a %s of too many pixels is refused', async (_, bytes) => {
  expect(await faultOf(bytes, 4096)).toBeInstanceOf(TooManyPixelsError);
});
