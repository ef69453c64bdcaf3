import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness } from '../../testing/harness.ts';
import { forgetExpiredLogins } from './forget-expired.ts';

const harness = await createHarness();
const { db, schema } = harness;

test('what has expired is deleted, and nothing else', async () => {
  const { userId, authSessionId } = await harness.newUser({});
  const over = new Date(Date.now() - 1_000);
  const later = new Date(Date.now() + 60_000);
  const value = (identifier: string, expiresAt: Date) => ({
    id: newId('authVerification'),
    identifier,
    value: userId,
    expiresAt,
  });
  await db.insert(schema.authVerifications).values([value('over', over), value('good', later)]);
  const login = { id: newId('authSession'), userId, token: crypto.randomUUID(), expiresAt: over };
  await db.insert(schema.authSessions).values(login);

  await forgetExpiredLogins(harness.services());

  const values = await db
    .select({ identifier: schema.authVerifications.identifier })
    .from(schema.authVerifications);
  expect(values).toEqual([{ identifier: 'good' }]);
  const logins = await db
    .select({ id: schema.authSessions.id })
    .from(schema.authSessions)
    .where(eq(schema.authSessions.userId, userId));
  expect(logins).toEqual([{ id: authSessionId }]);
});
