import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { MESSAGE_KINDS } from '../../../shared/catalogue/message-kinds.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

async function setUp() {
  const { workspaceId, apiKey: key } = await harness.newWorkspace();
  const runner = harness.newRunner();
  await harness.newSession({ workspaceId, owner: runner.owner, isDefault: true });
  const { messages } = harness.schema;
  return {
    send: (kind: string, body: Record<string, unknown>) =>
      harness.call('POST', `/v1/messages/${kind}`, { key, body: { to: '+15550100001', ...body } }),
    rows: () =>
      harness.opened(
        harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId)),
      ),
  };
}

const PLACE = MESSAGE_KINDS.location.example;
const POLL = MESSAGE_KINDS.poll.example;
const ADA = { name: 'Ada', phones: ['+15550100002'] };
const options = (count: number) => Array.from({ length: count }, (_, index) => `option ${index}`);

describe('a message without a file is queued as it was said', () => {
  test.each([
    ['location', PLACE, PLACE],
    ['location', { latitude: 90, longitude: -180 }, { latitude: 90, longitude: -180 }],
    [
      'contact',
      { contacts: [{ ...ADA, name: ' Ada; a\nb ', phones: ['+1 (555) 010-0002'] }] },
      { contacts: [{ ...ADA, name: 'Ada; a\nb' }] },
    ],
    ['poll', POLL, POLL],
    [
      'poll',
      { name: 'Tea?', options: [' yes ', 'no'] },
      { name: 'Tea?', options: ['yes', 'no'], allowMultiple: false },
    ],
    ['poll', { ...POLL, options: options(12) }, { ...POLL, options: options(12) }],
  ])('%s %j', async (kind, body, content) => {
    const { send, rows } = await setUp();
    expect(await send(kind, body)).toMatchObject({ status: 202, data: { type: kind } });
    expect((await rows()).map((row) => row.content)).toEqual([{ type: kind, ...content }]);
  });
});

const GROUP = { to: '120363000000000001@g.us', text: 'Hi' };

describe('mentions', () => {
  test.each([
    [undefined, undefined],
    [false, undefined],
    [[], undefined],
    ['all', 'all'],
    [
      ['+1 (555) 010-0002', '90000000001@lid'],
      ['15550100002@c.us', '90000000001@lid'],
    ],
  ])('%j are queued as %j', async (mentions, queued) => {
    const { send, rows } = await setUp();
    expect(await send('text', { ...GROUP, mentions })).toMatchObject({ status: 202 });
    const [row] = await rows();
    expect(row?.content).toEqual({
      type: 'text',
      text: 'Hi',
      linkPreview: true,
      ...(queued === undefined ? {} : { mentions: queued }),
    });
  });
});

describe('a message without a file that is refused', () => {
  test.each([
    ['text', { text: 'Hi', mentions: 'all' }, 'mentions'],
    ['text', { ...GROUP, mentions: true }, 'mentions'],
    ['text', { ...GROUP, mentions: 'everybody' }, 'mentions'],
    ['text', { ...GROUP, to: '120363000000000001@newsletter', mentions: 'all' }, 'mentions'],
    ['location', { ...PLACE, latitude: 90.1 }, 'latitude'],
    ['location', { ...PLACE, latitude: '52' }, 'latitude'],
    ['location', { ...PLACE, longitude: -180.5 }, 'longitude'],
    ['location', { latitude: 1 }, 'longitude'],
    ['location', { ...PLACE, name: 'two\nlines' }, 'name'],
    ['location', { ...PLACE, name: '\u200b' }, 'name'],
    ['location', { ...PLACE, to: '120363000000000001@newsletter' }, 'to'],
    ['contact', {}, 'contacts'],
    ['contact', { contacts: [] }, 'contacts'],
    ['contact', { contacts: Array.from({ length: 51 }, () => ADA) }, 'contacts'],
    ['contact', { contacts: [{ ...ADA, phones: [] }] }, 'contacts.0.phones'],
    ['contact', { contacts: [{ ...ADA, phones: ['call me'] }] }, 'contacts.0.phones.0'],
    ['contact', { contacts: [{ ...ADA, name: '  ' }] }, 'contacts.0.name'],
    ['contact', { contacts: [{ ...ADA, emails: ['ada'] }] }, 'contacts.0.emails.0'],
    ['contact', { contacts: [{ ...ADA, url: 'javascript:alert(1)' }] }, 'contacts.0.url'],
    ['contact', { contacts: [{ ...ADA, vcard: 'x' }] }, 'contacts.0.vcard'],
    ['poll', { ...POLL, options: ['only'] }, 'options'],
    ['poll', { ...POLL, options: options(13) }, 'options'],
    ['poll', { ...POLL, options: ['same', ' same '] }, 'options'],
    ['poll', { ...POLL, options: ['yes', ' '] }, 'options.1'],
    ['poll', { ...POLL, options: ['yes', 'x'.repeat(101)] }, 'options.1'],
    ['poll', { ...POLL, name: '' }, 'name'],
    ['poll', { ...POLL, name: 'x'.repeat(256) }, 'name'],
  ])('%s %j', async (kind, body, field) => {
    const { send, rows } = await setUp();
    const { status, error } = await send(kind, body);
    expect({ status, error }).toMatchObject({
      status: 422,
      error: { code: 'VALIDATION_ERROR', details: { fields: [{ in: 'body', field }] } },
    });
    expect(await rows()).toEqual([]);
  });
});
