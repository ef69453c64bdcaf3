import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, sep } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { OutboundContent } from '../shared/catalogue/message-kinds.ts';
import { testFfmpeg } from './media/testing/env.ts';
import { useStage } from './testing/use-stage.ts';

const stage = useStage();

const file = { mediaId: 'med_1', mimetype: 'image/png' } as const;
const image = (caption: string): OutboundContent => ({ type: 'image', ...file, caption });

/** How a file can go wrong on the runner: its message, where it is in storage, and what comes of it. */
const BAD: [what: string, content: OutboundContent, place: string, ends: string][] = [
  ['is not in storage any more', image('gone'), 'gone', 'MEDIA_REJECTED'],
  ['is too large', image('large'), 'large', 'MEDIA_REJECTED'],
  ['comes in part at first', image('torn'), 'torn', 'sent'],
  ['is no sound', { type: 'voice', ...file, mimetype: 'audio/mpeg' }, 'picture', 'MEDIA_REJECTED'],
  ['is no picture', { type: 'sticker', ...file }, 'picture', 'MEDIA_REJECTED'],
  ['is refused by WhatsApp', image('@failed'), 'picture', 'MESSAGE_FAILED'],
  ['meets a page that is loading', image('@unavailable'), 'picture', 'sent'],
  ['meets a page that goes away', image('@unknown-lost'), 'picture', 'unknown'],
  ['meets a browser that dies', image('@crash'), 'picture', 'unknown'],
];

/** Answers the first request with half a file. */
async function tearingStorage(): Promise<string> {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(200, { 'content-length': 6 });
    if (asked > 1) response.end('pixels');
    else response.write('pix', () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a TCP port has such an address.
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/`;
}

/** Files of messages, in the folders of all sessions. */
const filesLeft = (): string[] =>
  readdirSync(join(stage().dataDir, 'data'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.includes(`${sep}files${sep}`),
  );

describe('a file that is to be sent', () => {
  it.each(BAD)(
    '%s: nothing of it is left, and the session goes on',
    async (_, content, place, ends) => {
      const { edge } = stage();
      const session = edge.addSession();
      edge.stored.set('picture', Buffer.from('pixels'));
      edge.stored.set('large', Buffer.alloc(64 * 1024 * 1024 + 1));
      const mediaUrl = place === 'torn' ? await tearingStorage() : `${edge.url}/storage/${place}`;
      const bad = edge.queue(session, '', { content, mediaUrl });
      const next = edge.queue(session, 'next');
      stage().extraEnv = { FFMPEG_PATH: testFfmpeg() };
      await stage().startHere();
      await edge.settled(bad);
      const settled = edge
        .told(session, 'message.settled')
        .findLast(({ messageId }) => messageId === bad.messageId);
      expect(settled?.error?.code ?? settled?.outcome).toBe(ends);
      expect(await edge.settled(next)).toBe('sent');
      expect(filesLeft()).toEqual([]);
      expect(stage().whatsapp.engineOf(session).up).toBe(true);
    },
  );
});
