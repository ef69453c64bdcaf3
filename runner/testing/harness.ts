import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fakeHost } from '../engine/testing/fake-host.ts';
import { FakeWhatsApp } from '../engine/testing/fake-whatsapp.ts';
import { readWire, type WireRecord } from '../engine/testing/wire-file.ts';
import { parseEnv, type RunnerEnv } from '../env.ts';
import { createLog, type Log } from '../log.ts';
import { startRunner, type Runner, type RunnerOptions } from '../start.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeEdge, RUNNER_TO_EDGE } from './fake-edge.ts';
import { EDGE_TO_RUNNER } from './sign-to-runner.ts';

const keysText = (keys: readonly { id: string; secret: string }[]): string =>
  keys.map(({ id, secret }) => `${id}:${secret}`).join(',');

const FAKE_RUNNER = fileURLToPath(new URL('./fake-runner-main.ts', import.meta.url));

/** Pauses short enough for tests; what is waited for is an event or a condition all the same. */
export const QUICK = {
  retry: { baseMs: 20, maxMs: 100 },
  unsettled: { looks: 2, lookGapMs: 20, ackMs: 400 },
};

/** A fake edge, a fake WhatsApp, and the runner between them, on a folder of its own. */
export class Stage {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'waypost-runner-'));
  readonly edge = new FakeEdge();
  readonly whatsapp: FakeWhatsApp;
  readonly logged: string[] = [];
  extraEnv: Record<string, string> = {};
  runner: Runner | null = null;
  #child: ChildProcess | null = null;

  constructor(options: { autoLink: boolean } = { autoLink: true }) {
    this.whatsapp = new FakeWhatsApp({ wireFile: this.#wireFile(), ...options });
  }

  env(): Record<string, string> {
    return {
      RUNNER_ID: 'runner-1',
      EDGE_URL: this.edge.url,
      EDGE_TO_RUNNER_KEYS: keysText(EDGE_TO_RUNNER),
      RUNNER_TO_EDGE_KEYS: keysText(RUNNER_TO_EDGE),
      WWEBJS_DATA_DIR: join(this.dataDir, 'data'),
      LOG_LEVEL: 'debug',
      ...this.extraEnv,
    };
  }

  log(): Log {
    return createLog({ level: 'debug', write: (line) => void this.logged.push(line) });
  }

  parsedEnv(): RunnerEnv {
    return parseEnv(this.env());
  }

  /** In this process, where time and the engines can be held in the hand. */
  async startHere(change: Partial<RunnerOptions> = {}): Promise<Runner> {
    const { clock } = change;
    // A clock that is moved by hand is everybody's time.
    if (clock instanceof FakeClock) this.edge.now = () => clock.now();
    this.runner = await startRunner({
      env: this.parsedEnv(),
      engineFactory: this.whatsapp.factory,
      sandbox: null,
      hosts: { wwebjs: fakeHost() },
      random: () => 0,
      log: this.log(),
      timing: QUICK,
      ...change,
    });
    return this.runner;
  }

  /** As a process of its own, which can be killed. */
  async spawn(main = FAKE_RUNNER, ...more: string[]): Promise<ChildProcess> {
    const child = spawn(process.execPath, [main, this.#wireFile(), ...more], {
      env: this.env(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    child.stderr?.on('data', (chunk) => this.logged.push(String(chunk)));
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code) => reject(new Error(`exit ${code}: ${this.logged.join('')}`)));
    });
    return child;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return null;
    const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return gone;
  }

  wire(): WireRecord[] {
    return readWire(this.#wireFile());
  }

  async end(): Promise<void> {
    await this.kill();
    await this.runner?.stop();
    await this.edge.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  #wireFile(): string {
    return join(this.dataDir, 'wire.jsonl');
  }
}
