import { expect, test } from 'vitest';
import { createHarness } from '../../testing/harness.ts';

const harness = await createHarness();
const methods = async (env: Record<string, string>) =>
  (await harness.call('GET', '/auth/sign-in/methods', { env })).data;

test('what is not set up is not offered', async () => {
  const env = { GOOGLE_CLIENT_ID: '', GOOGLE_CLIENT_SECRET: '', SIGN_UP: 'closed' };
  expect(await methods(env)).toEqual({ google: false, supabase: [], signUp: 'closed' });
});

test('each provider of the project is offered with where to begin, and comes back to the dashboard', async () => {
  const env = {
    SUPABASE_URL: 'https://ref.supabase.co/',
    SUPABASE_PROVIDERS: 'github, azure',
    FRONTEND_URL: 'https://app.example.com/',
  };
  const url = (provider: string) =>
    `https://ref.supabase.co/auth/v1/authorize?provider=${provider}&redirect_to=https%3A%2F%2Fapp.example.com%2Fsign-in%2Fsupabase`;
  expect(await methods(env)).toEqual({
    google: true,
    supabase: ['github', 'azure'].map((provider) => ({ provider, url: url(provider) })),
    signUp: 'open',
  });
});

test('looking at the sign-in page takes nothing of the limit of sign-ins', async () => {
  const { headers } = await harness.call('GET', '/auth/sign-in/methods');
  expect(headers.get('ratelimit-policy')).not.toContain('sign-in');
});
