import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** The user a binary runs as. `undefined` elsewhere means: as ourselves. */
export type Account = { name: string; uid: number; gid: number };

type Permissions = { uid: number; gid: number; mode: number };

/** Reads one `name:x:uid:gid:…` line of a passwd file. */
export function accountIn(passwd: string, name: string): Account | undefined {
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find((line) => line[0] === name);
  const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])];
  return Number.isInteger(uid) && Number.isInteger(gid) ? { name, uid, gid } : undefined;
}

/** May the account enter the directory, or run the program, with these permissions? */
export function mayPass(account: Account, { uid, gid, mode }: Permissions): boolean {
  if (account.uid === 0) return true;
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

/** Of two accounts every Linux and macOS system may have, the first that exists. */
export async function unprivilegedAccount(
  passwdFile = '/etc/passwd',
): Promise<Account | undefined> {
  const passwd = await readFile(passwdFile, 'utf8');
  return accountIn(passwd, 'postgres') ?? accountIn(passwd, 'nobody');
}

/** The first directory on the way to `target` that the account may not enter, or the target itself. */
export async function firstBarrier(account: Account, target: string): Promise<string | undefined> {
  const parts = path.resolve(target).split(path.sep);
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const step = parts.slice(0, depth).join(path.sep) || path.sep;
    if (!mayPass(account, await stat(step))) return step;
  }
  return undefined;
}
