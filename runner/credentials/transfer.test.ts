import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { getStream, putStream } from './transfer.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return `http://127.0.0.1:${port}/bundle`;
}

const CHUNK = 65_536;
async function* chunks(count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield Buffer.alloc(CHUNK, index);
}
const { signal } = new AbortController();

describe('an upload', () => {
  it('says its length and sends every byte', async () => {
    const seen = { length: '', bytes: 0 };
    const url = await serve((request, response) => {
      seen.length = request.headers['content-length'] ?? '';
      request.on('data', (chunk: Buffer) => (seen.bytes += chunk.length));
      request.on('end', () => response.end());
    });
    await putStream(url, chunks(40), 40 * CHUNK, signal);
    expect(seen).toEqual({ length: String(40 * CHUNK), bytes: 40 * CHUNK });
  });

  it('that dies half-way fails', async () => {
    const url = await serve((request) => {
      request.once('data', () => request.destroy());
    });
    const upload = putStream(url, chunks(400), 400 * CHUNK, signal);
    await expect(upload).rejects.toMatchObject({ name: 'TransferError', status: null });
  });

  it('that is shorter than it said fails', async () => {
    const url = await serve((request, response) => {
      request.on('end', () => response.end()).resume();
    });
    const upload = putStream(url, chunks(2), 3 * CHUNK, AbortSignal.timeout(500));
    await expect(upload).rejects.toMatchObject({ name: 'TransferError' });
  });

  it('whose source breaks fails and ends the request', async () => {
    const url = await serve((request) => void request.resume());
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(CHUNK);
      throw new Error('the file went away');
    }
    const upload = putStream(url, broken(), 2 * CHUNK, signal);
    await expect(upload).rejects.toThrow('the file went away');
  });

  it('that storage refuses says with what', async () => {
    const url = await serve((request, response) => {
      request.on('end', () => response.writeHead(403).end()).resume();
    });
    const upload = putStream(url, chunks(2), 2 * CHUNK, signal);
    await expect(upload).rejects.toMatchObject({ name: 'TransferError', status: 403 });
  });
});

describe('a download', () => {
  const read = async (url: string): Promise<number> => {
    let bytes = 0;
    for await (const chunk of await getStream(url, signal)) bytes += chunk.length;
    return bytes;
  };

  it('has every byte', async () => {
    const url = await serve((_, response) => response.end(Buffer.alloc(40 * CHUNK)));
    expect(await read(url)).toBe(40 * CHUNK);
  });

  it('that is cut off fails', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 40 * CHUNK });
      response.write(Buffer.alloc(CHUNK), () => response.destroy());
    });
    await expect(read(url)).rejects.toMatchObject({ name: 'TransferError', status: null });
  });

  it('of what is not there says so', async () => {
    const url = await serve((_, response) => response.writeHead(404).end());
    await expect(read(url)).rejects.toMatchObject({ name: 'TransferError', status: 404 });
  });
});
