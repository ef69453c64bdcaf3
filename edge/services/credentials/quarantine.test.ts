import { randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { ingestReports } from '../reports/ingest-reports.ts';
import { type OwnershipWorld, ownershipWorld } from '../ownership/testing/world.ts';
import { purgeCredentials } from './purge.ts';
import { credentialsOf } from './testing/bundles.ts';

let world: OwnershipWorld;
beforeAll(async () => {
  world = await ownershipWorld();
});

const LARGE = 1_500_000;
const put = (url: string | null, body: Uint8Array<ArrayBuffer>) =>
  fetch(String(url), { method: 'PUT', body });
const large = (): Uint8Array<ArrayBuffer> => new Uint8Array(LARGE).fill(randomBytes(1)[0] ?? 0);
const found = async <Answer extends { found: boolean }>(answer: Promise<Answer>) => {
  const given = await answer;
  if (!given.found) throw new Error(`not found: ${JSON.stringify(given)}`);
  return given as Extract<Answer, { found: true }>;
};

describe('an unlinked session', () => {
  const report = (sessionId: string, status: 'logged_out' | 'qr', spoolSeq: number) => ({
    bootId: 'a-boot-1',
    spoolSeq,
    sessionId,
    epoch: 4,
    occurredAt: Date.now(),
    report: {
      kind: 'session.status' as const,
      status,
      reason: status,
      phoneNumber: null,
      lid: null,
      displayName: null,
      webVersion: null,
    },
  });

  it('has its versions in quarantine, purged after seven days', async () => {
    const { keep, restore, shelf, sessionId } = await credentialsOf(world);
    await keep();
    await keep();
    const services = world.services;
    const reports = [report(sessionId, 'logged_out', 1)];
    await ingestReports({ services, runnerId: 'a', reports });
    expect(await shelf()).toEqual(['1 quarantined', '2 quarantined']);
    expect(await restore()).toMatchObject({ found: false, reason: 'none' });
    await purgeCredentials(services);
    expect(await shelf()).toHaveLength(2);
    await world.db
      .execute(sql`update session_credentials set quarantined_at = now() - interval '8 days'
      where session_id = ${sessionId} and version = 1`);
    await purgeCredentials(services);
    expect(await shelf()).toEqual(['2 quarantined']);
  });

  it('keeps them when its page merely shows a code', async () => {
    const { keep, shelf, sessionId } = await credentialsOf(world);
    await keep();
    const reports = [report(sessionId, 'qr', 2)];
    await ingestReports({ services: world.services, runnerId: 'a', reports });
    expect(await shelf()).toEqual(['1 current']);
  });
});

it('a deleted session’s objects are purged', async () => {
  const { slot, commit, rows, sessionId, restore } = await credentialsOf(world);
  const bytes = large();
  const { version, uploadUrl } = await slot(bytes.length);
  await put(uploadUrl, bytes);
  await commit(version, bytes);
  const { downloadUrl } = await found(restore());
  const objectKey = String((await rows())[0]?.objectKey);
  await world.db.delete(world.schema.sessions).where(eq(world.schema.sessions.id, sessionId));
  await purgeCredentials(world.services);
  expect((await fetch(String(downloadUrl))).status).toBe(404);
  const { sessionCredentials } = world.schema;
  expect(
    await world.db
      .select()
      .from(sessionCredentials)
      .where(eq(sessionCredentials.objectKey, objectKey)),
  ).toEqual([]);
});
