const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

/** A PNG of one pixel. */
export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A second of silence, as MP3: frames of 417 bytes with nothing in them. */
export const SONG = base64('\xff\xfb\x90\x44'.padEnd(417, '\0').repeat(38));

/** What makes a file an MP4, and nothing more. */
export const CLIP = base64('\0\0\0\x18ftypmp42\0\0\0\0mp42isom');

/** An empty page. */
export const PDF = base64(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
);

/** A second of a tone, as WAV. */
export function tone(): string {
  const samples = Buffer.alloc(16_000);
  for (let at = 0; at < 8_000; at += 1)
    samples.writeInt16LE(Math.round(9_000 * Math.sin(at / 3)), at * 2);
  const header = Buffer.from(`RIFF____WAVEfmt ${'_'.repeat(20)}data____`, 'latin1');
  header.writeUInt32LE(36 + samples.length, 4);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(16_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]).toString('base64');
}
