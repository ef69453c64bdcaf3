import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EXAMPLE_FILES } from '../shared/catalogue/kinds/example-files.ts';
import { PLAIN_KINDS } from '../shared/catalogue/kinds/plain.ts';
import { MESSAGE_KIND_NAMES } from '../shared/catalogue/message-kinds.ts';
import { coversOnEveryPage } from './testing/covers.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { wantedPages } from './testing/env.ts';
import { isAbout } from './testing/inspector-client.ts';
import { PDF, PIXEL, SONG, tone } from './testing/sample-files.ts';
import { HAS_LEFT, MessageView, onlineSession } from './testing/session.ts';
import { worldOf } from './testing/world.ts';

const ALICE = '+15550100001';
const Sent = z.object({ id: z.string(), wireId: z.string() });
const Document = z.object({
  paths: z.record(
    z.string(),
    z.object({
      post: z
        .object({
          requestBody: z.object({
            content: z.object({ 'application/json': z.object({ example: z.looseObject({}) }) }),
          }),
        })
        .optional()
        .catch(undefined),
    }),
  ),
});
const Phone = z.object({
  messages: z.array(
    z.looseObject({ wireId: z.string(), type: z.string(), quotedWireId: z.string().nullable() }),
  ),
});

const CARD = 'BEGIN:VCARD\nVERSION:3.0\nFN:Ada\nEND:VCARD';
const PLACE = { latitude: 1.5, longitude: -2.5, name: 'Home', address: '1 Main Street' };
const POLL = { name: 'Tea?', options: ['yes', 'no'], allowMultiple: false };

const file = (content: string, mimetype: string, filename?: string) => ({
  media: { base64: content, mimetype, ...(filename === undefined ? {} : { filename }) },
});
const ready = (mimetype: string) => ({ media: { status: 'ready', mimetype, error: null } });

/** What the page reads in a video that it can play. */
const SQUARE = { width: 64, height: 64 };

/** What is sent of a kind, what the simulated phone shows of it, what somebody else sends of the kind, and what arrives. */
const KINDS = [
  ['text', PLAIN_KINDS.text.example, { type: 'chat' }, { text: 'Hi' }, { text: 'Hi' }],
  [
    'location',
    PLAIN_KINDS.location.example,
    { type: 'location' },
    { location: PLACE },
    { location: PLACE },
  ],
  ['contact', PLAIN_KINDS.contact.example, { type: 'vcard' }, { vcard: CARD }, { vcards: [CARD] }],
  ['poll', PLAIN_KINDS.poll.example, { type: 'poll_creation' }, { poll: POLL }, { poll: POLL }],
  [
    'image',
    { base64: PIXEL, caption: 'dot' },
    { type: 'image' },
    { ...file(PIXEL, 'image/png'), text: 'dot' },
    { ...ready('image/png'), text: 'dot' },
  ],
  [
    'video',
    { base64: EXAMPLE_FILES.clip, caption: 'a square' },
    { type: 'video', caption: 'a square', mimetype: 'video/mp4', content: SQUARE },
    file(EXAMPLE_FILES.clip, 'video/mp4'),
    ready('video/mp4'),
  ],
  ['audio', { base64: SONG }, { type: 'audio' }, file(SONG, 'audio/mpeg'), ready('audio/mpeg')],
  [
    'voice',
    { base64: tone() },
    { type: 'ptt' },
    file(SONG, 'audio/ogg; codecs=opus'),
    ready('audio/ogg; codecs=opus'),
  ],
  [
    'document',
    { base64: PDF, filename: 'Plan' },
    { type: 'document' },
    file(PDF, 'application/pdf', 'plan.pdf'),
    { media: { status: 'ready', filename: 'plan.pdf' } },
  ],
  [
    'sticker',
    { base64: PIXEL },
    { type: 'sticker' },
    file(PIXEL, 'image/webp'),
    ready('image/webp'),
  ],
] as const;

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment.dispose());

describe.each(wantedPages())('every kind on the %s page', (sandboxProfile) => {
  coversOnEveryPage(
    sandboxProfile,
    'POST /v1/messages/text',
    'POST /v1/messages/location',
    'POST /v1/messages/contact',
    'POST /v1/messages/poll',
    'POST /v1/messages/image',
    'POST /v1/messages/video',
    'POST /v1/messages/audio',
    'POST /v1/messages/voice',
    'POST /v1/messages/document',
    'POST /v1/messages/sticker',
    'GET /v1/media/{id}',
    'GET /v1/sessions/{id}/sandbox',
  );
  const box = `kinds-${sandboxProfile}`;
  let sessionId: string;
  let phoneNumber: string;
  beforeAll(async () => {
    const { api, inspector } = deployment;
    const session = await onlineSession(deployment, box, { sandboxProfile });
    ({ id: sessionId, phoneNumber } = session);
    await api.call('POST', '/v1/webhooks', {
      body: { url: inspector.url(box), eventTypes: ['message.*'], sessionIds: [sessionId] },
    });
  });

  const fileOf = (arrived: string) =>
    deployment.inspector.waitFor(
      box,
      'its file',
      ({ event: { type, data } }) => type === 'message.media' && data.wireId === arrived,
    );

  it.each(KINDS)(
    '%s is sent, received and quoted',
    async (kind, sending, shown, said, expected) => {
      const { api, inspector } = deployment;
      const wait = { headers: { prefer: 'wait=15' } };
      const sent = await api.call('POST', `/v1/messages/${kind}`, {
        body: { sessionId, to: ALICE, ...sending },
        ...wait,
      });
      const { id, wireId } = sent.data(Sent);
      const { messages } = (await api.call('GET', `/v1/sessions/${sessionId}/sandbox`)).data(Phone);
      expect(messages.find((message) => message.wireId === wireId)).toMatchObject(shown);
      const left = await inspector.waitFor(
        box,
        `message.sent of a ${kind}`,
        (received) => received.event.type === 'message.sent' && isAbout(id)(received),
      );
      expect(left.event.data).toMatchObject({ chatId: '15550100001@c.us', wireId });

      const path = `/v1/sessions/${sessionId}/sandbox/messages`;
      const answer = await api.call('POST', path, {
        body: { from: ALICE, type: kind, ...said, quotedMessageId: id },
      });
      const arrived = answer.data(z.object({ wireId: z.string() })).wireId;
      const { event } = await inspector.waitFor(
        box,
        `a ${kind}`,
        (received) =>
          received.event.type === 'message.received' && received.event.data.wireId === arrived,
      );
      const withFile = z.object({ media: z.looseObject({ status: z.string(), url: z.unknown() }) });
      const told = withFile.safeParse(event.data);
      const media =
        told.data?.media.status === 'pending'
          ? withFile.parse((await fileOf(arrived)).event.data).media
          : told.data?.media;
      expect({ ...event.data, ...(media && { media }) }).toMatchObject({
        type: kind,
        quotedMessageId: id,
        ...expected,
      });
      if (!('media' in said)) return;
      const url = z.string().parse(media?.url);
      const { headers } = await api.call('GET', new URL(url).pathname);
      expect(headers.get('content-type')).toBe(said.media.mimetype);
      const { length } = Buffer.from(said.media.base64, 'base64');
      expect(headers.get('content-length')).toBe(String(length));
    },
  );

  it.each(MESSAGE_KIND_NAMES)(
    'the example of %s in the API document is sent as it is',
    async (kind) => {
      const { api } = deployment;
      const document = Document.parse(JSON.parse((await api.call('GET', '/openapi.json')).text));
      const operation = document.paths[`/v1/messages/${kind}`]?.post;
      const body = { ...operation?.requestBody.content['application/json'].example, sessionId };
      const sent = await api.call('POST', `/v1/messages/${kind}`, {
        body,
        headers: { prefer: 'wait=20' },
      });
      expect(HAS_LEFT).toContain(sent.data(MessageView).status);
    },
  );

  it('a poll of ours gets a vote, which is changed and withdrawn', async () => {
    const { api, inspector } = deployment;
    const sent = await api.call('POST', '/v1/messages/poll', {
      body: { sessionId, to: ALICE, ...POLL, reference: 'tea' },
      headers: { prefer: 'wait=15' },
    });
    const { id, wireId } = sent.data(Sent);
    const { phone, at } = await worldOf(deployment, phoneNumber);
    for (const options of [['yes'], ['no'], []]) {
      await phone.vote({ ...at, from: ALICE, wireId, options });
      const { event } = await inspector.waitFor(
        box,
        `the vote ${options.join()}`,
        ({ event: { type, data } }) =>
          type === 'message.poll_vote' && data.options.join() === options.join(),
      );
      expect(event.data).toMatchObject({
        messageId: id,
        reference: 'tea',
        from: { id: '15550100001@c.us', lid: expect.stringMatching(/@lid$/) },
      });
    }
  });
});
