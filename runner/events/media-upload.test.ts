import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { createMediaUpload } from './media-upload.ts';

/** What storage does with one PUT: answers so, lets the connection go, or says nothing more. */
type Reply = number | 'cut' | 'hang';

describe('a file for object storage', () => {
  let dir: string;
  let server: Server;
  let puts: string[];
  let replies: Reply[];
  let putUrl: string;
  let isHanging: boolean;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'waypost-upload-'));
    writeFileSync(join(dir, 'picture.png'), 'pixels');
    puts = [];
    replies = [];
    isHanging = false;
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        puts.push(body);
        const reply = replies.shift() ?? 200;
        isHanging = reply === 'hang';
        if (reply === 'hang') return;
        if (reply === 'cut') request.socket.destroy();
        else response.writeHead(reply).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    putUrl = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}/object`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Uploads, with the clock always moved on to the next try. */
  async function upload(...script: Reply[]) {
    replies = script;
    const clock = new FakeClock();
    let underWay = 0;
    const run = createMediaUpload({
      fetch: async (...request) => {
        underWay += 1;
        return fetch(...request).finally(() => (underWay -= 1));
      },
      edge: { mediaSlot: async () => ({ mediaId: 'med_1', putUrl }) },
      clock,
      random: () => 0.5,
    });
    const file = {
      path: join(dir, 'picture.png'),
      mimetype: 'image/png',
      filename: null,
      sizeBytes: 6,
    };
    let isOver = false;
    const input = { sessionId: 's', epoch: 1, wireId: 'A1', file };
    const uploaded = run(input, new AbortController().signal).finally(() => (isOver = true));
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      // A PUT that will be answered has all the time that it takes.
      if (underWay === 0 || isHanging) await clock.advance(15_000);
    }
    return uploaded;
  }

  it.each<[string, Reply[]]>([
    ['answers 500', [500, 500, 500, 500]],
    ['answers 503', [503]],
    ['lets connections go', ['cut', 'cut']],
    ['never answers', ['hang']],
  ])('is put again, whole, when storage %s', async (_what, failures) => {
    expect(await upload(...failures, 200)).toEqual({ mediaId: 'med_1', error: null });
    expect(puts).toEqual(Array.from({ length: failures.length + 1 }, () => 'pixels'));
  });

  it('is given up after five answers that are none, and the message says so', async () => {
    expect(await upload(500, 500, 500, 500, 500)).toEqual({
      mediaId: null,
      error: 'the file could not be stored: object storage answered 500',
    });
    expect(puts).toHaveLength(5);
  });

  it('is given up as well where no PUT ever ends', async () => {
    expect(await upload('hang', 'hang', 'hang', 'hang', 'hang')).toEqual({
      mediaId: null,
      error: 'the file could not be stored: object storage took over 120 s',
    });
  });
});
