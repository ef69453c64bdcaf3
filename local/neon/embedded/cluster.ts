import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Log, reasonOf } from '../../log.ts';
import { freePort } from './free-port.ts';
import type { Installation } from './install.ts';
import { isAlive, readPostmasterPid, servesCluster } from './postmaster-pid.ts';
import { launch, runToEnd } from './programs.ts';
import { serverArguments } from './settings.ts';

const START_DEADLINE_MS = 120_000;
const START_ATTEMPTS = 20;
const RETRY_MS = 250;
const RESTART_MAX_MS = 5_000;

export type Cluster = { port: number; close: () => Promise<void> };

/**
 * Serves the cluster on a free port of 127.0.0.1 until closed. A server that an earlier, killed process left
 * behind is stopped first; one that dies under us is started again on the same port.
 */
export async function startCluster(
  installation: Installation,
  throwaway: boolean,
  log: Log,
): Promise<Cluster> {
  await stopLeftover(installation, log);
  const { port, child } = await startOnFreePort(installation, throwaway, log);
  let current = child;
  let closing = false;
  let restarting: Promise<void> | undefined;

  const restart = async (): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      if (closing) return;
      try {
        watch(await startServer(installation, port, throwaway, log));
        log('info', 'database_restarted', { port });
        return;
      } catch (error) {
        log('error', 'database_restart_failed', { reason: reasonOf(error) });
        await delay(Math.min(RETRY_MS * 2 ** attempt, RESTART_MAX_MS));
      }
    }
  };
  const watch = (server: ChildProcess): void => {
    current = server;
    server.once('exit', (code, signal) => {
      if (closing) return;
      log('error', 'database_died', { code, signal });
      restarting = restart();
    });
    // It may have gone between becoming ready and this line.
    if (hasExited(server)) server.emit('exit', server.exitCode, server.signalCode);
  };
  watch(current);

  return {
    port,
    close: async () => {
      closing = true;
      await restarting;
      await stopServer(installation);
    },
  };
}

const hasExited = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

async function startOnFreePort(
  installation: Installation,
  throwaway: boolean,
  log: Log,
): Promise<{ port: number; child: ChildProcess }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { port, child: await startServer(installation, port, throwaway, log) };
    } catch (error) {
      // The port may have been taken in between, or backends of a killed server may still hold its memory.
      const passing = /TCP\/IP sockets|shared memory block/.test(reasonOf(error));
      if (!passing || attempt === START_ATTEMPTS) throw error;
      await delay(RETRY_MS);
    }
  }
}

/** Resolves once the server takes connections. @throws Error with its last words when it exits instead. */
async function startServer(
  { binaries, account, cluster }: Installation,
  port: number,
  throwaway: boolean,
  log: Log,
): Promise<ChildProcess> {
  const child = launch(binaries.postgres, serverArguments(cluster, port, throwaway), account);
  let lastWords = '';
  const failed: { error?: Error } = {};
  child.once('error', (error) => (failed.error = error));
  child.stderr?.on('data', (chunk: Buffer) => {
    const text = chunk.toString().trim();
    lastWords = `${lastWords}\n${text}`.slice(-2_000);
    if (/ (FATAL|PANIC|WARNING): /.test(text)) log('warn', 'database_said', { text });
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const deadline = Date.now() + START_DEADLINE_MS;
  while (failed.error === undefined && !hasExited(child)) {
    const lock = await readPostmasterPid(cluster);
    if (lock?.pid === child.pid && lock?.ready === true) return child;
    if (Date.now() > deadline) {
      child.kill('SIGINT');
      throw new Error(`PostgreSQL is not ready after ${START_DEADLINE_MS / 1000} s:${lastWords}`);
    }
    await delay(10);
  }
  if (failed.error !== undefined) throw failed.error;
  await closed;
  throw new Error(`PostgreSQL did not start:${lastWords}`);
}

async function stopLeftover(installation: Installation, log: Log): Promise<void> {
  const { cluster } = installation;
  const lock = await readPostmasterPid(cluster);
  if (lock === undefined || !isAlive(lock.pid)) return;
  if (await servesCluster(lock.pid, cluster)) {
    log('warn', 'leftover_database_stopped', { pid: lock.pid });
    await stopServer(installation);
    return;
  }
  // PostgreSQL would take the stranger that now has this process id for a server of its own.
  await rm(path.join(cluster, 'postmaster.pid'), { force: true });
}

/** Fast stop: transactions under way are rolled back; immediate, which needs recovery, only when that hangs. */
async function stopServer({ binaries, account, cluster }: Installation): Promise<void> {
  const stop = (mode: string): Promise<void> =>
    runToEnd(binaries.pg_ctl, ['stop', '-D', cluster, '-m', mode, '-w', '-t', '20'], account);
  const isGone = async (): Promise<boolean> => {
    const lock = await readPostmasterPid(cluster);
    return lock === undefined || !isAlive(lock.pid);
  };
  try {
    await stop('fast');
  } catch {
    // pg_ctl also fails when the server was gone already, which is what we want.
    if (!(await isGone())) await stop('immediate');
  }
}
