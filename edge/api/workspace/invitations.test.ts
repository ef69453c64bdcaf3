import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness, idOf, type TestUser } from '../../testing/harness.ts';
import { mailbox } from '../../testing/mailbox.ts';
import { securityEvents } from '../../testing/security-events.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const INVITATIONS = '/v1/workspace/invitations';
const MEMBERS = '/v1/workspace/members';
const invite = (key: string, body: unknown) => harness.call('POST', INVITATIONS, { key, body });
const list = (key: string) => harness.call('GET', INVITATIONS, { key });
const revoke = (key: string, id: string) => harness.call('DELETE', `${INVITATIONS}/${id}`, { key });
const accept = (key: string, token: string) =>
  harness.call('POST', '/v1/invitations/accept', { key, body: { token } });

const newAddress = () => `guest-${crypto.randomUUID()}@example.com`;
const mailedLink = (email: string) => mailbox(harness.env).link(email, /invited/);
const mailedToken = async (email: string) =>
  (await mailedLink(email)).searchParams.get('token') ?? '';

/** An owner, a guest with an account, and the token that the guest was mailed. */
async function invited(body: Record<string, unknown> = {}) {
  const owner = await harness.newUser();
  const guest = await harness.newUser({ email: newAddress() });
  const made = await invite(owner.token, { email: guest.email, ...body });
  return { owner, guest, id: idOf(made), token: await mailedToken(guest.email) };
}

const membership = async ({ workspaceId }: TestUser, { userId }: TestUser) => {
  const rows = await harness.db.query.members.findMany({
    where: eq(harness.schema.members.workspaceId, workspaceId),
  });
  return rows.find((row) => row.userId === userId);
};

describe('an invitation', () => {
  test('is mailed with a link, which is kept nowhere', async () => {
    const { token, workspaceId, userId } = await harness.newUser();
    const email = newAddress();
    const made = await invite(token, { email: email.toUpperCase(), allSessions: true });
    expect(made).toMatchObject({
      status: 201,
      data: {
        id: expect.stringMatching(/^inv_/),
        email,
        role: 'member',
        allSessions: true,
        invitedBy: userId,
      },
    });
    const link = await mailedLink(email);
    expect(`${link.origin}${link.pathname}`).toBe(
      `${new URL(harness.env.FRONTEND_URL ?? harness.env.BASE_URL).origin}/invitations`,
    );
    const mailed = link.searchParams.get('token') ?? '';
    expect(mailed).toMatch(/^[\w-]{43}$/);
    const { rows } = await harness.db.execute(
      sql`select row_to_json(i)::text as row, extract(epoch from expires_at - now())::float8 / 86400 as days
        from invitations i where workspace_id = ${workspaceId}`,
    );
    expect(Number(rows[0]?.['days'])).toBeCloseTo(7, 1);
    for (const text of [JSON.stringify(made), JSON.stringify(rows)])
      expect(text).not.toContain(mailed);
    expect(await list(token)).toMatchObject({ status: 200, data: [made.data] });
    expect(await securityEvents(harness, workspaceId)).toMatchObject([
      { action: 'invitation.created', target: idOf(made), actorId: userId, details: { email } },
    ]);
  });

  test('makes its person a member, once', async () => {
    const { owner, guest, token, id } = await invited({ role: 'member', allSessions: true });
    const { workspaceId } = owner;
    expect(await accept(guest.token, token)).toMatchObject({
      status: 200,
      data: { workspaceId, name: 'test', role: 'member' },
    });
    expect(await membership(owner, guest)).toMatchObject({ role: 'member', allSessions: true });
    expect(await list(owner.token)).toMatchObject({ data: [] });
    expect(await accept(guest.token, token)).toMatchObject({ status: 404 });
    expect(await securityEvents(harness, workspaceId)).toMatchObject([
      { action: 'invitation.created' },
      { action: 'invitation.accepted', target: id, actorId: guest.userId },
    ]);
    // Whoever had chosen a workspace goes on in it.
    const me = { key: guest.token };
    expect(await harness.call('GET', '/v1/me', me)).toMatchObject({
      data: { workspaceId: guest.workspaceId, memberships: [{}, { workspaceId }] },
    });
    await harness.call('PATCH', '/v1/me', { ...me, body: { workspaceId } });
    expect(await harness.call('GET', '/v1/workspace', me)).toMatchObject({
      data: { id: workspaceId },
    });
  });

  test('is accepted by one of twenty calls at once', async () => {
    const { owner, guest, token } = await invited({ role: 'owner' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => accept(guest.token, token)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array.from({ length: 19 }, () => 404),
    ]);
    expect(await membership(owner, guest)).toMatchObject({ role: 'owner' });
  });

  test('of another person is the same as none', async () => {
    const { owner, guest, token } = await invited();
    const stranger = await harness.newUser();
    const refused = await accept(stranger.token, token);
    expect(refused).toMatchObject({ status: 404, error: { code: 'NOT_FOUND' } });
    expect((await accept(stranger.token, 'no such token')).error).toEqual(refused.error);
    expect(await membership(owner, stranger)).toBeUndefined();
    expect(await accept(guest.token, token)).toMatchObject({ status: 200 });
  });

  test('expires', async () => {
    const { owner, guest, token, id } = await invited();
    await harness.db.execute(
      sql`update invitations set expires_at = now() - interval '1 second' where id = ${id}`,
    );
    expect(await accept(guest.token, token)).toMatchObject({
      status: 410,
      error: { code: 'EXPIRED' },
    });
    expect(await list(owner.token)).toMatchObject({ data: [] });
    expect(await membership(owner, guest)).toBeUndefined();
  });

  test('that expired long ago is forgotten when another one is made', async () => {
    const { owner, guest, token, id } = await invited();
    await harness.db.execute(
      sql`update invitations set expires_at = now() - interval '31 days' where id = ${id}`,
    );
    expect(await accept(guest.token, token)).toMatchObject({ status: 410 });
    expect(await invite(owner.token, { email: newAddress() })).toMatchObject({ status: 201 });
    expect(await accept(guest.token, token)).toMatchObject({ status: 404 });
  });

  test('is replaced by another one to the same address', async () => {
    const { owner, guest, token, id } = await invited();
    const again = await invite(owner.token, { email: guest.email, role: 'owner' });
    expect(again).toMatchObject({ status: 201, data: { role: 'owner' } });
    expect(idOf(again)).not.toBe(id);
    expect(await list(owner.token)).toMatchObject({ data: [again.data] });
    expect(await accept(guest.token, token)).toMatchObject({ status: 404 });
    const { list: mails } = mailbox(harness.env);
    expect(await mails(guest.email)).toHaveLength(2);
    expect(await accept(guest.token, await mailedToken(guest.email))).toMatchObject({
      data: { role: 'owner' },
    });
  });

  test('is revoked', async () => {
    const { owner, guest, token, id } = await invited();
    expect(await revoke(owner.token, id)).toMatchObject({ status: 200, data: { deleted: true } });
    expect(await accept(guest.token, token)).toMatchObject({ status: 404 });
    expect(await revoke(owner.token, id)).toMatchObject({ status: 404 });
    expect(await securityEvents(harness, owner.workspaceId)).toMatchObject([
      {},
      { action: 'invitation.revoked', target: id },
    ]);
  });

  test('waits while its workspace is suspended', async () => {
    const { owner, guest, token } = await invited();
    const { workspaces } = harness.schema;
    const set = (isActive: boolean) =>
      harness.db.update(workspaces).set({ isActive }).where(eq(workspaces.id, owner.workspaceId));
    await set(false);
    expect(await accept(guest.token, token)).toMatchObject({
      status: 403,
      error: { details: { reason: 'workspace_suspended' } },
    });
    await set(true);
    expect(await accept(guest.token, token)).toMatchObject({ status: 200 });
  });

  test('is accepted by a person whose own workspace is suspended', async () => {
    const { owner, guest, token } = await invited();
    const { workspaces } = harness.schema;
    await harness.db
      .update(workspaces)
      .set({ isActive: false })
      .where(eq(workspaces.id, guest.workspaceId));
    expect(await list(guest.token)).toMatchObject({ status: 403 });
    expect(await accept(guest.token, token)).toMatchObject({
      status: 200,
      data: { workspaceId: owner.workspaceId },
    });
  });

  test('is not for members', async () => {
    const owner = await harness.newUser();
    const { email } = await harness.newUser({ workspaceId: owner.workspaceId, role: 'member' });
    expect(await invite(owner.token, { email })).toMatchObject({
      status: 409,
      error: { code: 'CONFLICT' },
    });
  });

  test('says so when its mail cannot be sent, and is repeated', async () => {
    const { token } = await harness.newUser();
    const email = newAddress();
    const refused = await harness.call('POST', INVITATIONS, {
      key: token,
      body: { email },
      env: { MAIL_URL: 'http://127.0.0.1:9' },
    });
    expect(refused).toMatchObject({ status: 503, error: { code: 'UNAVAILABLE' } });
    expect(await invite(token, { email })).toMatchObject({ status: 201 });
  });

  test('is for owners to make, see and revoke', async () => {
    const { owner, id } = await invited();
    const { workspaceId } = owner;
    const member = await harness.newUser({ workspaceId, role: 'member', allSessions: true });
    const { apiKey } = await harness.newKey(workspaceId);
    for (const key of [member.token, apiKey])
      for (const answer of [
        await invite(key, { email: newAddress() }),
        await list(key),
        await revoke(key, id),
      ])
        expect(answer).toMatchObject({ status: 403, error: { code: 'FORBIDDEN' } });
    expect(await accept(apiKey, 'token')).toMatchObject({ status: 403 });
  });

  test.each([
    [
      'is removed',
      (by: string, id: string) => harness.call('DELETE', `${MEMBERS}/${id}`, { key: by }),
    ],
    [
      'is made a member',
      (by: string, id: string) =>
        harness.call('PATCH', `${MEMBERS}/${id}`, { key: by, body: { role: 'member' } }),
    ],
  ])('ends when the owner who made it %s', async (_how, change) => {
    const { owner, guest, id, token } = await invited({ role: 'owner' });
    const { workspaceId } = owner;
    const other = await harness.newUser({ workspaceId });
    const kept = await invite(other.token, { email: newAddress() });
    expect(await change(other.token, owner.userId)).toMatchObject({ status: 200 });
    expect(await accept(guest.token, token)).toMatchObject({ status: 404 });
    expect(await list(other.token)).toMatchObject({ data: [{ id: idOf(kept) }] });
    const events = await securityEvents(harness, workspaceId, id);
    expect(events.map(({ action }) => action)).toEqual([
      'invitation.created',
      'invitation.revoked',
    ]);
  });

  test('of another workspace is not there', async () => {
    const { id } = await invited();
    const { token } = await harness.newUser();
    const foreign = await revoke(token, id);
    expect(foreign).toMatchObject({ status: 404, error: { code: 'NOT_FOUND' } });
    expect((await revoke(token, newId('invitation'))).error).toEqual(foreign.error);
    expect(await list(token)).toMatchObject({ data: [] });
  });

  test.each([
    [{ email: 'nobody' }],
    [{ email: 'аnn@example.com' }],
    [{ email: 'ann@example.com', role: 'admin' }],
    [{ email: 'ann@example.com', workspaceId: 'wks_x' }],
  ])('refuses %j', async (body) => {
    const { token } = await harness.newUser();
    expect(await invite(token, body)).toMatchObject({ status: 422 });
  });
});
