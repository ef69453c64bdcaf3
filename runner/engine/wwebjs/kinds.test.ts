import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MESSAGE_KINDS, type OutboundContent } from '../../../shared/catalogue/message-kinds.ts';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { newWireId, startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';
import { vcardOf } from './vcard.ts';

const ALICE = '15550100001@c.us';
const BOB = '15550100002';
const ADA = { name: 'Ada; Countess, of\nLovelace', phones: ['+15550100007'] };
const CARD = 'BEGIN:VCARD\nVERSION:3.0\nFN:Ada\nEND:VCARD';

const SENT: [string, OutboundContent, Record<string, unknown>][] = [
  [
    'a location',
    { type: 'location', ...MESSAGE_KINDS.location.example },
    {
      type: 'location',
      content: { lat: 52.5163, lng: 13.3777, loc: 'Brandenburg Gate\nPariser Platz, 10117 Berlin' },
    },
  ],
  [
    'a location without a name',
    { type: 'location', latitude: -0.5, longitude: 180 },
    { type: 'location', content: { lat: -0.5, lng: 180 } },
  ],
  [
    'a contact card',
    { type: 'contact', contacts: [ADA] },
    { type: 'vcard', body: vcardOf(ADA), content: { vcardFormattedName: ADA.name } },
  ],
  [
    'several contact cards',
    { type: 'contact', contacts: [ADA, { name: 'Bob', phones: ['+15550100002'] }] },
    {
      type: 'multi_vcard',
      content: {
        vcardList: [
          { displayName: ADA.name, vcard: vcardOf(ADA) },
          { displayName: 'Bob', vcard: expect.stringContaining('FN:Bob') },
        ],
      },
    },
  ],
  [
    'a poll',
    { type: 'poll', name: 'Tea?', options: ['yes', 'no'], allowMultiple: false },
    {
      type: 'poll_creation',
      content: {
        pollName: 'Tea?',
        pollOptions: [
          { name: 'yes', localId: 0 },
          { name: 'no', localId: 1 },
        ],
        pollSelectableOptionsCount: 1,
      },
    },
  ],
  [
    'a poll with several answers',
    { type: 'poll', name: 'Tea?', options: ['yes', 'no'], allowMultiple: true },
    { content: { pollSelectableOptionsCount: 0 } },
  ],
  [
    'a text with what its link leads to',
    { type: 'text', text: 'see https://preview.example.com/a', linkPreview: true },
    {
      body: 'see https://preview.example.com/a',
      content: {
        subtype: 'url',
        title: 'A page',
        description: 'What it is about',
        matchedText: 'https://preview.example.com/a',
      },
    },
  ],
];

describe.each(SANDBOX_PROFILES)('kinds without a file on the %s page', (profile) => {
  let sandbox: TestSandbox;
  let link: SandboxLink;

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    link = engineLink(sandbox, profile);
    await link.link();
  }, 60_000);

  afterAll(async () => {
    await link.end();
    await sandbox.close();
  });

  it.each(SENT)('sends %s, alone and as a reply', async (_name, content, shown) => {
    const question = await sandbox.phone.message({ ...link.at, from: ALICE, body: 'where?' });
    await link.fact('message.received', ({ wireId }) => wireId === question.wireId);
    for (const quote of [{}, { quotedWireId: question.wireId }]) {
      const message = { wireId: newWireId(), chatId: ALICE, content, ...quote };
      expect(await link.send(message)).toMatchObject({ outcome: 'sent' });
      const { messages } = await sandbox.phone.account(link.at);
      expect(messages.find(({ wireId }) => wireId === message.wireId)).toMatchObject({
        ...shown,
        ...quote,
      });
      const records = (await link.wire()).filter(({ wireId }) => wireId === message.wireId);
      expect(records).toMatchObject([{ to: ALICE, attempts: 1 }]);
    }
  });

  it.each([
    ['direction marks', '\u202Eabc\u202C \u200Fשלום\u200E مرحبا \u2066123\u2069'],
    ['a flood of joined emoji', `👩${'\u200D👩'.repeat(5_000)}`],
    ['combining marks without end', `e${'\u0301\u0323'.repeat(5_000)}`],
    ['as many emoji as a text may have', '😀'.repeat(65_536)],
    ['line ends of all kinds, and blanks around', ' \ta\r\nb\rc\n\n\u2028d \t\r\n'],
  ])('sends %s as they are', async (_name, text) => {
    const wireId = newWireId();
    const content = { type: 'text', text, linkPreview: false } as const;
    expect(await link.send({ wireId, chatId: ALICE, content })).toMatchObject({ outcome: 'sent' });
    const sent = (await link.wire()).filter((record) => record.wireId === wireId);
    expect(sent.map(({ body }) => body === text)).toEqual([true]);
    expect(await link.engine.ping(20_000)).toEqual({ state: 'CONNECTED' });
    const files = join(link.dir, 'files');
    expect(existsSync(files) ? readdirSync(files) : []).toEqual([]);
  });

  it.each([
    [
      'location',
      { latitude: 1.5, longitude: -2.5, body: 'Home\n1 Main Street' },
      {
        location: { latitude: 1.5, longitude: -2.5, name: 'Home', address: '1 Main Street' },
        text: null,
      },
    ],
    ['contact', { vcard: CARD }, { vcards: [CARD], text: null }],
    [
      'poll',
      { body: 'Tea?', pollOptions: ['yes', 'no'], pollMultiple: false },
      { poll: { name: 'Tea?', options: ['yes', 'no'], allowMultiple: false }, text: null },
    ],
  ] as const)('reports a %s that came in', async (type, said, expected) => {
    const { pollOptions, ...rest } = { pollOptions: undefined, ...said };
    const options = pollOptions === undefined ? {} : { pollOptions: [...pollOptions] };
    const sent = await sandbox.phone.message({ ...link.at, from: BOB, type, ...rest, ...options });
    const { fact } = await link.fact('message.received', ({ wireId }) => wireId === sent.wireId);
    expect(fact).toMatchObject({ type, chatId: `${BOB}@c.us`, ...expected });
  });

  it('sends no kind to a chat that does not take it, as when a reply is one', async () => {
    const message = { wireId: newWireId(), chatId: '120363000000000001@newsletter' };
    const content = { type: 'location', latitude: 1, longitude: 2 } as const;
    expect(await link.send({ ...message, content })).toEqual({
      outcome: 'failed',
      code: 'MESSAGE_FAILED',
      message: 'A channel takes no message of kind location.',
    });
  });

  it('shows what a link leads to where that is wanted, and only there', async () => {
    const text = 'see https://example.com/';
    const found = `{ data: { title: 'Example', description: 'A page' } }`;
    await link.onPage(
      `window.require('WAWebLinkPreviewChatAction').getLinkPreview = async () => (${found}); 1`,
    );
    for (const linkPreview of [true, false]) {
      const wireId = newWireId();
      const content = { type: 'text', text, linkPreview } as const;
      expect(await link.send({ wireId, chatId: ALICE, content })).toMatchObject({
        outcome: 'sent',
      });
      const { messages } = await sandbox.phone.account(link.at);
      const sent = messages.find((message) => message.wireId === wireId);
      expect(sent).toMatchObject({ body: text });
      expect(sent?.content['title']).toBe(linkPreview ? 'Example' : undefined);
    }
  });

  it('mentions members of a group, all of them, and nobody who is not in the chat', async () => {
    const group = await sandbox.phone.group({
      world: link.world,
      owner: BOB,
      subject: 'Team',
      members: [link.phoneNumber, ALICE],
    });
    const mention = async (chatId: string, mentions: 'all' | string[]) => {
      const wireId = newWireId();
      const content = { type: 'text', text: 'hi', linkPreview: false, mentions } as const;
      const result = await link.send({ wireId, chatId, content: { ...content, mentions } });
      const { messages } = await sandbox.phone.account(link.at);
      const shown = messages.find((each) => each.wireId === wireId);
      return { result, mentioned: shown?.content['mentionedJidList'] };
    };
    const bob = `${BOB}@c.us`;
    expect(await mention(group.id, [ALICE])).toMatchObject({ mentioned: [ALICE] });
    expect((await mention(group.id, 'all')).mentioned).toHaveLength(2);
    expect(await mention(ALICE, [ALICE])).toMatchObject({ mentioned: [ALICE] });
    const stranger = '15550100009@c.us';
    expect(await mention(group.id, [bob, stranger])).toMatchObject({
      result: {
        outcome: 'failed',
        code: 'MESSAGE_FAILED',
        message: `Mentioned, but not in this chat: ${stranger}.`,
      },
      mentioned: undefined,
    });
    expect(await mention(ALICE, 'all')).toMatchObject({ result: { outcome: 'failed' } });
  });

  it('reports a vote, its change and its withdrawal, with both ids of the voter', async () => {
    const wireId = newWireId();
    const content = { type: 'poll', name: 'Tea?', options: ['yes', 'no', 'later'] } as const;
    const poll = { ...content, options: [...content.options], allowMultiple: true };
    await link.send({ wireId, chatId: ALICE, content: poll });
    const voted = async (options: string[]) => {
      await sandbox.phone.vote({ ...link.at, wireId, from: ALICE, options });
      const { fact } = await link.fact(
        'message.poll_vote',
        (each) => each.wireId === wireId && each.options.length === options.length,
      );
      expect(fact).toMatchObject({
        chatId: ALICE,
        from: { id: ALICE, lid: expect.stringMatching(/@lid$/) },
        options,
      });
      return fact.timestamp;
    };
    const first = await voted(['yes']);
    const changed = await voted(['no', 'later']);
    expect(await voted([])).toBeGreaterThan(changed);
    expect(changed).toBeGreaterThan(first);
  });

  it('broke no rule of the sandbox on its way', async () => {
    expect((await sandbox.phone.violations({})).violations).toEqual([]);
  });
});
