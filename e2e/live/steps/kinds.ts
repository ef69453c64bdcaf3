import { z } from 'zod';
import type { MessageKind } from '../../../shared/catalogue/message-kinds.ts';
import { PLAIN_KINDS } from '../../../shared/catalogue/kinds/plain.ts';
import { RED_DOT_BASE64 } from '../../testing/file-server.ts';
import { CLIP, PDF, SONG, tone } from '../../testing/sample-files.ts';
import type { Walk } from '../walk.ts';
import type { Step } from './step.ts';

const SENT_WITHIN_SECONDS = 45;
export const Sent = z.looseObject({ id: z.string(), status: z.string() });

/** What is sent of each kind, and what the phone then shows. A kind without a row does not compile. */
const SAMPLES: {
  readonly [Kind in MessageKind]: { body: Record<string, unknown>; shows: string };
} = {
  text: { body: { text: 'Waypost smoke test' }, shows: 'the text “Waypost smoke test”' },
  location: { body: { ...PLAIN_KINDS.location.example }, shows: 'a map of Brandenburg Gate' },
  contact: { body: { ...PLAIN_KINDS.contact.example }, shows: 'the card of Ada Lovelace' },
  poll: { body: { ...PLAIN_KINDS.poll.example }, shows: 'a poll about lunch' },
  image: { body: { base64: RED_DOT_BASE64, caption: 'A dot' }, shows: 'a red dot with a caption' },
  video: {
    body: { base64: CLIP, asDocument: true, filename: 'clip.mp4' },
    shows: 'a file clip.mp4, which does not play',
  },
  audio: { body: { base64: SONG, filename: 'silence.mp3' }, shows: 'a second of silent music' },
  voice: { body: { base64: tone() }, shows: 'a voice message with a tone' },
  document: { body: { base64: PDF, filename: 'Empty.pdf' }, shows: 'a PDF named Empty.pdf' },
  sticker: { body: { base64: RED_DOT_BASE64 }, shows: 'a sticker of a red dot' },
};

/** Sends each kind. `sent` gets the ids of the messages. */
export const kindSteps = (walk: Walk, sent: Map<MessageKind, string>): Step[] =>
  (Object.keys(SAMPLES) as MessageKind[]).map((kind) => ({
    title: `send: ${kind}`,
    run: async () => {
      const { body, shows } = SAMPLES[kind];
      const message = await walk.ask(`POST /v1/messages/${kind}`, Sent, {
        body: { to: walk.chatId, ...body },
        wait: SENT_WITHIN_SECONDS,
      });
      const { api } = walk.given;
      walk.undo(`delete the ${kind}`, () => api.call('DELETE', `/v1/messages/${message.id}`));
      walk.expect(
        message.status !== 'queued' && message.status !== 'sending',
        `it was not sent within ${SENT_WITHIN_SECONDS} s`,
      );
      sent.set(kind, message.id);
      await walk.see(`Does the phone show ${shows}?`);
    },
  }));
