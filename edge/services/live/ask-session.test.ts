import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { LIVE_OPERATIONS } from '../../../shared/catalogue/live-operations.ts';
import { SANDBOX_COMMANDS } from '../../../shared/catalogue/sandbox-commands.ts';
import { rowsOf } from '../../../shared/catalogue/testing/rows-of.ts';
import { createHarness, type Harness, type NewSession } from '../../testing/harness.ts';
import { askSession } from './ask-session.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const ROWS = rowsOf({ ...LIVE_OPERATIONS, ...SANDBOX_COMMANDS });
const SANDBOX_ROWS = rowsOf(SANDBOX_COMMANDS);

async function setUp(session: Partial<NewSession> = {}) {
  const { workspaceId, ctx } = await harness.newWorkspace();
  const runner = harness.newRunner();
  const answers = ROWS.map(([name, { example }]) => [
    name,
    { body: { ok: true, result: example.output } },
  ]);
  await runner.script(Object.fromEntries(answers));
  const { id, name } = await harness.newSession({ workspaceId, owner: runner.owner, ...session });
  return { ctx, runner, id, name };
}

const setLease = (id: string, change: Partial<typeof harness.schema.sessionLeases.$inferInsert>) =>
  harness.db
    .update(harness.schema.sessionLeases)
    .set(change)
    .where(eq(harness.schema.sessionLeases.sessionId, id));

describe.each(ROWS)('%s', (name, { needs, example }) => {
  const input = { name, ask: example.input };

  it('reaches the owner and gives its answer, with the session that it is of', async () => {
    const { ctx, runner, id, name: sessionName } = await setUp();
    const asked = await askSession({ ctx, input: { ...input, id: sessionName } });
    expect(asked).toEqual({ sessionId: id, sessionName, epoch: 1, output: example.output });
    expect(await runner.calls()).toMatchObject([
      { name, session: id, refused: null, body: example.input },
    ]);
  });

  it(`of a session that shows a QR code ${needs === 'online' ? 'is not ready' : 'is asked'}`, async () => {
    const { ctx, runner, id } = await setUp({ status: 'qr' });
    const outcome = await askSession({ ctx, input: { ...input, id } }).catch(
      (error: unknown) => error,
    );
    const notReady = { code: 'SESSION_NOT_READY', details: { status: 'qr' } };
    expect(outcome).toMatchObject(needs === 'online' ? notReady : { output: example.output });
    expect(await runner.calls()).toHaveLength(needs === 'online' ? 0 : 1);
  });
});

/** What stands before every operation is one code for all: one of each kind shows it. */
const ONE_OF_EACH = ROWS.filter(
  ([name, { needs }], nth) =>
    ROWS.findIndex(
      ([other, row]) =>
        row.needs === needs && name in SANDBOX_COMMANDS === other in SANDBOX_COMMANDS,
    ) === nth,
);

describe.each(ONE_OF_EACH)('%s', (name, { example }) => {
  const input = { name, ask: example.input };

  it('of another workspace is not there', async () => {
    const { runner, id } = await setUp();
    const { ctx } = await harness.newWorkspace();
    await expect(askSession({ ctx, input: { ...input, id } })).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });
    expect(await runner.calls()).toEqual([]);
  });

  it('of a stopped session says how to start it', async () => {
    const { ctx, runner, id } = await setUp({ status: 'disconnected' });
    await setLease(id, { desired: 'stopped' });
    await expect(askSession({ ctx, input: { ...input, id } })).rejects.toMatchObject({
      code: 'SESSION_NOT_READY',
      message: expect.stringContaining('POST /v1/sessions/:id/start'),
      details: { status: 'disconnected' },
    });
    expect(await runner.calls()).toEqual([]);
  });

  it('of a session that no runner has taken up is not ready', async () => {
    const { ctx, id } = await setUp({ status: 'created' });
    await setLease(id, { runnerId: null, bootId: null });
    await expect(askSession({ ctx, input: { ...input, id } })).rejects.toMatchObject({
      code: 'SESSION_NOT_READY',
    });
  });

  it('of a session that no runner has a place for says so', async () => {
    const { ctx, id } = await setUp({ status: 'created' });
    await setLease(id, { runnerId: null, bootId: null, leaseUntil: null });
    await harness.db.delete(harness.schema.runners);
    await expect(askSession({ ctx, input: { ...input, id } })).rejects.toMatchObject({
      code: 'SESSION_NOT_READY',
      details: { status: 'created', reason: 'waiting_for_capacity' },
    });
  });

  it('keeps what the runner refuses', async () => {
    const { ctx, runner, id } = await setUp();
    const error = { code: 'NOT_FOUND', message: 'There is no such group.', details: { why: 'it' } };
    await runner.script({ [name]: { status: 404, body: { ok: false, error } } });
    await expect(askSession({ ctx, input: { ...input, id } })).rejects.toMatchObject(error);
  });

  it('of an owner that is out of reach is UNAVAILABLE', async () => {
    const owner = { runnerId: `far-${name}`, bootId: 'boot-far', url: 'http://127.0.0.1:9' };
    const { ctx, id } = await setUp({ owner });
    await expect(askSession({ ctx, input: { ...input, id } })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      details: { reason: 'unreachable' },
    });
  });
});

it.each(SANDBOX_ROWS)('%s of a live session is NOT_SUPPORTED', async (name, { example }) => {
  const { ctx, runner, id } = await setUp({ mode: 'live' });
  const input = { id, name, ask: example.input };
  await expect(askSession({ ctx, input })).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  expect(await runner.calls()).toEqual([]);
});
