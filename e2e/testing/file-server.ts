import { createServer } from 'node:http';
import { PDF, SONG } from './sample-files.ts';

/** A 5×5 PNG, 85 bytes. */
export const RED_DOT_BASE64 =
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==';

const TYPES: Readonly<Record<string, string>> = { '.mp3': 'audio/mpeg', '.pdf': 'application/pdf' };
const LARGE_BYTES = 16 * 1024 * 1024;
const HUGE_BYTES = 17 * 1024 * 1024;

export type FileServer = {
  host: string;
  url: (file: string) => string;
  close: () => Promise<void>;
};

/** Somebody's web server: `dot.png` is an image, `song.mp3` a second of silence, `plan.pdf` an empty page, `page.png` is HTML, `huge.png` is 17 MiB, `large.png` the
 * largest image that may be sent, all else is missing. */
export async function startFileServer(): Promise<FileServer> {
  const png = Buffer.from(RED_DOT_BASE64, 'base64');
  const bodies: Record<string, () => Buffer> = {
    '/dot.png': () => png,
    '/page.png': () => Buffer.from('<html><body>not an image</body></html>'),
    '/large.png': () => Buffer.concat([png, Buffer.alloc(LARGE_BYTES - png.length)]),
    '/song.mp3': () => Buffer.from(SONG, 'base64'),
    '/plan.pdf': () => Buffer.from(PDF, 'base64'),
    '/huge.png': () => Buffer.concat([png, Buffer.alloc(HUGE_BYTES)]),
  };
  const server = createServer((request, response) => {
    const body = bodies[request.url ?? ''];
    if (body === undefined) response.writeHead(404).end();
    else
      response
        .writeHead(200, {
          'content-type': TYPES[request.url?.slice(-4) ?? ''] ?? 'image/png',
        })
        .end(body());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const host = `127.0.0.1:${port}`;
  return {
    host,
    url: (file) => `http://${host}/${file}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
