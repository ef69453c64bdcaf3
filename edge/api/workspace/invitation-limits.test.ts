import { describe, expect, test } from 'vitest';
import { RATES } from '../../../shared/catalogue/limits.ts';
import { newId } from '../../../shared/ids.ts';
import { INVITATION_LIMIT } from '../../services/workspace/invitation-view.ts';
import { createHarness } from '../../testing/harness.ts';
import { authClient } from '../../testing/person.ts';
import { mailbox } from '../../testing/mailbox.ts';

const harness = await createHarness();

const INVITATIONS = '/v1/workspace/invitations';
const invite = (key: string, body: unknown) => harness.call('POST', INVITATIONS, { key, body });
const newAddress = () => `guest-${crypto.randomUUID()}@example.com`;

describe('an invitation', () => {
  test('is one of ten mails an hour to an address, whoever causes them', async () => {
    const { confirmed, post } = authClient(harness);
    const { email } = await confirmed();
    const { length } = await mailbox(harness.env).list(email);
    for (let sent = length; sent < RATES.mails.limit - 1; sent += 1)
      await post('/request-password-reset', { email });
    const [first, second] = [await harness.newUser(), await harness.newUser()];
    expect(await invite(first.token, { email })).toMatchObject({ status: 201 });
    expect(await invite(second.token, { email })).toMatchObject({
      status: 403,
      error: { code: 'LIMIT_EXCEEDED', details: { limit: RATES.mails.limit } },
    });
    expect(await mailbox(harness.env).list(email)).toHaveLength(RATES.mails.limit);
    expect((await harness.call('GET', INVITATIONS, { key: second.token })).data).toEqual([]);
  });

  test('is one of five mails an hour from its workspace to an address', async () => {
    const [first, second] = [await harness.newUser(), await harness.newUser()];
    const email = newAddress();
    for (let sent = 0; sent < RATES.mailsClient.limit; sent += 1)
      expect(await invite(first.token, { email })).toMatchObject({ status: 201 });
    expect(await invite(first.token, { email })).toMatchObject({
      status: 403,
      error: { code: 'LIMIT_EXCEEDED', details: { limit: RATES.mailsClient.limit } },
    });
    expect(await invite(second.token, { email })).toMatchObject({ status: 201 });
  });

  test('is one of fifty, also when they are made at once', async () => {
    const { token, workspaceId } = await harness.newUser();
    await harness.db.insert(harness.schema.invitations).values(
      Array.from({ length: INVITATION_LIMIT - 3 }, () => ({
        id: newId('invitation'),
        workspaceId,
        email: newAddress(),
        role: 'member' as const,
        tokenSha256: crypto.randomUUID(),
        expiresAt: new Date(Date.now() + 86_400_000),
      })),
    );
    const emails = Array.from({ length: 8 }, newAddress);
    const answers = await Promise.all(emails.map((email) => invite(token, { email })));
    const made = emails.filter((_email, index) => answers[index]?.status === 201);
    expect(made).toHaveLength(3);
    for (const answer of answers.filter(({ status }) => status !== 201))
      expect(answer).toMatchObject({ status: 403, error: { code: 'LIMIT_EXCEEDED' } });
    expect(await invite(token, { email: made[0] })).toMatchObject({ status: 201 });
  });
});
