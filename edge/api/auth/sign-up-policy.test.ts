import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import { visitGoogle } from '../../../local/testing/oidc-visitor.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { authClient } from '../../testing/person.ts';

const ADMIN = 'root@example.com';
const invitedOnly = await createHarness({ SIGN_UP: 'invited', ADMIN_EMAILS: ADMIN });
const closed = await createHarness({ SIGN_UP: 'closed', ADMIN_EMAILS: ADMIN });

const newAddress = () => `guest-${crypto.randomUUID()}@example.com`;
const Started = z.object({ url: z.url() });
const Refused = z.object({ error: z.object({ details: z.object({ reason: z.string() }) }) });

/** Each way to make an account: why it was refused, null when it was not. */
const WAYS: Readonly<Record<string, (harness: Harness, email: string) => Promise<string | null>>> =
  {
    'a password': async (harness, email) => {
      const { post, newPerson } = authClient(harness);
      const { status, body } = await post('/sign-up/email', { ...newPerson(), email });
      return status === 200 ? null : Refused.parse(body).error.details.reason;
    },
    Google: async (harness, email) => {
      const { post, get } = authClient(harness);
      const begun = await post('/sign-in/social', { provider: 'google' });
      const back = await visitGoogle(new URL(Started.parse(begun.body).url), { email });
      const { headers } = await get(`/callback/google${back.search}`, {
        headers: { cookie: begun.cookie },
      });
      return new URL(headers.get('location') ?? '').searchParams.get('error');
    },
    Supabase: async (harness, email) => {
      const key = await harness.supabase.sign({ email });
      const { status, error } = await harness.call('GET', '/v1/me', { key });
      return status === 200 ? null : String(error?.details?.['reason']);
    },
  };
const ways = Object.keys(WAYS).map((way) => [way] as const);
const come = (way: string, harness: Harness, email: string) => WAYS[way]?.(harness, email);

async function invite(harness: Harness): Promise<string> {
  const owner = await harness.newUser();
  const email = newAddress();
  const made = await harness.call('POST', '/v1/workspace/invitations', {
    key: owner.token,
    body: { email },
  });
  expect(made.status).toBe(201);
  return email;
}

test('with SIGN_UP=invited the first person of a new deployment gets in', async () => {
  const { confirmed, signIn } = authClient(invitedOnly);
  expect((await signIn(await confirmed())).status).toBe(200);
  expect(await come('a password', invitedOnly, newAddress())).toBe('not_invited');
});

describe.each(ways)('with SIGN_UP=invited, by %s,', (way) => {
  test('strangers are refused, and the invited are not', async () => {
    const invited = await invite(invitedOnly);
    expect(await come(way, invitedOnly, newAddress())).toBe('not_invited');
    expect(await come(way, invitedOnly, invited)).toBeNull();
  });

  test('an invitation that has expired invites nobody', async () => {
    const invited = await invite(invitedOnly);
    await invitedOnly.db.update(invitedOnly.schema.invitations).set({ expiresAt: new Date(0) });
    expect(await come(way, invitedOnly, invited)).toBe('not_invited');
  });
});

describe.each(ways)('with SIGN_UP=closed, by %s,', (way) => {
  test('nobody makes an account, invited or not', async () => {
    expect(await come(way, closed, newAddress())).toBe('sign_up_closed');
    expect(await come(way, closed, await invite(closed))).toBe('sign_up_closed');
  });
});

describe.each([
  ['invited', invitedOnly],
  ['closed', closed],
] as const)('with SIGN_UP=%s', (_policy, harness) => {
  test('an administrator of ADMIN_EMAILS gets in', async () => {
    await harness.newUser();
    expect(await come('a password', harness, ADMIN)).toBeNull();
  });

  test('whoever has an account signs in, and a stranger does not learn that they have one', async () => {
    const { email } = await harness.newUser({ email: `${newId('user').slice(-8)}@example.com` });
    const known = await come('a password', harness, email);
    expect(known).toBe(await come('a password', harness, newAddress()));
    expect(await come('Google', harness, email)).toBeNull();
    expect(await come('Supabase', harness, email)).toBe('email_taken');
  });
});
