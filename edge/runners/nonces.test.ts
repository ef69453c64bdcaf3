import { env as bindings } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createNonceMemory, LocalNonces } from './nonces.ts';

const env = z
  .object({ UPSTASH_REDIS_REST_URL: z.url(), UPSTASH_REDIS_REST_TOKEN: z.string() })
  .parse({ ...bindings });
const withoutRedis = { ...env, UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9' };

const NOW = 1_800_000_000;
const newNonce = (): string => crypto.randomUUID();

/** One isolate's memory, its clock standing at NOW, and what it logged. */
function isolate(redisEnv = env, at: () => number = () => NOW) {
  const lines: { event: string }[] = [];
  const memory = createNonceMemory({
    env: redisEnv,
    fallback: new LocalNonces(at),
    log: (line) => void lines.push(line),
    nowSeconds: at,
  });
  return { memory, lines };
}

describe('nonces in Redis', () => {
  it('are new once, in whichever isolate', async () => {
    const [one, other] = [isolate(), isolate()];
    const nonce = newNonce();
    expect(await one.memory.remember(nonce, NOW + 60)).toBe(true);
    expect(await other.memory.remember(nonce, NOW + 60)).toBe(false);
    expect(await one.memory.remember(nonce, NOW + 60)).toBe(false);
    expect([...one.lines, ...other.lines]).toEqual([]);
  });

  it('do not mix', async () => {
    const { memory } = isolate();
    expect(await memory.remember(newNonce(), NOW + 60)).toBe(true);
    expect(await memory.remember(newNonce(), NOW + 60)).toBe(true);
  });
});

describe('nonces without Redis', () => {
  it('are remembered by the isolate, and that is logged', async () => {
    const { memory, lines } = isolate(withoutRedis);
    const nonce = newNonce();
    expect(await memory.remember(nonce, NOW + 60)).toBe(true);
    expect(await memory.remember(nonce, NOW + 60)).toBe(false);
    expect(lines).toMatchObject([
      { event: 'nonce_memory_degraded' },
      { event: 'nonce_memory_degraded' },
    ]);
  });

  it('seen while Redis was away are known when it is back', async () => {
    const fallback = new LocalNonces(() => NOW);
    const log = (): void => undefined;
    const nonce = newNonce();
    const away = createNonceMemory({ env: withoutRedis, fallback, log });
    expect(await away.remember(nonce, NOW + 60)).toBe(true);
    const back = createNonceMemory({ env, fallback, log });
    expect(await back.remember(nonce, NOW + 60)).toBe(false);
  });
});

describe('LocalNonces', () => {
  it('forgets a nonce when its signature is of no use any more, not before', async () => {
    let now = NOW;
    const nonces = new LocalNonces(() => now);
    expect(await nonces.remember('a', NOW + 60)).toBe(true);
    now = NOW + 59;
    expect(await nonces.remember('a', NOW + 60)).toBe(false);
    now = NOW + 60;
    expect(await nonces.remember('a', NOW + 120)).toBe(true);
  });
});
