import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { type OwnershipWorld, ownershipWorld } from '../ownership/testing/world.ts';
import { restoreCredentials } from './restore.ts';
import { credentialsOf } from './testing/bundles.ts';

let world: OwnershipWorld;
beforeAll(async () => {
  world = await ownershipWorld();
});

const found = async <Answer extends { found: boolean }>(answer: Promise<Answer>) => {
  const given = await answer;
  if (!given.found) throw new Error(`not found: ${JSON.stringify(given)}`);
  return given as Extract<Answer, { found: true }>;
};

describe('what is handed out', () => {
  it('is the newest that this engine may open, and the one before when that fails', async () => {
    const { keep, restore, sessionId } = await credentialsOf(world);
    await keep();
    await keep();
    await keep({ formatVersion: 157 });
    expect(await restore({ formatVersion: 157 })).toMatchObject({ version: 3 });
    expect(await restore({ formatVersion: 156 })).toMatchObject({ version: 2 });
    expect(await restore({ formatVersion: 154 })).toMatchObject({
      found: false,
      reason: 'too_new',
    });
    const failed = [{ version: 2, error: 'tag' }];
    expect(await restore({ formatVersion: 156, failed })).toMatchObject({ version: 1 });
    failed.push({ version: 1, error: 'tag' });
    // The new profile's copy replaces the current one.
    expect(await restore({ formatVersion: 156, failed })).toEqual({
      found: false,
      reason: 'unopenable',
      generation: 3,
    });
    const { sessionLog } = world.schema;
    const log = await world.db.select().from(sessionLog).where(eq(sessionLog.sessionId, sessionId));
    const reasons = log.map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason.startsWith('credentials_'))).toEqual([
      'credentials_unopenable: version 2 (tag)',
      'credentials_unopenable: version 1 (tag)',
    ]);
  });

  it('is nothing for a session that never kept any', async () => {
    const { restore } = await credentialsOf(world);
    expect(await restore()).toMatchObject({ found: false, reason: 'none' });
  });

  it('is never another session’s or another workspace’s row, even when one is moved here', async () => {
    const [mine, theirs] = [await credentialsOf(world), await credentialsOf(world)];
    await mine.keep();
    await mine.keep();
    await theirs.keep();
    const { sessionCredentials } = world.schema;
    const [stolen] = await theirs.rows();
    const newest = (await mine.rows()).at(-1);
    await world.db
      .update(sessionCredentials)
      .set({ wrappedKey: String(stolen?.wrappedKey), inlineBytes: stolen?.inlineBytes ?? null })
      .where(eq(sessionCredentials.objectKey, String(newest?.objectKey)));
    expect(await mine.restore()).toMatchObject({ version: 1 });
    const other = newId('workspace');
    await world.db
      .insert(world.schema.workspaces)
      .values({ id: other, name: 'other', tier: 'max' });
    await world.db
      .update(sessionCredentials)
      .set({ workspaceId: other })
      .where(eq(sessionCredentials.sessionId, mine.sessionId));
    expect(await mine.restore()).toMatchObject({ found: false, reason: 'none' });
  });

  it('opens under both master keys after a rotation, and is wrapped by the new one from then on', async () => {
    const before = world.services.env.SESSION_ENCRYPTION_KEY;
    const rotated = {
      ...world.services,
      env: {
        ...world.services.env,
        SESSION_ENCRYPTION_KEY: [{ version: 'v2', secret: 'cd'.repeat(32) }, ...before],
      },
    };
    const old = await credentialsOf(world);
    await old.keep();
    const dataKey = (await found(old.restore())).dataKey;
    const holder = { ...old.holder };
    const input = {
      ...holder,
      format: 'chromium-profile',
      formatVersion: 156,
      seal: 1,
      failed: [],
    };
    expect(await restoreCredentials({ services: rotated, input })).toMatchObject({ dataKey });
    expect((await old.rows())[0]?.masterKeyVersion).toBe('v2');
    const onlyNew = {
      ...rotated,
      env: {
        ...rotated.env,
        SESSION_ENCRYPTION_KEY: rotated.env.SESSION_ENCRYPTION_KEY.slice(0, 1),
      },
    };
    expect(await restoreCredentials({ services: onlyNew, input })).toMatchObject({ dataKey });
    // The bundle is fine: the key that it needs is no longer configured, and the error says that.
    await expect(old.restore()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
