import { describe, expect, it } from 'vitest';
import { parseEnv } from './env.ts';

const good = {
  RUNNER_ID: 'runner-1',
  EDGE_URL: 'http://127.0.0.1:8787',
  EDGE_TO_RUNNER_KEYS: `a:${'aa'.repeat(32)}`,
  RUNNER_TO_EDGE_KEYS: `b:${'bb'.repeat(32)}`,
  WWEBJS_DATA_DIR: 'data',
};

describe('the environment', () => {
  it('is parsed once, with defaults', () => {
    expect(parseEnv({ ...good, SANDBOX_URL: '' })).toMatchObject({
      RUNNER_ID: 'runner-1',
      RUNNER_REGION: 'local',
      RUNNER_MAX_SESSIONS: 10,
      HOST: '127.0.0.1',
      PORT: 0,
      LOG_LEVEL: 'info',
      EDGE_TO_RUNNER_KEYS: [{ id: 'a', secret: 'aa'.repeat(32) }],
    });
  });

  it('takes its name and place from Fly, unless it is told others', () => {
    const onFly = { ...good, FLY_MACHINE_ID: '1857156b526dd8', FLY_REGION: 'fra' };
    expect(parseEnv(onFly)).toMatchObject({ RUNNER_ID: 'runner-1', RUNNER_REGION: 'fra' });
    expect(parseEnv({ ...onFly, RUNNER_ID: undefined, RUNNER_REGION: 'ams' })).toMatchObject({
      RUNNER_ID: '1857156b526dd8',
      RUNNER_REGION: 'ams',
    });
  });

  it.each<[string, Record<string, string | undefined>, RegExp]>([
    ['a missing id', { RUNNER_ID: undefined }, /RUNNER_ID/],
    ['an id that would break the audience', { RUNNER_ID: 'a/b' }, /RUNNER_ID: letters/],
    ['a short key', { EDGE_TO_RUNNER_KEYS: 'a:00' }, /EDGE_TO_RUNNER_KEYS/],
    [
      'one key for both directions',
      { RUNNER_TO_EDGE_KEYS: good.EDGE_TO_RUNNER_KEYS },
      /RUNNER_TO_EDGE_KEYS: shares a secret/,
    ],
    [
      'a sandbox without its token',
      { SANDBOX_URL: 'http://127.0.0.1:1' },
      /SANDBOX_TOKEN: is needed/,
    ],
    ['a token without a sandbox', { SANDBOX_TOKEN: 'x'.repeat(16) }, /SANDBOX_URL: is needed/],
    ['an open door without an address', { HOST: '0.0.0.0' }, /PUBLIC_URL: is needed when HOST/],
    [
      'a private place without a port',
      { EGRESS_ALLOW: 'a:1, proxy' },
      /"proxy" is neither host:port/,
    ],
    ['no room', { RUNNER_MAX_SESSIONS: '0' }, /RUNNER_MAX_SESSIONS/],
  ])('refuses %s and says what to do', (_, change, message) => {
    expect(() => parseEnv({ ...good, ...change })).toThrow(message);
  });

  it('never shows a value', () => {
    const secret = 'c'.repeat(30);
    const parse = (): unknown => parseEnv({ ...good, EDGE_TO_RUNNER_KEYS: `a:${secret}` });
    expect(parse).toThrow('EDGE_TO_RUNNER_KEYS');
    expect(parse).not.toThrow(secret);
  });
});
