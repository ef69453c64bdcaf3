import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Person, signUp, tokenOf } from '../testing/account.ts';
import { idIn, listedIn, shownIn } from '../testing/answers.ts';
import { covers } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { linkMailedTo } from '../testing/mail-client.ts';
import { openRealtime } from '../testing/realtime-socket.ts';

export function peopleRoutes(running: () => Deployment): void {
  covers(
    'GET /v1/me',
    'PATCH /v1/me',
    'GET /v1/workspace',
    'PATCH /v1/workspace',
    'GET /v1/workspace/members',
    'PATCH /v1/workspace/members/{id}',
    'DELETE /v1/workspace/members/{id}',
    'GET /v1/workspace/invitations',
    'POST /v1/workspace/invitations',
    'DELETE /v1/workspace/invitations/{id}',
    'POST /v1/invitations/accept',
  );

  let ann: Person;
  let ben: Person;
  beforeAll(async () => {
    [ann, ben] = [await signUp(running(), 'ann'), await signUp(running(), 'ben')];
  });

  it('a person changes their own settings', async () => {
    await ann.api.call('PATCH', '/v1/me', { body: { timeZone: 'Europe/Berlin' } });
    expect(shownIn(await ann.api.call('GET', '/v1/me'))).toMatchObject({
      email: ann.email,
      timeZone: 'Europe/Berlin',
    });
  });

  it('an owner changes the settings of the workspace', async () => {
    await ann.api.call('PATCH', '/v1/workspace', { body: { name: 'Order desk' } });
    expect(shownIn(await ann.api.call('GET', '/v1/workspace'))).toMatchObject({
      name: 'Order desk',
    });
  });

  it('who is invited by mail joins, is given more sessions, and is removed', async () => {
    const invite = (email: string) =>
      ann.api.call('POST', '/v1/workspace/invitations', { body: { email } });
    const open = async () =>
      listedIn(await ann.api.call('GET', '/v1/workspace/invitations'))
        .map(({ email }) => String(email))
        .toSorted();
    const other = 'nobody@example.com';
    const otherId = idIn(await invite(other));
    await invite(ben.email);
    expect(await open()).toEqual([ben.email, other].toSorted());
    await ann.api.call('DELETE', `/v1/workspace/invitations/${otherId}`);
    expect(await open()).toEqual([ben.email]);

    const link = await linkMailedTo(await running().facts(), ben.email, /invit/i);
    const token = link.searchParams.get('token');
    const joined = await ben.api.call('POST', '/v1/invitations/accept', { body: { token } });
    const { workspaceId } = joined.data(z.object({ workspaceId: z.string() }));
    const members = async () => listedIn(await ann.api.call('GET', '/v1/workspace/members'));
    const member = (await members()).find(({ email }) => email === ben.email);
    expect(member).toMatchObject({ role: 'member', allSessions: false });
    const path = `/v1/workspace/members/${String(member?.['id'])}`;
    await ann.api.call('PATCH', path, { body: { allSessions: true } });
    const { memberships } = (await ben.api.call('GET', '/v1/me')).data(
      z.object({ memberships: z.array(z.looseObject({})) }),
    );
    expect(memberships).toContainEqual(
      expect.objectContaining({ workspaceId, name: 'Order desk', allSessions: true }),
    );
    const { apiUrl } = await running().facts();
    const authorization = `Bearer ${await tokenOf(running(), ben.cookie, workspaceId)}`;
    const realtime = `${apiUrl.replace('http', 'ws')}/v1/realtime`;
    const socket = await openRealtime(realtime, { authorization });
    expect(shownIn(await ann.api.call('DELETE', path))).toMatchObject({ deleted: true });
    expect(await socket.closed).toMatchObject({ code: 4003 });
    expect((await members()).map(({ email }) => email)).toEqual([ann.email]);
  });
}
