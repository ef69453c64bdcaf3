import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstBarrier, unprivilegedAccount } from './account.ts';
import { reachableBinaries } from './reachable.ts';

describe.skipIf(process.getuid?.() !== 0)('programs for an account that is not root', () => {
  let folder: string;
  const programs = () => {
    const bin = path.join(folder, 'closed', 'native', 'bin');
    return {
      initdb: path.join(bin, 'initdb'),
      postgres: path.join(bin, 'postgres'),
      pg_ctl: path.join(bin, 'pg_ctl'),
    };
  };
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'waypost-reach-'));
    await chmod(folder, 0o755);
    await mkdir(path.dirname(programs().postgres), { recursive: true });
    for (const program of Object.values(programs()))
      await writeFile(program, program, { mode: 0o755 });
  });
  const umask = process.umask();
  afterEach(async () => {
    process.umask(umask);
    await rm(folder, { recursive: true, force: true });
  });

  it('stay where they are when it can get there, and are copied out when it cannot', async () => {
    const account = await unprivilegedAccount();
    if (account === undefined) throw new Error('this system has neither postgres nor nobody');
    expect(await reachableBinaries(account, programs(), folder)).toEqual(programs());

    await chmod(path.join(folder, 'closed'), 0o700);
    process.umask(0o077); // as the launcher has it
    const copied = await reachableBinaries(account, programs(), folder);
    expect(copied).not.toEqual(programs());
    expect(await firstBarrier(account, copied.postgres)).toBeUndefined();
    expect(await readFile(copied.initdb, 'utf8')).toBe(programs().initdb);
    expect(await reachableBinaries(account, programs(), folder)).toEqual(copied);
  });

  it('are not taken from a copy that others could have written', async () => {
    const account = await unprivilegedAccount();
    if (account === undefined) throw new Error('this system has neither postgres nor nobody');
    await chmod(path.join(folder, 'closed'), 0o700);
    const copied = await reachableBinaries(account, programs(), folder);
    await chmod(path.dirname(path.dirname(copied.postgres)), 0o777);
    await expect(reachableBinaries(account, programs(), folder)).rejects.toThrow(
      'no copy could be made',
    );
  });
});
