import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { SessionStatus } from '../../../shared/session-status.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { ownedSession } from '../../testing/owned-session.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const AWAY = { runnerId: 'runner-gone', bootId: 'boot-gone', url: 'http://127.0.0.1:9' };

type Case = {
  of: string;
  unlinked: boolean;
  status?: SessionStatus;
  reason?: string;
  wasLinked?: boolean;
  /** What WhatsApp was told, by the owner's word; undefined: nobody is asked. */
  told?: boolean;
  owner?: 'away' | 'none';
  first?: 'stop' | 'archive';
};

describe('deleting a session', () => {
  test.each<Case>([
    { of: 'online', unlinked: true, told: true },
    { of: 'online, whose phone cannot be told', unlinked: false, told: false },
    { of: 'online, whose runner is out of reach', unlinked: false, owner: 'away' },
    { of: 'just being linked', unlinked: true, told: true, status: 'authenticating' },
    { of: 'showing a code', unlinked: true, status: 'qr' },
    { of: 'stopped for a code that nobody scanned', unlinked: true, reason: 'qr_timeout' },
    { of: 'logged out', unlinked: true, status: 'logged_out' },
    { of: 'without a runner', unlinked: false, owner: 'none', status: 'reconnecting' },
    { of: 'never linked', unlinked: true, owner: 'none', status: 'created', wasLinked: false },
    { of: 'stopped', unlinked: false, first: 'stop' },
    { of: 'archived', unlinked: false, first: 'archive' },
  ])('that is $of: unlinked is $unlinked', async (given) => {
    const { unlinked, told, owner, first, reason, wasLinked = true } = given;
    const { status = reason === undefined ? 'online' : 'disconnected' } = given;
    const change = owner === 'away' ? { owner: AWAY } : {};
    const { call, post, set, id, runner, commands } = await ownedSession(harness, change);
    const { sessionLeases } = harness.schema;
    await runner.script({ logout: { body: { ok: true, result: { unlinked: told } } } });
    await set({
      status,
      ...(reason && { reason }),
      ...(wasLinked && { phoneNumber: '15550100001' }),
    });
    if (owner === 'none')
      await harness.db
        .update(sessionLeases)
        .set({ runnerId: null, bootId: null })
        .where(eq(sessionLeases.sessionId, id));
    if (first !== undefined) {
      await post(first);
      await set({ status: 'disconnected' });
    }
    const deleted = await call('DELETE', `/${id}`);
    expect(deleted).toMatchObject({ status: 200, data: { id, deleted: true, unlinked } });
    const { advice } = z.object({ advice: z.string().nullable() }).parse(deleted.data);
    expect(advice?.includes('Linked devices') ?? false).toBe(!unlinked);
    const asked = told === undefined ? [] : ['logout'];
    expect((await commands()).map(({ name }) => name)).toEqual(asked);
    expect(await call('DELETE', `/${id}`)).toMatchObject({ status: 404 });
  });

  test.each([
    ['while it was stopped', 'stop', true],
    ['by a runner that could not tell WhatsApp', null, false],
  ])('that was logged out %s: the phone may still list it', async (_how, first, told) => {
    const { call, post, set, id, runner } = await ownedSession(harness);
    await runner.script({ logout: { body: { ok: true, result: { unlinked: told } } } });
    await set({ status: 'online', phoneNumber: '15550100001' });
    if (first !== null) {
      await post(first);
      await set({ status: 'disconnected' });
    }
    expect(await post('logout')).toMatchObject({ status: 200, data: { unlinked: false } });
    await set({ status: 'logged_out' });
    const advice = expect.stringContaining('Linked devices');
    expect(await call('DELETE', `/${id}`)).toMatchObject({ data: { unlinked: false, advice } });
  });
});
