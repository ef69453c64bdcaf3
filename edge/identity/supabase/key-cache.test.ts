import { beforeAll, describe, expect, test } from 'vitest';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { supabaseProject } from '../../testing/neighbours.ts';
import { KeyCaches } from './key-cache.ts';
import { createSupabaseTokens } from './verify-token.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

/** A verifier on a clock that the test moves, of a project of its own. */
function setUp() {
  const project = supabaseProject(new URL(harness.supabase.url).origin);
  const keys = new KeyCaches();
  let ms = Date.now();
  const verify = async (token: string) =>
    createSupabaseTokens({
      env: { SUPABASE_URL: project.url, SUPABASE_JWT_SECRET: undefined },
      keys,
      now: () => ms,
      log: () => undefined,
    })?.verify(token) ?? null;
  return { ...project, verify, pass: (seconds: number) => void (ms += seconds * 1000) };
}

describe('when the project changes its keys', () => {
  test('a new one is found, at the earliest 30 s after the last look', async () => {
    const { sign, verify, rotate, pass, hits } = setUp();
    expect(await verify(await sign())).not.toBeNull();
    await rotate();
    const token = await sign();
    expect(await verify(token)).toBeNull();
    expect(await hits()).toBe(1);
    pass(31);
    expect(await verify(token)).toMatchObject({ email: expect.any(String) });
    expect(await hits()).toBe(2);
  });

  test('one that was withdrawn is refused after ten minutes at the latest', async () => {
    const { sign, verify, rotate, pass } = setUp();
    const old = await sign({ exp: Math.floor(Date.now() / 1000) + 3_600 });
    expect(await verify(old)).not.toBeNull();
    await rotate();
    pass(60);
    expect(await verify(old)).not.toBeNull();
    pass(600);
    expect(await verify(old)).toBeNull();
  });

  test('those that are known stay good while new ones cannot be had', async () => {
    const { sign, verify, script, pass, hits } = setUp();
    const token = await sign({ exp: Math.floor(Date.now() / 1000) + 3_600 });
    expect(await verify(token)).not.toBeNull();
    await script({ status: 500 });
    pass(601);
    expect(await verify(token)).not.toBeNull();
    expect(await hits()).toBe(2);
  });
});
