import { processEngineFactory } from './engine/process/process-engine.ts';
import { wwebjsHost } from './engine/wwebjs/host.ts';
import type { RunnerEnv } from './env.ts';
import { createLog } from './log.ts';
import { onNodeWarning } from './node-warnings.ts';
import { bundlePrograms } from './programs/programs.ts';
import { runUntilSignal } from './run-until-signal.ts';
import { createSandboxClient } from './sandbox/control-client.ts';
import type { OwnershipTiming } from './session/ownership-timing.ts';
import { startRunner } from './start.ts';
import type { SupervisorTiming } from './supervisor/protocol.ts';
import { startSupervisor } from './supervisor/supervisor.ts';

/** The whole runner, with real browsers and its supervisor. Never resolves: a signal ends the process. */
export async function runRunner(options: {
  env: RunnerEnv;
  ownership?: Partial<OwnershipTiming>;
  supervision?: Partial<SupervisorTiming>;
}): Promise<void> {
  const { env, ownership = {}, supervision = {} } = options;
  const log = createLog({ level: env.LOG_LEVEL, base: { runnerId: env.RUNNER_ID } });
  onNodeWarning((fields) => log.warn('runner.node_warning', fields));
  const sandbox =
    env.SANDBOX_URL === undefined || env.SANDBOX_TOKEN === undefined
      ? null
      : createSandboxClient({ url: env.SANDBOX_URL, token: env.SANDBOX_TOKEN });
  const programs = await bundlePrograms(env.WWEBJS_DATA_DIR);
  const supervisor = startSupervisor({
    program: programs.supervisor,
    log,
    timing: supervision,
  });
  const chromiumPath = env.PUPPETEER_EXECUTABLE_PATH ?? (await downloadedChromium());
  const hosts = {
    wwebjs: wwebjsHost({
      chromiumPath,
      egressAllow: env.EGRESS_ALLOW,
      sandboxChromiumArgs: async (profile) => {
        if (sandbox === null) throw new Error('this runner has no sandbox');
        const { profiles } = await sandbox.info({});
        return profiles[profile].chromiumArgs;
      },
    }),
  };
  const engineFactory = processEngineFactory({
    program: programs.session,
    hosts,
    log: (entry) => log.info('engine', entry),
    onProcesses: (of) => supervisor.processes(of),
  });
  const runner = await startRunner({
    env,
    sandbox,
    supervisor,
    ownership,
    engineFactory,
    hosts,
  });
  await runUntilSignal(log, runner);
}

/** Where puppeteer keeps the Chromium that it downloaded, or null when it has none. */
async function downloadedChromium(): Promise<string | null> {
  // Loaded only when it is needed: it would be the largest part of a runner, 15 MiB.
  const { executablePath } = await import('puppeteer');
  try {
    return executablePath({ headless: 'shell' });
  } catch {
    return null;
  }
}
