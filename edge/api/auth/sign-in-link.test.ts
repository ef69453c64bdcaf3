import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { signInLinkId } from '../../../shared/sign-in-link.ts';
import { createHarness } from '../../testing/harness.ts';
import { authClient } from '../../testing/person.ts';

const harness = await createHarness();
const { post, confirmed, who } = authClient(harness);

/** A link as the launcher of a deployment makes it. */
async function newLink(seconds = 60) {
  const { email } = await confirmed();
  const token = crypto.randomUUID();
  await harness.db.execute(sql`
    insert into auth_verifications (id, identifier, value, expires_at)
    select ${newId('authVerification')}, ${await signInLinkId(token)}, id, now() + make_interval(secs => ${seconds}::int)
    from users where email = ${email}`);
  return { email, token };
}

describe('a link that signs in once', () => {
  test('signs its person in, and nobody after that', async () => {
    const { email, token } = await newLink();
    const first = await post('/sign-in/link', { token });
    expect(first).toMatchObject({ status: 200, body: { data: { email } } });
    expect((await who(first.cookie)).body).toMatchObject({ user: { email } });
    const second = await post('/sign-in/link', { token });
    expect(second).toMatchObject({ status: 401, code: 'UNAUTHORIZED', cookie: '' });
  });

  test('signs in one of many who come at once', async () => {
    const { token } = await newLink();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post('/sign-in/link', { token })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('is over after its time, and unknown ones never were', async () => {
    const { token } = await newLink(-1);
    for (const tried of [token, 'unknown'])
      expect(await post('/sign-in/link', { token: tried })).toMatchObject({ status: 401 });
  });

  test('does not let a disabled person in', async () => {
    const { email, token } = await newLink();
    await harness.db.execute(sql`update users set is_active = false where email = ${email}`);
    expect(await post('/sign-in/link', { token })).toMatchObject({ status: 401, cookie: '' });
  });

  test('makes whoever belongs to no workspace yet an owner of the one they were made for', async () => {
    const { token, email } = await newLink();
    const { workspaceId } = await harness.newWorkspace();
    await harness.db.execute(
      sql`update users set workspace_id = ${workspaceId} where email = ${email}`,
    );
    const { cookie } = await post('/sign-in/link', { token });
    expect(await harness.call('GET', '/v1/me', { headers: { cookie } })).toMatchObject({
      data: { workspaceId, memberships: [{ workspaceId, role: 'owner' }] },
    });
  });

  test('is not used by pages of other sites', async () => {
    const { token } = await newLink();
    const headers = { origin: 'https://evil.example' };
    expect(await post('/sign-in/link', { token }, { headers })).toMatchObject({ status: 403 });
    expect(await post('/sign-in/link', { token })).toMatchObject({ status: 200 });
  });
});
