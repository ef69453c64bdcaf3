import { crc32 } from 'node:zlib';
import jsQR from 'jsqr';

type Chunk = { type: string; data: Uint8Array<ArrayBuffer> };

function* chunksOf(png: ArrayBuffer): Generator<Chunk> {
  const view = new DataView(png);
  for (let at = 8; at < png.byteLength;) {
    const length = view.getUint32(at);
    const typed = new Uint8Array(png, at + 4, length + 4);
    if (crc32(typed) !== view.getUint32(at + 8 + length)) throw new Error('bad CRC');
    yield { type: new TextDecoder().decode(typed.subarray(0, 4)), data: typed.slice(4) };
    at += length + 12;
  }
}

/** The text of the QR code in a one-bit greyscale PNG, read as a scanner would; throws for anything else. */
export async function readQrPng(png: ArrayBuffer): Promise<string | undefined> {
  const chunks = [...chunksOf(png)];
  const find = (type: string) => {
    const chunk = chunks.find((candidate) => candidate.type === type);
    if (chunk === undefined) throw new Error(`no ${type}`);
    return chunk.data;
  };
  const header = find('IHDR');
  const size = new DataView(header.buffer).getUint32(0);
  if (header.slice(8).join() !== '1,0,0,0,0') throw new Error('not one-bit greyscale');
  const inflating = new Blob([find('IDAT')])
    .stream()
    .pipeThrough(new DecompressionStream('deflate'));
  const lines = new Uint8Array(await new Response(inflating).arrayBuffer());
  const stride = Math.ceil(size / 8) + 1;
  if (lines.length !== stride * size) throw new Error('wrong number of pixels');
  const rgba = new Uint8ClampedArray(size * size * 4);
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1) {
      const byte = lines[y * stride + 1 + (x >> 3)] ?? 0;
      const light = (byte >> (7 - (x & 7))) & 1;
      rgba.fill(light * 255, (y * size + x) * 4, (y * size + x) * 4 + 3);
      rgba[(y * size + x) * 4 + 3] = 255;
    }
  return jsQR(rgba, size, size)?.data;
}
