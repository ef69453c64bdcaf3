import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import type { FactReport } from '../../../shared/protocol/index.ts';
import { createHarness } from '../../testing/harness.ts';
import { done, liveSession } from '../../testing/live-session.ts';
import {
  newOwnedSession,
  type OwnedSession,
  received,
  reportWorld,
} from './testing/report-fixtures.ts';

const harness = await createHarness();
const { ingest, eventsOf } = reportWorld(harness);

const FILE = { mimetype: 'image/png', filename: null, sizeBytes: 3, mediaId: null, error: null };
const message = () => received('A1', { type: 'image', media: FILE });
const settled = (change: { mediaId?: string; error?: string }, timestamp = 1): FactReport => ({
  kind: 'message.media',
  wireId: 'A1',
  wireKey: 'false_15550100002@c.us_A1',
  chatId: '15550100002@c.us',
  media: { ...FILE, ...change },
  timestamp,
});

async function newFile({ workspaceId }: Pick<OwnedSession, 'workspaceId'>): Promise<string> {
  const id = newId('media');
  await harness.db.insert(harness.schema.media).values({
    id,
    workspaceId,
    objectKey: `${workspaceId}/media/${id}`,
    mimetype: 'image/png',
    sizeBytes: 3,
    sha256: '00',
  });
  return id;
}

const statuses = async (session: OwnedSession) =>
  (await eventsOf(session)).map(({ type, data }) => [type, Object(data['media']).status]);

async function shown({ apiKey }: Pick<OwnedSession, 'apiKey'>) {
  const { data } = await harness.call('GET', '/v1/messages', { key: apiKey });
  const [row] = data as { id: string; mediaId: string | null; content: { media: object } }[];
  return { id: row?.id, mediaId: row?.mediaId, ...row?.content.media };
}

describe('the file of a message', () => {
  it('is pending until it is told, and then ready', async () => {
    const session = await newOwnedSession(harness);
    await ingest(session, session.spool(message()));
    expect(await shown(session)).toMatchObject({ status: 'pending', mediaId: null, error: null });
    const mediaId = await newFile(session);
    const told = session.spool(settled({ mediaId }));
    await ingest(session, told, told);
    expect(await shown(session)).toMatchObject({ status: 'ready', mediaId });
    const events = await eventsOf(session);
    expect(events.map(({ type }) => type)).toEqual(['message.received', 'message.media']);
    expect(events[1]?.data).toEqual({
      messageId: events[0]?.data['messageId'],
      chatId: '15550100002@c.us',
      wireId: 'A1',
      media: {
        id: mediaId,
        status: 'ready',
        url: `${harness.env.BASE_URL}/v1/media/${mediaId}`,
        link: null,
        mimetype: 'image/png',
        filename: null,
        sizeBytes: 3,
        error: null,
      },
    });
  });

  it('that failed is ready once it comes after all, and then stays so', async () => {
    const session = await newOwnedSession(harness);
    const mediaId = await newFile(session);
    await ingest(
      session,
      session.spool(message()),
      session.spool(settled({ error: 'gone' }, 1)),
      session.spool(settled({ error: 'gone' }, 2)),
      session.spool(settled({ mediaId }, 3)),
      session.spool(settled({ error: 'late' }, 4)),
    );
    expect(await shown(session)).toMatchObject({ status: 'ready', error: null });
    expect(await statuses(session)).toEqual([
      ['message.received', 'pending'],
      ['message.media', 'failed'],
      ['message.media', 'ready'],
    ]);
  });

  it('that came with its message is told once', async () => {
    const session = await newOwnedSession(harness);
    const mediaId = await newFile(session);
    const media = { ...FILE, mediaId };
    await ingest(
      session,
      session.spool(received('A1', { type: 'image', media })),
      session.spool(settled({ mediaId })),
    );
    expect(await statuses(session)).toEqual([['message.received', 'ready']]);
  });

  it('of another workspace is none', async () => {
    const session = await newOwnedSession(harness);
    const mediaId = await newFile(await newOwnedSession(harness));
    await ingest(session, session.spool(message()), session.spool(settled({ mediaId })));
    expect(await shown(session)).toMatchObject({ status: 'failed', mediaId: null });
  });

  it('is not pending for ever', async () => {
    const session = await newOwnedSession(harness);
    await ingest(session, session.spool(message()));
    await harness.runScheduled();
    expect(await shown(session)).toMatchObject({ status: 'pending' });
    const { messages } = harness.schema;
    await harness.db
      .update(messages)
      .set({ mediaPendingSince: new Date(Date.now() - 31 * 60_000) })
      .where(eq(messages.sessionId, session.sessionId));
    await harness.runScheduled();
    await harness.runScheduled();
    const error = 'The file did not come; ask for it again.';
    expect(await shown(session)).toMatchObject({ status: 'failed', error });
    const [, event, ...more] = await eventsOf(session);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: 'message.media',
      data: { media: { id: null, status: 'failed', mimetype: 'image/png', sizeBytes: 3, error } },
    });
  });
});

describe('POST /v1/messages/:id/media/retry', () => {
  const wireKey = 'false_15550100002@c.us_A1';

  async function setUp(change: Partial<typeof harness.schema.messages.$inferInsert> = {}) {
    const session = await liveSession(harness);
    const id = newId('message');
    await harness.db.insert(harness.schema.messages).values({
      id,
      workspaceId: session.workspaceId,
      sessionId: session.id,
      chatId: '15550100002@c.us',
      wireId: 'A1',
      wireKey,
      direction: 'inbound',
      type: 'image',
      status: 'delivered',
      statusRank: 3,
      content: { text: null, media: { ...FILE, error: 'gone' } },
      ...change,
    });
    return { ...session, retry: () => session.call('POST', `/messages/${id}/media/retry`) };
  }

  it('asks the session, and the file is pending again', async () => {
    const { retry, runner, id: session, name, apiKey } = await setUp();
    expect(await retry()).toMatchObject({
      status: 202,
      data: { content: { media: { status: 'pending', error: null } } },
      meta: { sessionId: session, sessionName: name },
    });
    const { mimetype, filename, sizeBytes } = FILE;
    const place = { chatId: '15550100002@c.us', reference: wireKey, wireId: 'A1' };
    expect(await runner.calls()).toMatchObject([
      { name: 'downloadMedia', session, body: { ...place, mimetype, filename, sizeBytes } },
    ]);
    expect(await shown({ apiKey })).toMatchObject({ status: 'pending' });
  });

  it('that the session refuses leaves it failed', async () => {
    const { retry, runner, apiKey } = await setUp();
    const error = { code: 'SESSION_NOT_READY', message: 'Not yet.' };
    await runner.script({ downloadMedia: { status: 409, body: { ok: false, error } } });
    expect(await retry()).toMatchObject({ status: 409, error });
    expect(await shown({ apiKey })).toMatchObject({ status: 'failed', error: 'gone' });
    await runner.script({ downloadMedia: done({ begun: true }) });
    expect(await retry()).toMatchObject({ status: 202 });
  });

  it('that the session refuses leaves what another one has begun meanwhile', async () => {
    const { retry, runner, apiKey } = await setUp();
    const error = { code: 'SESSION_NOT_READY', message: 'Not yet.' };
    const refused = { status: 409, body: { ok: false, error } };
    await runner.script({ downloadMedia: [{ ...refused, held: true }, done({ begun: true })] });
    const first = retry();
    await expect.poll(() => runner.calls()).toHaveLength(1);
    expect(await retry()).toMatchObject({ status: 202 });
    await runner.script({});
    expect(await first).toMatchObject({ status: 409 });
    expect(await shown({ apiKey })).toMatchObject({ status: 'pending' });
  });

  it.each([
    ['ready', { mediaId: 'med_1' }],
    ['no_file', { type: 'text', content: { text: 'Hi', media: null } }],
    ['no_file', { direction: 'outbound', content: { type: 'text', text: 'Hi' } }],
  ] as const)('is CONFLICT %s for %j', async (reason, change) => {
    const { retry, runner } = await setUp(change);
    expect(await retry()).toMatchObject({ status: 409, error: { details: { reason } } });
    expect(await runner.calls()).toEqual([]);
  });
});
