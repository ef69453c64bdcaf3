import {
  chown,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { SUPERUSER } from '../config.ts';
import { reasonOf } from '../../log.ts';
import { type Account, firstBarrier, unprivilegedAccount } from './account.ts';
import { type Binaries, EmbeddedUnavailableError, findBinaries } from './binaries.ts';
import { runToEnd } from './programs.ts';
import { reachableBinaries } from './reachable.ts';

/** Programs that can run here, the user to run them as, and a cluster that is ready to be served. */
export type Installation = { binaries: Binaries; account: Account | undefined; cluster: string };

/** Where the cluster of a data directory stands. */
export const clusterOf = (dataDir: string): string => path.join(dataDir, 'postgres');

/** Has this data directory been served by real PostgreSQL before? */
export async function hasCluster(dataDir: string): Promise<boolean> {
  return stat(path.join(clusterOf(dataDir), 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

/**
 * Makes sure of programs, user and cluster; creates the cluster at first start, in one step, so that a kill
 * in between leaves nothing half made.
 * @throws EmbeddedUnavailableError with the reason, when real PostgreSQL cannot run here.
 */
export async function install(
  dataDir: string,
  password: string,
  throwaway: boolean,
): Promise<Installation> {
  const installed = await findBinaries();
  // Two steps: in one, `mode` would close the parents to PostgreSQL's account as well.
  await mkdir(path.dirname(dataDir), { recursive: true });
  await mkdir(dataDir, { mode: 0o700 }).catch(unlessItExists);
  const home = await realpath(dataDir);
  const account = await chooseAccount(home);
  const binaries = account === undefined ? installed : await reachableBinaries(account, installed);
  await runToEnd(binaries.postgres, ['--version'], account).catch((error: unknown) => {
    throw new EmbeddedUnavailableError(`its programs do not run here (${reasonOf(error)})`);
  });
  if (await hasCluster(home)) await requireScram(clusterOf(home), account);
  else await createCluster({ home, password, throwaway, binaries, account });
  return { binaries, account, cluster: clusterOf(home) };
}

/** The password never crosses the wire: another program that took the port must not learn it. */
const AUTHENTICATION = 'scram-sha-256';

/** Clusters of earlier versions took the password in clear; they store it for SCRAM all the same. */
async function requireScram(cluster: string, account: Account | undefined): Promise<void> {
  const file = path.join(cluster, 'pg_hba.conf');
  const rules = await readFile(file, 'utf8').catch(() => ''); // Without it PostgreSQL says itself what is wrong.
  const wanted = rules.replaceAll(/^((?:local|host)\s.*\s)password$/gm, `$1${AUTHENTICATION}`);
  if (wanted === rules) return;
  const draft = `${file}.new`;
  await writeFile(draft, wanted, { mode: 0o600 });
  if (account !== undefined) await chown(draft, account.uid, account.gid);
  await rename(draft, file);
}

/** PostgreSQL refuses root, and serves only a cluster that its own user owns. */
async function chooseAccount(home: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = (await hasCluster(home)) ? await stat(clusterOf(home)) : undefined;
  const account =
    owner === undefined || owner.uid === 0
      ? await unprivilegedAccount()
      : { name: `uid ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  if (account === undefined) {
    throw new EmbeddedUnavailableError('PostgreSQL refuses root, and there is no other account');
  }
  const barrier = await firstBarrier(account, path.dirname(home));
  if (barrier !== undefined) {
    throw new EmbeddedUnavailableError(
      `PostgreSQL refuses root, and ${account.name} may not enter ${barrier}`,
    );
  }
  await chown(home, account.uid, account.gid);
  return account;
}

function unlessItExists(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}

type NewCluster = {
  home: string;
  password: string;
  throwaway: boolean;
  binaries: Binaries;
  account: Account | undefined;
};

async function createCluster(options: NewCluster): Promise<void> {
  const { home, account, throwaway } = options;
  const workshop = await mkdtemp(path.join(home, 'initdb-'));
  const passwordFile = path.join(workshop, 'password');
  const unfinished = path.join(workshop, 'cluster');
  try {
    await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
    if (account !== undefined) {
      await chown(workshop, account.uid, account.gid);
      await chown(passwordFile, account.uid, account.gid);
    }
    const args = ['--pgdata', unfinished, '--username', SUPERUSER, '--pwfile', passwordFile];
    args.push(`--auth=${AUTHENTICATION}`, '--encoding=UTF8', '--no-instructions');
    // Neon's own collation, from the built-in provider: no system library can change its order.
    args.push('--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
    // The password is random, so stretching it would only slow every connection down.
    args.push('--set', 'scram_iterations=1');
    if (throwaway) args.push('--no-sync', '--no-data-checksums');
    await runToEnd(options.binaries.initdb, args, account);
    await rename(unfinished, clusterOf(home));
  } catch (error) {
    throw new EmbeddedUnavailableError(`a database could not be created (${reasonOf(error)})`);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}
