import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { inheritedEnvironment } from '../env.ts';
import type { Log } from '../log.ts';
import { killTree, processOf, signalTree } from '../processes.ts';
import { machineLog } from './machine-log.ts';
import { RestartPolicy } from './restart-policy.ts';
import { stopSettings } from './schemas.ts';
import type { FlyStore, MachineRecord } from './store.ts';

export type HostConfig = {
  dataDir: string;
  /** The program that every image stands for: a .ts file. */
  program: string;
  /** What an image brings along; a machine's own configuration overrides it. `{root}` stands for the machine's disk. */
  imageEnv: Readonly<Record<string, string>>;
  /** The app's secrets: every machine gets them, over its own configuration. */
  secrets: Readonly<Record<string, string>>;
};

type Running = {
  child: ChildProcess;
  stopping: boolean;
  exited: Promise<void>;
};

export const newInstanceId = (): string => randomBytes(13).toString('hex').toUpperCase();

/**
 * Runs the machines: a process each, in a group and with a disk of its own. The IPC channel ends with this service, and a
 * runner that loses it drains: nothing outlives the service for long, and what does is ended at its next start.
 */
export class MachineHost {
  readonly #config: HostConfig;
  readonly #store: FlyStore;
  readonly #log: Log;
  readonly #running = new Map<string, Running>();
  readonly #restarts: RestartPolicy;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Machines' processes on hosts that are cut off. */
  readonly #left: ChildProcess[] = [];
  #closing = false;
  #patienceMs: number | null = null;

  constructor(deps: { config: HostConfig; store: FlyStore; log: Log; now: () => number }) {
    this.#config = deps.config;
    this.#store = deps.store;
    this.#log = deps.log;
    this.#restarts = new RestartPolicy(deps.now);
  }

  /** Ends what an earlier run of this service left over, and brings up again what ran. */
  resume(): void {
    for (const machine of this.#store.list()) {
      if (machine.process !== null) killTree(machine.process);
      const next = { ...machine, process: null };
      if (machine.state === 'stopping' || machine.state === 'suspended')
        this.#settle(next, 'stopped');
      else if (machine.state === 'destroying') this.#settle(next, 'destroyed');
      else if (machine.state === 'starting' || machine.state === 'started') this.launch(next);
      else if (machine.process !== null) this.#store.save(next);
    }
  }

  /** Starts a machine's process. Its disk is as it was only where `persist_rootfs` says so. */
  launch(machine: MachineRecord): void {
    const root = this.#disk(machine);
    if ((machine.config.guest?.persist_rootfs ?? 'never') === 'never')
      rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true, mode: 0o700 });
    this.#store.save({ ...machine, state: 'starting' });
    const log = machineLog(join(this.#config.dataDir, 'logs'), machine.id);
    const child = fork(this.#config.program, [], {
      cwd: root,
      env: this.#environment(machine, root),
      execArgv: [],
      stdio: ['ignore', log.descriptor, log.descriptor, 'ipc'],
      detached: true,
    });
    const exited = new Promise<void>((resolve) => {
      const gone = (how: string): void => {
        log.close();
        if (this.#running.get(machine.id)?.child !== child) return;
        this.#exited(machine.id, how);
        resolve();
      };
      child.once('exit', (code, signal) => gone(String(signal ?? code)));
      child.once('error', (error) => gone(String(error)));
    });
    this.#running.set(machine.id, { child, stopping: false, exited });
    child.once('spawn', () => this.#spawned(machine.id, child));
  }

  /** From now on machines are killed so soon after they were told to stop; null: when their time is over. */
  cutShort(patienceMs: number | null): void {
    this.#patienceMs = patienceMs;
  }

  suspend(machine: MachineRecord): void {
    this.#signal(machine, 'SIGSTOP');
    this.#store.save({ ...machine, state: 'suspended' });
  }

  wake(machine: MachineRecord): void {
    this.#store.save({ ...machine, state: 'started' });
    this.#signal(machine, 'SIGCONT');
  }

  /**
   * The machine goes on at another host: the same id, a new boot on an empty disk. Its old host is cut off with everything
   * that runs there standing still: nobody kills it but `close`. Returns the process that was left behind.
   */
  migrate(machine: MachineRecord): number | null {
    this.#cancelRestart(machine.id);
    const left = this.#running.get(machine.id)?.child;
    this.#signal(machine, 'SIGSTOP');
    this.#running.delete(machine.id);
    if (left !== undefined) this.#left.push(left);
    this.launch({
      ...machine,
      instance_id: newInstanceId(),
      host: machine.host + 1,
      process: null,
    });
    return left?.pid ?? null;
  }

  /** Hosts that were cut off are back, and what stood still there goes on. */
  rejoin(): void {
    for (const { pid } of this.#left) {
      const entry = processOf(pid);
      if (entry !== undefined) signalTree(entry, 'SIGCONT');
    }
  }

  /** Sends the signal, and SIGKILL to all that is left when the time is over. Resolves when nothing runs. */
  async stop(
    id: string,
    asked: { signal?: string | undefined; timeout?: number | undefined } = {},
  ) {
    const machine = this.#store.get(id);
    this.#cancelRestart(id);
    if (machine === undefined) return;
    const running = this.#running.get(id);
    if (running === undefined) {
      this.#settle(machine, 'stopped');
      return;
    }
    const { signal, timeoutMs } = stopSettings(machine.config, asked);
    running.stopping = true;
    this.#store.save({ ...machine, state: 'stopping' });
    running.child.kill(isSignal(signal) ? signal : 'SIGINT');
    const patienceMs = Math.min(timeoutMs, this.#patienceMs ?? timeoutMs);
    const timer = setTimeout(() => this.#kill(id), patienceMs);
    await running.exited;
    clearTimeout(timer);
  }

  /** The power goes: nothing is asked, nothing restarts. */
  async lose(id: string, state: 'stopped' | 'failed' | 'destroyed'): Promise<void> {
    this.#cancelRestart(id);
    const running = this.#running.get(id);
    if (running !== undefined) {
      running.stopping = true;
      this.#kill(id);
      await running.exited;
    }
    const machine = this.#store.get(id);
    if (machine !== undefined) this.#settle(machine, state);
  }

  pidOf(id: string): number | null {
    return this.#running.get(id)?.child.pid ?? null;
  }

  /** Ends every process; the machines come back with the next start. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    for (const id of this.#timers.keys()) this.#cancelRestart(id);
    for (const { pid } of this.#left) killAll(pid);
    for (const machine of this.#store.list())
      if (machine.state === 'suspended') this.#kill(machine.id);
    await Promise.all(
      [...this.#running].map(async ([id, { child, exited }]) => {
        child.kill('SIGTERM');
        const timer = setTimeout(() => this.#kill(id), graceMs);
        await exited;
        clearTimeout(timer);
      }),
    );
  }

  #spawned(id: string, child: ChildProcess): void {
    const machine = this.#store.get(id);
    if (machine === undefined || this.#running.get(id)?.child !== child) return;
    const entry = processOf(child.pid);
    const process = entry === undefined ? null : { pid: entry.pid, startedAt: entry.startedAt };
    const state = machine.state === 'starting' ? 'started' : machine.state;
    this.#store.save({ ...machine, state, process });
  }

  #exited(id: string, how: string): void {
    const stopping = this.#running.get(id)?.stopping === true;
    this.#running.delete(id);
    if (this.#closing) return;
    const machine = this.#store.get(id);
    if (machine === undefined) return;
    this.#log('info', 'machine_exited', { machine: id, how, stopping });
    const next = { ...machine, process: null };
    if (machine.state === 'destroying') return;
    const delayMs = stopping ? null : this.#restarts.delayOf(machine, how);
    if (delayMs === null) {
      this.#settle(next, 'stopped');
      return;
    }
    this.#store.save({ ...next, state: 'starting' });
    this.#timers.set(
      id,
      setTimeout(() => {
        this.#timers.delete(id);
        const current = this.#store.get(id);
        if (current !== undefined) this.launch(current);
      }, delayMs),
    );
  }

  #settle(machine: MachineRecord, state: 'stopped' | 'failed' | 'destroyed'): void {
    this.#store.save({ ...machine, state, process: null });
    if (state === 'destroyed') rmSync(this.#disk(machine), { recursive: true, force: true });
  }

  /** Its image's variables, its configuration's, the app's secrets, and Fly's own. */
  #environment(machine: MachineRecord, root: string): Record<string, string> {
    const { imageEnv, secrets } = this.#config;
    const given = { ...imageEnv, ...machine.config.env, ...secrets };
    return {
      ...inheritedEnvironment(),
      ...Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, value.replaceAll('{root}', root)]),
      ),
      FLY_APP_NAME: machine.app,
      FLY_MACHINE_ID: machine.id,
      FLY_MACHINE_VERSION: machine.instance_id,
      FLY_REGION: machine.region,
      FLY_IMAGE_REF: machine.config.image,
      FLY_PRIVATE_IP: '127.0.0.1',
    };
  }

  #disk({ id, host }: MachineRecord): string {
    return join(this.#config.dataDir, 'disks', host === 0 ? id : `${id}.${host}`);
  }

  #signal({ id }: MachineRecord, signal: 'SIGSTOP' | 'SIGCONT'): void {
    const entry = processOf(this.#running.get(id)?.child.pid);
    if (entry !== undefined) signalTree(entry, signal);
  }

  #cancelRestart(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  #kill(id: string): void {
    killAll(this.pidOf(id) ?? undefined);
  }
}

function killAll(pid: number | undefined): void {
  const entry = processOf(pid);
  if (entry !== undefined) killTree(entry);
}

const isSignal = (name: string): name is NodeJS.Signals => Object.hasOwn(constants.signals, name);
