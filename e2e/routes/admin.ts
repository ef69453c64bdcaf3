import { beforeAll, expect, it } from 'vitest';
import { type Person, signIn, signUp } from '../testing/account.ts';
import { idIn, listedIn, shownIn } from '../testing/answers.ts';
import { covers } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';

export function adminRoutes(running: () => Deployment, adminEmail: string): void {
  covers(
    'GET /v1/admin/users',
    'POST /v1/admin/users',
    'PATCH /v1/admin/users/{id}',
    'GET /v1/admin/workspaces',
    'GET /v1/admin/workspaces/{id}',
    'PATCH /v1/admin/workspaces/{id}',
    'GET /v1/admin/runners',
    'GET /v1/admin/sessions',
  );

  let admin: Person;
  beforeAll(async () => {
    const { email, password } = await signUp(running(), 'admin', adminEmail);
    // The role comes with a sign-in after the address is confirmed.
    admin = await signIn(running(), email, password);
  });
  const call = (method: string, path: string, body?: unknown) =>
    admin.api.call(method, `/v1/admin${path}`, body === undefined ? {} : { body });

  it('a person is added, found, and disabled', async () => {
    const email = 'carol@example.com';
    const id = idIn(await call('POST', '/users', { email, name: 'Carol' }));
    const found = async () => listedIn(await call('GET', `/users?email=${email}`));
    expect(await found()).toMatchObject([{ id, email, isActive: true }]);
    await call('PATCH', `/users/${id}`, { isActive: false });
    expect(await found()).toMatchObject([{ id, isActive: false }]);
  });

  it('a workspace is listed, suspended and resumed', async () => {
    const { api } = await signUp(running(), 'suspended');
    const id = idIn(await api.call('GET', '/v1/workspace'));
    const path = `/workspaces/${id}`;
    expect(listedIn(await call('GET', '/workspaces'))).toContainEqual(
      expect.objectContaining({ id, isActive: true }),
    );
    await call('PATCH', path, { isActive: false });
    expect((await api.call('GET', '/v1/workspace')).error().code).toBe('FORBIDDEN');
    await call('PATCH', path, { isActive: true, tier: 'pro' });
    expect(shownIn(await call('GET', path))).toMatchObject({ isActive: true, tier: 'pro' });
    expect(shownIn(await api.call('GET', '/v1/workspace'))).toMatchObject({ id });
  });

  it('the runners are listed, and the sessions of every workspace', async () => {
    const { runners, sessionId, workspaceId } = await running().facts();
    expect(listedIn(await call('GET', '/runners'))).toMatchObject(
      runners.map(({ id }) => ({ id })),
    );
    const sessions = listedIn(await call('GET', `/sessions?workspaceId=${workspaceId}`));
    expect(sessions).toContainEqual(expect.objectContaining({ id: sessionId, workspaceId }));
  });
}
