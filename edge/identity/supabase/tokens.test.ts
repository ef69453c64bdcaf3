import { describe, expect, test } from 'vitest';
import { createHarness } from '../../testing/harness.ts';
import { supabaseProject } from '../../testing/neighbours.ts';

const harness = await createHarness();

const LEGACY_SECRET = 'a-legacy-secret-of-thirty-two-characters';

const list = (key: string, env: Record<string, unknown> = {}) =>
  harness.call('GET', '/v1/sessions', { key, env });

/** A project of its own, so that its key set's cache and counters are nobody else's. */
function newProject() {
  const project = supabaseProject(new URL(harness.supabase.url).origin);
  const env = { SUPABASE_URL: project.url };
  return { ...project, env, list: (token: string, more = {}) => list(token, { ...env, ...more }) };
}

const now = (): number => Math.floor(Date.now() / 1000);

describe('refused, each with 401', () => {
  test.each([
    ['another audience', { aud: 'anon' }],
    ['another issuer', { iss: 'https://evil.example.com/auth/v1' }],
    ['expired', { exp: now() - 1 }],
    ['without an expiry', { exp: undefined }],
    ['not yet good', { nbf: now() + 600 }],
    ['without a subject', { sub: undefined }],
    ['without an address', { email: undefined }],
    ['an empty address', { email: '' }],
    ['a look-alike address', { email: 'аnn@example.com' }],
    ['an anonymous user', { is_anonymous: true }],
    ['the service’s own role', { role: 'service_role' }],
  ])('%s', async (_what, payload) => {
    expect(await list(await harness.supabase.sign(payload))).toMatchObject({ status: 401 });
  });

  test('alg none', async () => {
    const token = await harness.supabase.sign({}, { alg: 'none' });
    expect(await list(token)).toMatchObject({ status: 401 });
  });

  test('HS256 signed with the public key, whether or not a legacy secret is set', async () => {
    const [publicKey] = await harness.supabase.publicKeys();
    const secret = JSON.stringify(publicKey);
    const kid = String(publicKey?.['kid']);
    const token = await harness.supabase.sign({}, { secret, kid });
    expect(await list(token)).toMatchObject({ status: 401 });
    const legacy = { SUPABASE_JWT_SECRET: LEGACY_SECRET };
    expect(await list(token, legacy)).toMatchObject({ status: 401 });
  });

  test('HS256 by a symmetric key that stands in the published set', async () => {
    const { script, sign, list: ask } = newProject();
    const secret = 'symmetric-and-published-for-all-to-see';
    await script({ extraKeys: [{ kty: 'oct', kid: 'shared', alg: 'HS256', k: btoa(secret) }] });
    expect(await ask(await sign({}, { secret, kid: 'shared' }))).toMatchObject({ status: 401 });
  });

  test('without a key id', async () => {
    const token = await harness.supabase.sign({}, { withoutKid: true });
    expect(await list(token)).toMatchObject({ status: 401 });
  });

  test('every token when no project is configured', async () => {
    const token = await harness.supabase.sign();
    expect(await list(token, { SUPABASE_URL: '' })).toMatchObject({ status: 401 });
  });
});

describe('the legacy secret', () => {
  const legacy = { SUPABASE_JWT_SECRET: LEGACY_SECRET };

  test('is good for HS256 where it is set, and only there', async () => {
    const token = await harness.supabase.sign({}, { secret: LEGACY_SECRET });
    expect(await list(token, legacy)).toMatchObject({ status: 200 });
    expect(await list(token)).toMatchObject({ status: 401 });
  });

  test('refuses another secret’s signature', async () => {
    const token = await harness.supabase.sign({}, { secret: `${LEGACY_SECRET}!` });
    expect(await list(token, legacy)).toMatchObject({ status: 401 });
  });
});

describe('the published keys', () => {
  test('are fetched once for many requests at once, and kept', async () => {
    const { sign, list: ask, hits } = newProject();
    const token = await sign();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(token)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    await ask(token);
    expect(await hits()).toBe(1);
  });

  test('are not asked for again by a flood of unknown key ids', async () => {
    const { sign, list: ask, hits } = newProject();
    expect(await ask(await sign())).toMatchObject({ status: 200 });
    const tokens = await Promise.all(
      Array.from({ length: 30 }, (_, n) => sign({}, { kid: `unknown-${n}` })),
    );
    const answers = await Promise.all(tokens.map((token) => ask(token)));
    expect(answers.every(({ status }) => status === 401)).toBe(true);
    expect(await hits()).toBe(1);
  });

  test('are not asked for by tokens that no key could let in', async () => {
    const { sign, list: ask, hits } = newProject();
    for (const payload of [{ iss: 'https://other.example' }, { exp: now() - 60 }, { email: 'x' }])
      expect(await ask(await sign(payload))).toMatchObject({ status: 401 });
    expect(await hits()).toBe(0);
  });

  test('cannot be had: 503, and not asked for again at once', async () => {
    const { sign, script, list: ask, hits } = newProject();
    await script({ status: 500 });
    const token = await sign();
    expect(await ask(token)).toMatchObject({ status: 503, error: { code: 'UNAVAILABLE' } });
    expect(await ask(token)).toMatchObject({ status: 503 });
    expect(await hits()).toBe(1);
  });
});
