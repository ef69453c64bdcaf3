import { describe, expect, test } from 'vitest';
import { HashGate, REST_MS } from './hash-gate.ts';
import { hashPassword, verifyPassword } from './password.ts';

describe('a password hash', () => {
  test('carries its parameters and a salt of its own, and belongs to its password alone', async () => {
    const [hash, other] = [
      await hashPassword('correct horse'),
      await hashPassword('correct horse'),
    ];
    expect(hash).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[\w-]{22}\$[\w-]{43}$/);
    expect(other).not.toBe(hash);
    expect(await verifyPassword('correct horse', hash)).toBe(true);
    expect(await verifyPassword('correct hors', hash)).toBe(false);
    expect(await verifyPassword('', hash)).toBe(false);
  });

  test('of other parameters is still checked by those', async () => {
    // RFC 7914, section 12: scrypt("password", "NaCl", N=1024, r=8, p=16), its first 32 bytes.
    const key = Buffer.from(
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162',
      'hex',
    );
    const hash = (salt: string) => `$scrypt$ln=10,r=8,p=16$${salt}$${key.toString('base64url')}`;
    expect(await verifyPassword('password', hash('TmFDbA'))).toBe(true);
    expect(await verifyPassword('Password', hash('TmFDbA'))).toBe(false);
  });

  test.each([
    '',
    'plain',
    '$scrypt$ln=14,r=8,p=5$$',
    '$scrypt$ln=30,r=8,p=5$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  ])('%o is nobody’s', async (hash) => {
    expect(await verifyPassword('', hash)).toBe(false);
  });
});

describe('the gate', () => {
  test('lets four in, refuses a fifth, and has room when one is done', async () => {
    const gate = new HashGate();
    const { promise, resolve } = Promise.withResolvers<string>();
    const inside = [1, 2, 3, 4].map(() => gate.run(() => promise));
    await expect(gate.run(() => promise)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    resolve('hash');
    expect(await Promise.all(inside)).toEqual(['hash', 'hash', 'hash', 'hash']);
    expect(await gate.run(() => Promise.resolve('more'))).toBe('more');
    expect(gate.runs).toBe(5);
  });

  test('lets one work at a time, and leaves the thread to others between two', async () => {
    let [now, looks] = [0, 0];
    const gate = new HashGate(() => {
      looks += 1;
      return now;
    });
    const first = Promise.withResolvers<void>();
    const begun: string[] = [];
    const hash = (name: string, until: Promise<void>) =>
      gate.run(() => {
        begun.push(name);
        return until;
      });
    const one = hash('first', first.promise);
    const other = hash('second', Promise.resolve());
    await expect.poll(() => begun).toEqual(['first']);
    first.resolve();
    await one;
    const looksSoFar = looks;
    await expect.poll(() => looks).toBeGreaterThan(looksSoFar + 10);
    expect(begun).toEqual(['first']);
    now = REST_MS;
    await other;
    expect(begun).toEqual(['first', 'second']);
  });

  test('has room again after one failed, or was given up', async () => {
    let now = 0;
    const gate = new HashGate(() => now);
    const fail = () => Promise.reject(new Error('broken'));
    for (let count = 0; count < 5; count += 1) {
      await expect(gate.run(fail)).rejects.toThrow('broken');
      now += REST_MS;
    }
    const givenUp = [1, 2, 3, 4].map(() => gate.run(() => new Promise<never>(() => undefined)));
    const waiting = Promise.allSettled(givenUp.slice(1));
    await expect.poll(() => gate.runs).toBe(6);
    await expect(gate.run(fail)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    now += 10_001;
    await expect(gate.run(fail)).rejects.toThrow('broken');
    expect((await waiting).map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
  });
});
